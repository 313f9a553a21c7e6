"""What the generator's judgement is trained on and measured with: passages with all their questions.

English questions carry human labels, unanswerable ones included. Italian and German ones are answerable as they come:
each gets a near-miss by rule, and questions of other passages that its own does not answer.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from reader.alignment import twins
from reader.data import Passage, Question, holding, long_documents, squad
from reader.negatives import near_miss
from reader.packs import Asked

MOST = 10  # questions of a passage
MISSED = 0.3  # share of English questions that also get a near-miss
FOREIGN, CROSSED, ANSWERS = 80, 60, 60  # passages: Italian, English with Italian questions, German and Italian answers


def lessons(sets: Path, seed: int) -> list[Asked]:
    """Return the passages that train, none of them held out."""
    rng = random.Random(seed)
    asked, passages = squad(sets)
    free = [question for question in asked if not question.passage.held_out]
    english = [q for q in free if q.passage.source == "squad2_dev"]
    italian = [q for q in free if q.passage.source == "squad_it"]
    pairs = twins(passages)
    found = [_english(group, rng) for group in _by_passage(english)]
    found += [_made(group, group[0].passage, free, rng) for group in _some(_by_passage(italian), FOREIGN, rng)]
    found += [
        _made(group, pairs[group[0].passage.id], free, rng)
        for group in _some([g for g in _by_passage(italian) if g[0].passage.id in pairs], CROSSED, rng)
    ]
    answers = [q for q in long_documents(sets, "covid_faq") if q.language in ("de", "it") and not q.passage.held_out]
    found += [_made(group, group[0].passage, answers, rng) for group in _some(_by_passage(answers), ANSWERS, rng)]
    return [item for item in found if item.questions]


def measured(sets: Path, source: str) -> list[Asked]:
    """Return the held-out passages of `squad2_dev` or `squad_it` with their questions, labelled as they come."""
    asked, _ = squad(sets)
    held = [question for question in asked if question.passage.held_out and question.passage.source == source]
    return [_as_they_come(group) for group in _by_passage(held)]


def _by_passage(questions: Iterable[Question]) -> list[list[Question]]:
    groups: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        groups[question.passage.id].append(question)
    return list(groups.values())


def _some(groups: Sequence[list[Question]], count: int, rng: random.Random) -> list[list[Question]]:
    return rng.sample(groups, min(count, len(groups)))


def _as_they_come(group: list[Question]) -> Asked:
    passage = group[0].passage
    texts, labels = zip(*[(question.text, bool(question.gold)) for question in group], strict=True)
    return Asked(passage.source, passage.sentences, texts, labels)


def _english(group: list[Question], rng: random.Random) -> Asked:
    pairs = [(question.text, bool(question.gold)) for question in group]
    for question in group:
        if question.gold and rng.random() < MISSED:
            missed = near_miss(question.text, "en", question.passage.sentences, rng)
            pairs += [(missed, False)] if missed else []
    return _asked(group[0].passage, pairs, rng)


def _made(group: list[Question], passage: Passage, others: Sequence[Question], rng: random.Random) -> Asked:
    """Return the questions of `group` about `passage`, their near-misses, and as many of other passages."""
    pairs = [(question.text, True) for question in rng.sample(group, min(4, len(group)))]
    for text, _ in list(pairs):
        missed = near_miss(text, group[0].language, passage.sentences, rng)
        pairs += [(missed, False)] if missed else []
    same = [q for q in others if q.passage.article == group[0].passage.article and q.language == group[0].language]
    strangers = [q for q in same or others if q.passage.id != group[0].passage.id and q.language == group[0].language]
    for question in rng.sample(strangers, min(2, len(strangers))):
        if not holding(passage.sentences, question.answers):
            pairs.append((question.text, False))
    return _asked(passage, pairs, rng)


def _asked(passage: Passage, pairs: list[tuple[str, bool]], rng: random.Random) -> Asked:
    chosen = rng.sample(pairs, min(MOST, len(pairs)))
    texts, labels = zip(*chosen, strict=True)
    return Asked(passage.source, passage.sentences, texts, labels)
