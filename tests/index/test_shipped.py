"""The vectors of known questions that ship."""

from pathlib import Path

import numpy as np
import pytest

from assistant.factory import embedder_identity
from corpus.aids import Aids
from corpus.asked import questions_beside, read_asked
from corpus.errors import WeightsError
from index.build import build_index
from index.parts import QUESTIONS
from index.shipped import ship, shipped
from tests.index.collection import live, silent
from tests.index.test_known import DOCUMENTS, HUB

ASKED = list(dict.fromkeys(asked.text for asked in read_asked(questions_beside(Path("corpus/documents")))))


def test_nearly_all_questions_of_the_project_have_one():
    have = len(shipped(embedder_identity(), ASKED))
    assert have > 0.9 * len(ASKED), "questions were added: python -m reader known"


def test_what_was_written_is_read_back_by_its_text(tmp_path):
    file, (one, other) = tmp_path / "known.safetensors", np.array([[0.6, 0.8], [-1, 0]], dtype=np.float32)
    ship(["one", "other"], np.stack([one, other]), "embedder@1", file)
    read = shipped("embedder@1", ["other", "new", "one"], file)
    assert read.keys() == {"one", "other"}
    assert read["one"] @ one > 0.9999
    assert read["other"] @ other > 0.9999


def test_those_of_another_embedding_model_are_of_no_use(tmp_path):
    file = tmp_path / "known.safetensors"
    ship(["one"], np.array([[1, 0]], dtype=np.float32), "embedder@1", file)
    assert shipped("embedder@2", ["one"], file) == {}


def test_a_broken_file_is_named(tmp_path):
    file = tmp_path / "known.safetensors"
    file.write_bytes(b"broken")
    with pytest.raises(WeightsError, match=r"known\.safetensors"):
        shipped("embedder@1", ["one"], file)


def test_what_ships_is_not_computed_anew(embedder, tmp_path, monkeypatch):
    vector = np.zeros((1, embedder.dimension), dtype=np.float32)
    vector[0, 7] = 1
    file = tmp_path / "known.safetensors"
    ship([HUB.text], vector, embedder.identity, file)
    monkeypatch.setattr("index.build.shipped", lambda identity, texts: shipped(identity, texts, file))
    monkeypatch.setattr(type(embedder), "alike", None)
    assert build_index(DOCUMENTS, tmp_path / "index", embedder, silent, Aids(questions=(HUB,))).documents.added == 2


def test_what_ships_counts_for_more_than_what_an_earlier_build_computed(embedder, tmp_path, monkeypatch):
    build_index(DOCUMENTS, tmp_path / "index", embedder, silent, Aids(questions=(HUB,)))
    vector = np.zeros((1, embedder.dimension), dtype=np.float32)
    vector[0, 7] = 1
    file = tmp_path / "known.safetensors"
    ship([HUB.text], vector, embedder.identity, file)
    monkeypatch.setattr("index.build.shipped", lambda identity, texts: shipped(identity, texts, file))
    for directory in ("index", "clean"):
        build_index(DOCUMENTS[:1], tmp_path / directory, embedder, silent, Aids(questions=(HUB,)))
    later, clean = ((live(tmp_path / directory) / QUESTIONS).read_bytes() for directory in ("index", "clean"))
    assert later == clean != b""
