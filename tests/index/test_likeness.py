"""The layers by which questions are compared."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.factory import embedder_identity
from corpus.asked import questions_beside, read_asked
from corpus.errors import WeightsError
from index.likeness import MANIFEST, TENSORS, WEIGHTS, likeness_for, likeness_identity
from index.shipped import shipped

RENT = ["What does an office cost to rent?", "Quanto costa affittare un ufficio?", "Was kostet die Miete eines Büros?"]
ROOF = ["Is there a terrace on the roof of the office?", "C'è una terrazza sul tetto dell'ufficio?"]


@pytest.mark.models
def test_questions_are_near_for_what_they_ask_and_not_for_their_language(embedder):
    plain, alike = (rows @ rows.T for rows in (embedder.queries(RENT + ROOF), embedder.alike(RENT + ROOF)))
    same, other = alike[0, 1:3], alike[0, 3:]
    assert same.min() - other.max() > 0.3
    assert same.min() - other.max() > plain[0, 1:3].min() - plain[0, 3:].max()


@pytest.mark.models
def test_a_question_is_compared_in_the_same_way_alone_after_it_was_embedded_and_among_others(embedder):
    text = "May I rent an office for a month?"
    among = embedder.alike([*RENT, text, *ROOF])[3]
    embedder.queries([text, *ROOF])
    assert np.abs(embedder.alike([text])[0] - among).max() <= 1e-5
    assert np.linalg.norm(among) == pytest.approx(1, abs=1e-5)


@pytest.mark.models
def test_the_vectors_that_ship_are_what_the_layers_make(embedder):
    some = [asked.text for asked in read_asked(questions_beside(Path("corpus/documents")))[::1000]]
    known, made = shipped(embedder.identity, some), dict(zip(some, embedder.alike(some), strict=True))
    assert min(made[text] @ known[text] for text in known) > 0.999


@pytest.mark.models
def test_nothing_to_compare_is_no_error(embedder):
    assert embedder.alike([]).shape == (0, embedder.dimension)


@pytest.fixture(scope="module")
def embedder(real_embedder):
    """The real one: the rest of this folder's tests use a fake."""
    return real_embedder


def test_the_layers_that_ship_are_for_the_packaged_embedding_model_and_no_other():
    own = likeness_for(embedder_identity())
    assert own is not None
    upper, shared = own
    assert len(upper.layers) + shared == 12
    assert likeness_for("another@1") is None


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_damaged_layers_are_reported(tmp_path, harm):
    folder = shutil.copytree(WEIGHTS, tmp_path / "likeness")
    if harm == "gone":
        (folder / TENSORS).unlink()
    else:
        (folder / TENSORS).write_bytes(b"else")
    with pytest.raises(WeightsError, match="check it out again"):
        likeness_for(embedder_identity(), folder)


@pytest.mark.parametrize("harm", ["", "{}", "[]", '{"sha256": "0"}'])
def test_a_damaged_manifest_is_reported(tmp_path, harm):
    (tmp_path / MANIFEST).write_text(harm)
    with pytest.raises(WeightsError, match="check it out again"):
        likeness_identity(tmp_path)


def test_other_layers_have_another_identity(tmp_path):
    folder = shutil.copytree(WEIGHTS, tmp_path / "likeness")
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"sha256": "0" * 64}))
    assert likeness_identity(folder) != likeness_identity()
