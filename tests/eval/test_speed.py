import json
import sys

import numpy as np
import pytest

from corpus.errors import ProjectError
from eval import speed
from eval.retrieval import build_set_index
from tests.fakes import FakeEmbedder


def write(file, values):
    file.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return file


def test_both_ways_embed_the_same_texts_block_by_block_in_turns():
    asked = []

    def way(name, vector):
        def embed(texts):
            asked.append((name, texts))
            return np.array([vector for _ in texts])

        return embed

    found = speed.compare_embedding(
        way("ours", [1, 0]), way("plain", [3, 3]), list("abcde"), lambda line: None, block=2
    )
    assert asked[2:] == [
        ("ours", ["a", "b"]),
        ("plain", ["a", "b"]),
        ("plain", ["c", "d"]),
        ("ours", ["c", "d"]),
        ("ours", ["e"]),
        ("plain", ["e"]),
    ]
    assert (found.passages, len(found.ratio_by_block)) == (5, 3)
    assert found.cosine_mean == found.cosine_min == pytest.approx(0.70711)


def test_the_worst_of_the_cosines_is_told():
    def turned(texts):
        return [[1, 0] if text == "a" else [0, 1] for text in texts]

    found = speed.compare_embedding(
        lambda texts: [[1, 0] for _ in texts], turned, ["a", "a", "a", "b"], lambda line: None
    )
    assert (found.cosine_mean, found.cosine_min) == (0.75, 0)


def test_passages_are_spread_over_the_corpus(tmp_path):
    texts = [{"id": str(n), "title": "", "text": f"This is document {n}.", "language": "en"} for n in range(9)]
    corpus = write(tmp_path / "corpus.jsonl", texts)
    assert [text[-2] for text in speed.passages_of(corpus, 3)] == ["0", "4", "8"]
    assert len(speed.passages_of(corpus, 99)) == 9


def test_without_the_package_to_compare_with_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "langchain_huggingface", None)
    with pytest.raises(ProjectError, match="pip install --no-deps langchain-huggingface=="):
        speed.plain_embedder(tmp_path)


def test_every_question_of_the_cases_is_searched_once(tmp_path):
    corpus = write(tmp_path / "corpus.jsonl", [{"id": "hub", "title": "Hub", "text": "A hub.", "language": "en"}])
    directory = build_set_index(corpus, FakeEmbedder(), lambda line: None, root=tmp_path)
    case = {"id": "1", "group": "main", "lang": "en", "question": "Where is the hub?"}
    talk = {"id": "2", "group": "multi-turn", "lang": "en", "turns": [{"user": "What is it?"}, {"user": "Why?"}]}
    found = speed.retrieval_latency(directory, write(tmp_path / "own.jsonl", [case, case, talk]), FakeEmbedder())
    assert found["questions"] == 3
    assert all(0 < part <= whole for part, whole in zip(found["embedding_ms"], found["total_ms"], strict=True))
