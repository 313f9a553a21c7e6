"""What the generator's judgement is trained on and measured with: passages with all their questions.

English questions carry human labels, unanswerable ones included. Italian and German ones are answerable as they come:
each gets a near-miss by rule, and questions of other passages that its own does not answer. Those about our own
documents come with a near-miss that somebody wrote; their passages are no paragraph but what retrieval hands on:
sentences of several documents.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from corpus.asked import Written
from corpus.document import Chunk, Span
from corpus.language import LANGUAGES
from corpus.load import load_documents
from reader.alignment import twins
from reader.articles import every_third
from reader.data import Passage, Question, holding, long_documents, squad
from reader.negatives import near_miss
from reader.own import SOURCE, stating_passages
from reader.packs import Asked

MOST = 10  # questions of a passage
MISSED = 0.3  # share of English questions that also get a near-miss
OWN, REPLAYED = 200, 60  # passages of our own documents, and of the lessons before
STRANGE = 2  # sentences of other documents among those of our own passages
FEWEST = 4  # questions of a passage of ours: fewer are not worth reading it
FOREIGN_OWN = 0.2  # share of our own questions that are asked of a passage in another language
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


def own_lessons(asked: Sequence[Written], documents: Path, seed: int, replayed: Sequence[Asked]) -> list[Asked]:
    """Return passages of our own documents, none of them held out, with the questions written for them, and some of
    the lessons before so that they are not forgotten.
    """
    rng = random.Random(seed)
    loaded = list(load_documents(documents))
    apart = every_third(document.id for document in loaded)
    stating = stating_passages(document for document in loaded if document.id not in apart)
    chunks = {chunk.id: chunk for told in stating.values() for chunk, _ in told}
    pairs: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for item in asked:
        told = [code for code in (item.lang, *LANGUAGES) if (item.fact, code) in stating]
        if not told:
            continue
        code = rng.choice(told) if rng.random() < FOREIGN_OWN else told[0]
        chunk, _ = stating[item.fact, code][0]
        pairs[chunk.id] += [(item.question, True), (item.miss, False)]
    made = [_own(chunks[id_], own, chunks, rng) for id_, own in sorted(pairs.items()) if len(own) >= FEWEST]
    return rng.sample(made, min(OWN, len(made))) + rng.sample(list(replayed), min(REPLAYED, len(replayed)))


def _own(chunk: Chunk, pairs: list[tuple[str, bool]], chunks: Mapping[str, Chunk], rng: random.Random) -> Asked:
    """Shuffle a passage's sentences with some of other documents: what is quoted comes from several."""
    others = [c for c in chunks.values() if c.language == chunk.language and c.document != chunk.document]
    said = [_line(chunk, span) for span in chunk.sentences]
    for other in rng.sample(others, STRANGE):
        said.append(_line(other, rng.choice(other.sentences)))
    rng.shuffle(said)
    texts, labels = zip(*rng.sample(pairs, min(MOST, len(pairs))), strict=True)
    return Asked(SOURCE, tuple(said), texts, labels)


def _line(chunk: Chunk, span: Span) -> str:
    return " ".join(chunk.sentence(span).split())


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
