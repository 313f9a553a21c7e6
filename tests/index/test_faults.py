"""A build that fails leaves the old index live and nothing behind; a damaged index is named and can be mended."""

import errno
import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.errors import IndexUnusable
from index import build, manifest
from index.build import build_index, is_up_to_date
from index.lexical import LexicalIndex
from index.records import Records
from index.retrieve import Retriever
from index.store import VectorStore
from tests.fakes import FakeEmbedder
from tests.index.collection import collected, flip, live, silent, snapshot

POINTERS = {
    "names a missing folder": b"build-gone",
    "is empty": b"",
    "is white space": b" \n",
    "is binary": b"\xff\xfe\x00build",
    "leads out": b"../../etc",
    "has a zero": b"build-\x00",
    "names no build": b".",
}


def _delete(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _emptied_table(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM chunks")


def _unlike(path: Path) -> None:
    path.write_text(json.dumps(["not", "a", "manifest"]))


def _short(path: Path) -> None:
    fields = json.loads(path.read_text())
    fields["files"].pop("records.sqlite")
    path.write_text(json.dumps(fields))


DAMAGES = [
    (manifest.FILE, [_delete, _halve, _empty, _unlike, _short]),
    ("records.sqlite", [_delete, _halve, _empty, flip, _emptied_table]),
    ("passages.f32", [_delete, _halve, flip]),
    ("sentences.f16", [_delete, _halve, flip]),
    ("vectors", [_delete]),
    ("vectors/chroma.sqlite3", [_delete, _halve, _empty, flip]),
    ("lexical", [_delete]),
    ("lexical/meta.json", [_delete, _halve, flip]),
]


def _assert_named(directory: Path) -> None:
    with pytest.raises(IndexUnusable) as caught:
        Retriever(directory, FakeEmbedder())
    assert f"Run `python -m assistant index --index {directory}`." in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not is_up_to_date(collected(), directory, "fake@1")


def _assert_mended(directory: Path) -> None:
    assert build_index(collected(), directory, FakeEmbedder(), silent).embedded == 4
    assert is_up_to_date(collected(), directory, "fake@1")
    assert Retriever(directory, FakeEmbedder()).search("Rovereto", "en").sentences


@pytest.mark.parametrize("pointer", POINTERS.values(), ids=POINTERS)
def test_a_broken_pointer_is_named(directory, pointer):
    (directory / "CURRENT").write_bytes(pointer)
    _assert_named(directory)


def test_a_broken_pointer_is_mended(directory):
    (directory / "CURRENT").write_bytes(b"\xff")
    (directory / "PREVIOUS").write_bytes(b".")
    _assert_mended(directory)


@pytest.mark.parametrize(("name", "damage"), [(name, damage) for name, many in DAMAGES for damage in many])
def test_a_damaged_part_is_named(directory, name, damage):
    damage(live(directory) / name)
    _assert_named(directory)


@pytest.mark.parametrize(("name", "damage"), [(name, many[-1]) for name, many in DAMAGES])
def test_a_damaged_part_is_mended(directory, name, damage):
    damage(live(directory) / name)
    _assert_mended(directory)


def test_a_deleted_folder_is_noticed_while_it_is_still_open_elsewhere(directory):
    reader = Retriever(directory, FakeEmbedder())
    shutil.rmtree(live(directory) / "vectors")
    _assert_named(directory)
    _assert_mended(directory)
    assert reader.manifest.chunks == 4


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin", "index_metadata.pickle", "link_lists.bin"])
def test_a_flipped_bit_in_a_written_graph_is_noticed(large, name, tmp_path):
    directory = Path(shutil.copytree(large, tmp_path / "index"))
    (written,) = live(directory).glob(f"vectors/*/{name}")
    flip(written)
    with pytest.raises(IndexUnusable, match="is missing or not as it was written"):
        Retriever(directory, FakeEmbedder())


def test_a_large_index_stays_whole_when_it_is_read(large):
    for _ in range(2):
        found = Retriever(large, FakeEmbedder()).search("line 77 speaks of 2387", "en")
        assert found.sentences[0].text == "Line 77 speaks of 2387, 4389 and 7007."
    assert is_up_to_date([_long_document()], large, "fake@1")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """More passages than Chroma keeps in its queue only."""
    directory = tmp_path_factory.mktemp("large") / "index"
    build_index([_long_document()], directory, FakeEmbedder(), silent)
    return directory


def _long_document() -> Document:
    # Texts far from each other: among hundreds that are all alike the graph may leave one unreachable, by chance.
    said = (f"# {i}\n\nLine {i} speaks of {i * 31}, {i * 57} and {i * 91}." for i in range(1010))
    return Document("long", "en", "Long", "\n\n".join(said))


def test_there_is_no_index_before_the_first_build(tmp_path, embedder):
    directory = tmp_path / "index"
    with pytest.raises(IndexUnusable, match=f"There is no index at {directory}. Run `python -m assistant index --in"):
        Retriever(directory, embedder)
    assert not directory.exists()


def test_an_index_of_another_model_is_named(directory):
    with pytest.raises(IndexUnusable, match=r"built by other means: embedder fake@1 \(now fake@2\)\. Run `python -m"):
        Retriever(directory, FakeEmbedder("fake@2"))


@pytest.mark.parametrize(
    ("open_part", "name"), [(Records, "records.sqlite"), (VectorStore, "vectors"), (LexicalIndex, "lexical")]
)
def test_reading_creates_nothing(tmp_path, open_part, name):
    with pytest.raises((IndexUnusable, ValueError)):
        open_part(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def _fail_in_the_second_batch(number: int) -> None:
    if number == 2:
        raise RuntimeError("the model has had enough")


def test_a_failing_model_leaves_the_old_index(directory, documents, embedder, monkeypatch):
    monkeypatch.setattr(build, "_BATCH", 1)
    before = snapshot(directory)
    embedder.before_batch = _fail_in_the_second_batch
    with pytest.raises(RuntimeError, match="had enough"):
        build_index([replace(d, title="Other") for d in documents], directory, embedder, silent)
    assert len(embedder.embedded) > 0
    assert snapshot(directory) == before
    assert Retriever(directory, embedder).document("hubs", "it").title == "I poli"


FULL_DISK = {
    "words": (LexicalIndex, "add", OSError(errno.ENOSPC, "No space left on device")),
    "words (tantivy)": (LexicalIndex, "add", ValueError("An IO error occurred: 'No space left on device'")),
    "vectors": (VectorStore, "add", RuntimeError("database or disk is full")),
    "texts": (Records, "add_passages", sqlite3.OperationalError("database or disk is full")),
    "manifest": (manifest.Manifest, "write", OSError(errno.ENOSPC, "No space left on device")),
}


@pytest.mark.parametrize(("part", "method", "error"), FULL_DISK.values(), ids=FULL_DISK)
def test_a_full_disk_leaves_the_old_index(directory, documents, embedder, monkeypatch, part, method, error):
    def fail(*_):
        raise error

    before = snapshot(directory)
    monkeypatch.setattr(part, method, fail)
    with pytest.raises((IndexUnusable, OSError), match=r"full|No space left"):
        build_index(documents[:2], directory, embedder, silent)
    monkeypatch.undo()
    assert snapshot(directory) == before
    assert Retriever(directory, embedder).manifest.documents == 3


def test_a_build_that_lost_something_does_not_go_live(directory, documents, embedder, monkeypatch):
    before = snapshot(directory)
    monkeypatch.setattr(LexicalIndex, "add", lambda *_: None)
    with pytest.raises(IndexUnusable, match="the old one stays in use"):
        build_index(documents[:2], directory, embedder, silent)
    assert snapshot(directory) == before


def test_leftovers_of_a_killed_build_are_cleared(directory, documents, embedder):
    (directory / "build-killed" / "vectors").mkdir(parents=True)
    build_index(documents[:2], directory, embedder, silent)
    assert not (directory / "build-killed").exists()
    assert len(list(directory.glob("build-*"))) == 2


@pytest.mark.thorough
def test_faults_lose_nothing():
    """A few of the hundreds of trials that `python -m tests.index.faults` makes."""
    command = [sys.executable, "-m", "tests.index.faults", "--trials", "1", "--only", "kill"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
