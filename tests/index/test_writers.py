"""One writer at a time; readers keep what they opened."""

import subprocess
import sys

import pytest

from corpus.errors import IndexBusy
from index.build import build_index
from index.retrieve import Retriever
from tests.index.collection import live, silent

HOLD = """
import pathlib, sys
from index.directory import writing
with writing(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_by_name(directory, documents, embedder):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        by_name = rf"Process {holder.pid} on \S+ \(`.*python.*`, since 20.*\) is writing the index at {directory}\. Try"
        with pytest.raises(IndexBusy, match=by_name):
            build_index(documents[:1], directory, embedder, silent)
        assert Retriever(directory, embedder).manifest.documents == 3
        holder.kill()
    # A dead process holds nothing.
    assert build_index(documents[:1], directory, embedder, silent).documents.removed == 2


def test_readers_keep_what_they_opened(directory, documents, embedder):
    old = Retriever(directory, embedder)
    build_index(documents[:2], directory, embedder, silent)
    new = Retriever(directory, embedder)
    question = "Snow falls in winter"
    assert old.search(question, "en").sentences[0].text == "Snow falls in winter."
    assert old.document("weather", "en").title == "Weather"
    assert all(scored.chunk.document != "weather" for scored in new.search(question, "en").chunks)


def test_a_reader_goes_on_when_its_build_was_removed(directory, documents, embedder):
    reader = Retriever(directory, embedder)
    build, question = live(directory), "Snow falls in winter"
    before = reader.search(question, "en")
    for count in (2, 1):
        build_index(documents[:count], directory, embedder, silent)
    assert not build.exists()
    assert reader.search(question, "en") == before
    assert reader.document("weather", "en").title == "Weather"


def test_the_build_before_is_kept_and_no_more(directory, documents, embedder):
    builds = [live(directory)]
    for count in (2, 1):
        build_index(documents[:count], directory, embedder, silent)
        builds.append(live(directory))
    assert set(directory.glob("build-*")) == set(builds[1:])
    assert (directory / "PREVIOUS").read_text() == builds[1].name
