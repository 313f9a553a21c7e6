import json

import pytest

from corpus.errors import WeightsError
from weights.adapter import MANIFEST, adapter_for
from weights.catalogue import DEFAULT_GENERATOR, load_catalogue
from weights.hashing import sha256_of


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "judge.gguf"
    path.write_bytes(b"GGUF and so on")
    trained_on = load_catalogue()[DEFAULT_GENERATOR].sha256
    (tmp_path / MANIFEST).write_text(
        json.dumps({"file": path.name, "sha256": sha256_of(path), "trained_on": trained_on})
    )
    return tmp_path


def test_the_generator_it_was_trained_for_gets_its_adapter(folder):
    assert adapter_for(DEFAULT_GENERATOR, folder) == folder / "judge.gguf"


@pytest.mark.parametrize("model", ["/models/other.gguf", "https://provider.example/v1", "none"])
def test_no_other_model_gets_it(folder, model):
    assert adapter_for(model, folder) is None


def test_an_adapter_that_is_not_what_was_shipped_is_not_used(folder):
    (folder / "judge.gguf").write_bytes(b"GGUF and more")
    with pytest.raises(WeightsError, match="check it out again"):
        adapter_for(DEFAULT_GENERATOR, folder)
    (folder / "judge.gguf").unlink()
    with pytest.raises(WeightsError, match="check it out again"):
        adapter_for(DEFAULT_GENERATOR, folder)
