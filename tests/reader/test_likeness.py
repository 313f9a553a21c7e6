"""Learning what makes questions alike."""

import numpy as np
import pytest

from corpus.asked import NOTHING, Written
from index.likeness import likeness_for
from reader.likeness import Lesson, export, learn, texts_of, told_apart

FACTS, EACH, SIZE = 12, 24, 48


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    """Questions whose vectors tell the language and a story much louder than the fact, and near-misses beside them."""
    chance = np.random.default_rng(0)
    loud, facts, missing = chance.normal(size=(8, SIZE)), chance.normal(size=(FACTS, SIZE)), chance.normal(size=SIZE)
    vectors, names, twins = [], [], []
    for fact in range(FACTS):
        for _ in range(EACH):
            story = chance.normal(size=8) @ loud
            for name, shift in ((f"fact-{fact}", 0.0), (NOTHING, 1.5)):
                twins.append(len(names) + (1 if name else -1))
                names.append(name)
                vectors.append(2 * story + facts[fact] + shift * missing + 0.3 * chance.normal(size=SIZE))
    together = np.array(vectors, dtype=np.float32)
    return Lesson(together / np.linalg.norm(together, axis=1, keepdims=True), np.array(names), np.array(twins))


def test_what_was_not_learned_from_is_told_apart_better(lesson, monkeypatch):
    monkeypatch.setattr("reader.likeness.BATCH", 128)
    held = np.minimum(np.arange(len(lesson.facts)), lesson.twins) % 8 < 2
    known, asked = lesson.part(~held), lesson.part(held)
    before, after = told_apart(None, known, asked), told_apart(learn(known), known, asked)
    assert before["questions"] == after["questions"] == held.sum() / 2
    assert after["same_fact"] > before["same_fact"]
    assert after["area"] > before["area"]


def test_a_part_keeps_twins_together_and_leaves_none_behind(lesson):
    chosen = np.zeros(len(lesson.facts), dtype=bool)
    chosen[[2, 3, 5]] = True
    assert lesson.part(chosen).twins.tolist() == [1, 0, 2]


def test_a_question_and_its_near_miss_are_twins_and_one_alone_is_its_own():
    pair = Written(fact="a.b", lang="en", question="Who rents?", answer="firms", miss="Who cleans?")
    alone = Written(lang="de", miss="Wer putzt?")
    texts, facts, twins = texts_of([alone, pair, alone])
    assert texts == ["Wer putzt?", "Who rents?", "Who cleans?", "Wer putzt?"]
    assert facts == [NOTHING, "a.b", NOTHING, NOTHING]
    assert twins == [0, 2, 1, 3]


def test_what_is_exported_is_read_back(lesson, tmp_path):
    learned = learn(lesson.part(np.arange(len(lesson.facts)) < 100))
    export(learned, "embedder@1", tmp_path)
    read = likeness_for("embedder@1", tmp_path)
    assert np.abs(read.of(lesson.vectors) - learned.of(lesson.vectors)).max() < 0.01
