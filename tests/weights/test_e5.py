"""Unpacking, on a very small model with made-up numbers."""

import json
import struct

import numpy as np
import pytest

from corpus.errors import WeightsError
from tests.weights import tiny
from tests.weights.conftest import sha256
from weights.e5 import unpack, verify
from weights.q4 import dequantise, read

BYTES = tiny.e5_bytes()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "tiny.bin"
    path.write_bytes(BYTES)
    return path


@pytest.fixture
def folder(tmp_path, source):
    unpack(source, tmp_path / "model", lambda line: None)
    return tmp_path / "model"


def test_a_block_is_scale_times_nibble_minus_eight_low_nibbles_first():
    nibbles = [*range(16), *range(15, -1, -1)]
    packed = [low | high << 4 for low, high in zip(nibbles[:16], nibbles[16:], strict=True)]
    block = np.frombuffer(struct.pack("<e16B", 0.5, *packed), np.uint8)
    assert dequantise(block).tolist() == [(nibble - 8) * 0.5 for nibble in nibbles]


def test_reading_gives_sizes_vocabulary_and_every_tensor(source):
    model = read(source)
    assert (model.sizes.hidden, model.sizes.layers, model.sizes.vocabulary) == (tiny.HIDDEN, 1, len(tiny.PIECES))
    assert model.epsilon == 1e-12
    assert list(zip(model.vocabulary.pieces, model.vocabulary.scores, strict=True)) == tiny.PIECES
    assert set(model.tensors) == set(tiny.tensors())
    assert np.array_equal(model.tensors["emb.pos"], tiny.tensors()["emb.pos"])


@pytest.mark.parametrize("data", [b"", b"GGUF" + BYTES[4:], BYTES[:3000]], ids=["empty", "another kind", "cut off"])
def test_what_is_no_such_file_is_refused(tmp_path, data):
    (tmp_path / "bad.bin").write_bytes(data)
    with pytest.raises(WeightsError, match=r"bad\.bin is not an E5S1 model file .*make models"):
        read(tmp_path / "bad.bin")


def test_the_folder_verifies_and_lists_every_file(folder):
    verify(folder, sha256(BYTES))
    listed = set(json.loads((folder / "manifest.json").read_text())["files"])
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert listed == present - {"manifest.json"}


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json"])
def test_a_changed_file_is_named_with_both_hashes(folder, name):
    before = sha256((folder / name).read_bytes())
    (folder / name).write_bytes(b"changed")
    with pytest.raises(WeightsError) as caught:
        verify(folder, sha256(BYTES))
    assert all(expected in str(caught.value) for expected in (name, before, sha256(b"changed"), "make models"))


def test_a_missing_file_and_another_source_are_refused(folder):
    with pytest.raises(WeightsError, match="another file"):
        verify(folder, "0" * 64)
    (folder / "modules.json").unlink()
    with pytest.raises(WeightsError, match=r"modules\.json is damaged.*found no file"):
        verify(folder, sha256(BYTES))


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": 3}'])
def test_an_unreadable_manifest_is_refused(folder, manifest):
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(WeightsError, match="no readable manifest"):
        verify(folder, sha256(BYTES))


def test_a_file_that_is_not_in_the_manifest_is_refused(folder):
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"adapter_config\.json, which does not belong"):
        verify(folder, sha256(BYTES))


def test_a_failure_on_the_way_leaves_neither_folder_nor_draft(tmp_path, source, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("weights.e5._write_manifest", fail)
    with pytest.raises(OSError, match="No space"):
        unpack(source, tmp_path / "model", lambda line: None)
    assert list(tmp_path.iterdir()) == [source]


def test_unpacking_replaces_an_older_folder(folder, source):
    (folder / "old.txt").write_text("old")
    unpack(source, folder, lambda line: None)
    assert not (folder / "old.txt").exists()
