"""The map under which questions are compared."""

import shutil

import numpy as np
import pytest

from assistant.factory import embedder_identity
from corpus.errors import WeightsError
from index.known import FAR, KnownQuestions
from index.likeness import TENSORS, WEIGHTS, Likeness, likeness_for

# The first direction tells the language, the second what is asked for.
BY_WHAT_IS_ASKED = Likeness(np.zeros(2, dtype=np.float32), np.diag([0.1, 1.0]).astype(np.float32))


def test_questions_are_near_for_what_they_ask_and_not_for_their_language():
    vectors = np.array([[0.8, 0.6], [0.8, -0.6]], dtype=np.float32)
    asked = np.array([[-0.8, 0.6]], dtype=np.float32)
    plain, mapped = (KnownQuestions(vectors, ["rent", "roof"], (), likeness) for likeness in (None, BY_WHAT_IS_ASKED))
    assert plain.near(asked).cosine(["rent"]) == FAR
    assert mapped.near(asked).cosine(["rent"]) == pytest.approx(0.965, abs=0.001)
    assert mapped.near(asked).nearest()[0] == "rent"


def test_what_is_mapped_are_unit_vectors():
    lengths = np.linalg.norm(BY_WHAT_IS_ASKED.of(np.array([[3, 4], [0.1, 0]], dtype=np.float32)), axis=1)
    assert lengths == pytest.approx([1, 1])


def test_the_map_that_ships_is_for_the_packaged_embedding_model_and_no_other():
    shipped = likeness_for(embedder_identity())
    assert shipped is not None
    assert (shipped.mean.shape, shipped.matrix.shape) == ((384,), (384, 384))
    assert likeness_for("another@1") is None


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_damaged_map_is_reported(tmp_path, harm):
    folder = shutil.copytree(WEIGHTS, tmp_path / "likeness")
    if harm == "gone":
        (folder / TENSORS).unlink()
    else:
        (folder / TENSORS).write_bytes(b"else")
    with pytest.raises(WeightsError, match="check it out again"):
        likeness_for(embedder_identity(), folder)
