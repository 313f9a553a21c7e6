"""Learning what makes questions alike."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from corpus.asked import NOTHING, Written
from index.crossencoder import HIDDEN
from index.likeness import likeness_for
from index.upper import Upper
from reader.layers import export, learn_layers, learn_map, vectors_of
from reader.likeness import Lesson, learn, texts_of, told_apart

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
    learned = learn(known)
    mapped = (replace(part, vectors=learned.of(part.vectors)) for part in (known, asked))
    before, after = told_apart(known, asked), told_apart(*mapped)
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


@pytest.fixture(scope="module")
def states(lesson) -> list[torch.Tensor]:
    """What lies behind the shared layers: a token that tells the fact and is marked, and two that tell others louder.
    Their mean tells three facts; which of them is asked for only a layer can tell.
    """
    chance = torch.Generator().manual_seed(0)
    _, facts = np.unique(lesson.facts, return_inverse=True)
    told, mark = (torch.randn(rows, HIDDEN, generator=chance) for rows in (facts.max() + 1, 1))
    others = torch.randint(len(told), (len(facts), 2), generator=chance)
    return [
        torch.cat([told[[fact]] + mark, 2 * told[two] - mark]).half() for fact, two in zip(facts, others, strict=True)
    ]


@pytest.mark.thorough
def test_layers_learn_to_leave_what_is_not_asked_for(lesson, states, monkeypatch):
    monkeypatch.setattr("reader.layers.BATCH", 32)
    monkeypatch.setattr("reader.layers.WARM_UP", 5)
    monkeypatch.setattr("reader.layers.RATE", 1e-3)
    held = np.minimum(np.arange(len(lesson.facts)), lesson.twins) % 4 < 2
    parts = [[state for state, chosen in zip(states, rows, strict=True) if chosen] for rows in (~held, held)]
    torch.manual_seed(0)
    upper = Upper(1, dropout=0.1)
    learn_map(upper, parts[0], lesson.part(~held))
    map_only = apart(upper, parts, lesson, held)
    learn_layers(upper, parts[0], lesson.part(~held), print, epochs=3)
    learned = apart(upper, parts, lesson, held)
    assert learned["same_fact"] > map_only["same_fact"]
    assert learned["area"] > map_only["area"]


def apart(upper: Upper, parts, lesson: Lesson, held: np.ndarray) -> dict[str, float]:
    known, asked = (
        replace(lesson.part(rows), vectors=vectors_of(own, upper))
        for rows, own in zip((~held, held), parts, strict=True)
    )
    return told_apart(known, asked)


def test_what_is_exported_is_read_back(states, tmp_path):
    torch.manual_seed(0)
    upper = Upper(2).eval()
    export(upper, "embedder@1", tmp_path)
    read, shared = likeness_for("embedder@1", tmp_path)
    assert shared == 8
    assert np.abs(vectors_of(states, read) - vectors_of(states, upper)).max() < 0.01
