"""What is served: the live build or the one before it, looked at before it is opened, and left as it is."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from corpus.errors import IndexUnusable
from index import manifest, probe
from index.build import build_index
from index.directory import previous_build
from index.probe import Probe, start_probe
from index.retrieve import Retriever
from index.serving import open_serving
from tests.fakes import FakeEmbedder
from tests.index.collection import flip, live, silent


def test_a_damaged_index_is_replaced_by_the_one_before_it_until_it_is_mended(directory, documents, caplog):
    build_index(documents[:2], directory, FakeEmbedder(), silent)
    first, second = live(directory), _previous(directory)
    flip(first / "passages.f32")
    serving = open_serving(directory, "fake@1")
    assert serving.manifest.documents == 3
    assert f"passages.f32 is missing or not as it was written. Run `python -m assistant index --index {directory}`" in (
        caplog.text
    )
    assert serving.degraded in caplog.text
    assert not serving.is_stale()
    embedder = FakeEmbedder()
    build_index(documents[:2], directory, embedder, silent)
    assert embedder.embedded == []  # the vectors of the one before were as good
    assert serving.is_stale()
    assert open_serving(directory, "fake@1").degraded is None
    assert _previous(directory) == second
    assert not first.exists()


def _previous(directory: Path) -> Path:
    build = previous_build(directory)
    assert build is not None
    return build


@pytest.mark.parametrize("pointer", ["CURRENT", "PREVIOUS"])
def test_a_lost_pointer_costs_nothing_that_the_other_names(directory, documents, pointer):
    build_index(documents[:2], directory, FakeEmbedder(), silent)
    (directory / pointer).unlink()
    serving = open_serving(directory, "fake@1")
    assert (serving.degraded is None, serving.manifest.documents) == (
        pointer == "PREVIOUS",
        3 if serving.degraded else 2,
    )


def test_when_both_builds_are_damaged_the_live_one_is_named(directory, documents):
    build_index(documents[:2], directory, FakeEmbedder(), silent)
    flip(live(directory) / "passages.f32")
    flip(_previous(directory) / "sentences.f16")
    with pytest.raises(IndexUnusable, match=r"damaged: passages\.f32"):
        open_serving(directory, "fake@1")


def test_another_model_is_refused_although_the_build_before_fits(directory, documents):
    build_index(documents, directory, FakeEmbedder("fake@2"), silent)
    with pytest.raises(IndexUnusable, match=r"built by other means: embedder fake@2 \(now fake@1\)"):
        open_serving(directory, "fake@1")


def test_an_index_of_an_older_format_is_named(directory):
    stamp = live(directory) / manifest.FILE
    fields = json.loads(stamp.read_text())
    del fields["seal"], fields["landmarks"]
    fields["builder"]["format"] = 4
    stamp.write_text(json.dumps(fields))
    with pytest.raises(IndexUnusable, match=rf"built by other means: format 4 \(now {manifest.FORMAT}\)\. Run"):
        Retriever(directory, FakeEmbedder())


def test_a_probe_finds_a_sound_build_sound(directory):
    serving = open_serving(directory, "fake@1", start_probe(directory))
    assert serving.degraded is None


def test_a_probe_names_the_damage(directory):
    flip(live(directory) / "lexical" / "meta.json")
    with pytest.raises(IndexUnusable, match=r"damaged: lexical/meta.json is missing or not as it was written\. Run"):
        open_serving(directory, "fake@1", start_probe(directory))


@pytest.mark.parametrize(
    ("child", "flaw"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"opening it ends the process (SIGSEGV)"),
        ("raise MemoryError('none left')", "MemoryError: none left"),
        ("raise SystemExit(0)", None),
    ],
)
def test_what_ends_the_probe_is_a_flaw(directory, child, flaw):
    process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert Probe(live(directory), process).flaw() == flaw


def test_a_probe_that_hangs_is_ended(directory, monkeypatch):
    monkeypatch.setattr(probe, "_SECONDS", 0.1)
    process = subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert Probe(live(directory), process).flaw() == "opening it takes more than 0 s"
    assert process.returncode < 0


def test_reading_changes_nothing_in_a_build(directory):
    before = manifest.file_hashes(live(directory))
    Retriever(directory, FakeEmbedder()).search("Rovereto", "en")
    assert manifest.file_hashes(live(directory)) == before == manifest.read_manifest(live(directory)).files


def test_working_copies_of_the_dead_are_cleared(directory, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def copies():
        return sorted(tmp_path.glob("assistant-index-*"))

    reader = open_serving(directory, "fake@1")
    (in_use,) = copies()
    of_a_dead_process, being_made = (tmp_path / f"assistant-index-{name}" for name in ("dead", "young"))
    for folder in (of_a_dead_process, being_made):
        (folder / "vectors").mkdir(parents=True)
    for folder in (of_a_dead_process, in_use):
        os.utime(folder, (0, 0))
    open_serving(directory, "fake@1").parts.close()
    assert copies() == sorted([in_use, being_made])
    reader.parts.close()
    assert copies() == [being_made]


def test_without_room_for_a_working_copy_the_index_is_not_called_damaged(directory, documents, monkeypatch):
    build_index(documents[:2], directory, FakeEmbedder(), silent)

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", fail)
    with pytest.raises(IndexUnusable, match=r"needs a working copy in .*: No space left on device\. Make room there"):
        open_serving(directory, "fake@1")
