"""What the reader is trained on and measured with: records, and the teacher's lessons made of the same questions."""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from reader.data import Claim, Passage, Question, holding, normalised
from reader.negatives import near_miss, without

TITLED = ("squad2_dev", "squad_it", "selqa", "qed")  # sets whose articles are called by a title
NEAREST = 2  # paragraphs of the same article that a question is also asked of


@dataclass(frozen=True)
class Record:
    """A question (or claim) and the sentences of a passage.

    `answered` is the probability that they answer it (support it), `gold` the sentences that do, where known, `span`
    the answer's words. `kind` is "question" or "claim".
    """

    kind: str
    text: str
    language: str
    sentences: tuple[str, ...]
    answered: float
    gold: tuple[int, ...]
    span: str
    source: str
    article: str
    heading: str = ""


def write(records: Iterable[Record], path: Path) -> int:
    """Write the records as JSON lines; return how many."""
    lines = [json.dumps(asdict(record), ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def read(path: Path) -> list[Record]:
    """Read what `write` wrote."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        found.append(Record(**given | {"sentences": tuple(given["sentences"]), "gold": tuple(given["gold"])}))
    return found


def asked(question: Question, passage: Passage | None = None) -> Record:
    """Return the question as a record of its own passage, or of another, where nothing answers it."""
    if passage is not None:
        return _record(question, passage, 0.0, (), "other")
    return _record(question, question.passage, float(bool(question.gold)), question.gold, "")


def _record(question: Question, passage: Passage, answered: float, gold: tuple[int, ...], way: str) -> Record:
    source = f"{passage.source}+{way}" if way else passage.source
    span = _span(question.answers, passage, gold)
    at = (passage.article, passage.article if passage.source in TITLED else "")
    return Record("question", question.text, question.language, passage.sentences, answered, gold, span, source, *at)


def _span(answers: tuple[str, ...], passage: Passage, gold: tuple[int, ...]) -> str:
    """Return the shortest answer that stands in a gold sentence, else nothing."""
    return min((a for a in answers for g in gold if a in passage.sentences[g]), key=len, default="")


def variants(questions: list[Question], seed: int) -> Iterator[Record]:
    """Yield for each answered question three it has no answer to: near-miss, answer taken out, other paragraph."""
    rng = random.Random(seed)
    articles: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in {question.passage.id: question.passage for question in questions}.values():
        articles[passage.source, passage.article].append(passage)
    for question in questions:
        if question.gold:
            neighbours = articles[question.passage.source, question.passage.article]
            yield from _unanswered(question, neighbours, rng)


def _unanswered(question: Question, neighbours: list[Passage], rng: random.Random) -> Iterator[Record]:
    passage = question.passage
    around = [s for other in rng.sample(neighbours, min(8, len(neighbours))) for s in other.sentences]
    missed = near_miss(question.text, question.language, around, rng)
    if missed:
        other = Question(missed, question.language, passage)
        yield _record(other, passage, 0.0, (), "near-miss")
    rest = without(passage.sentences, question.gold)
    if rest and not holding(rest, question.answers):
        yield _record(
            question,
            Passage(passage.id, passage.source, passage.article, passage.language, rest, False),
            0.0,
            (),
            "removed",
        )
    for far in _nearest(question, neighbours):
        yield asked(question, far)


def _nearest(question: Question, neighbours: list[Passage]) -> list[Passage]:
    """Return the paragraphs, not its own, that share most words with the question and do not hold its answer."""
    words = set(normalised(question.text).split())
    others = [p for p in neighbours if p.id != question.passage.id and not holding(p.sentences, question.answers)]
    others.sort(key=lambda p: -len(words & set(normalised(" ".join(p.sentences)).split())))
    return others[:NEAREST]


def crossed(questions: list[Question], twins: dict[str, Passage]) -> Iterator[Record]:
    """Yield the questions asked of the same paragraph in the other language, where the answer's place is sure."""
    for question in questions:
        twin = twins.get(question.passage.id)
        if twin is None:
            continue
        gold = question.gold
        if gold and len(twin.sentences) != len(question.passage.sentences):
            gold = holding(twin.sentences, question.answers)
        if bool(gold) == bool(question.gold):
            yield _record(question, twin, float(bool(gold)), gold, "crossed")


def claims_of(pairs: Iterable[Claim], repeat: int) -> Iterator[Record]:
    """Yield the labelled claims, `repeat` times over: they are few."""
    for claim in pairs:
        for _ in range(repeat):
            yield Record(
                "claim", claim.text, claim.language, (claim.quote,), float(claim.supported), (), "", claim.source, ""
            )


def claims_from_answers(questions: list[Question], seed: int) -> Iterator[Record]:
    """Yield "question answer" as a claim that the answering sentence supports; other answers, that it does not."""
    rng = random.Random(seed)
    pool: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        if question.gold:
            pool[question.passage.id].append(min(question.answers, key=len))
    for question in questions:
        passage = question.passage
        own = min(question.answers, key=len, default="")
        others = [
            a for a in pool[passage.id] if normalised(a) not in normalised(own) and normalised(own) not in normalised(a)
        ]
        quote = " ".join(passage.sentences)
        if question.gold:
            quote = passage.sentences[question.gold[0]] if rng.random() < 0.5 else quote
            yield _claim(f"{question.text} {own}", question, quote, 1.0)
        if others:
            yield _claim(f"{question.text} {rng.choice(others)}", question, quote, 0.0)


def _claim(text: str, question: Question, quote: str, supported: float) -> Record:
    article = question.passage.article
    return Record("claim", text, question.language, (quote,), supported, (), "", "answers", article)


def claims_from_twins(passages: Iterable[Passage], twins: dict[str, Passage], seed: int) -> Iterator[Record]:
    """Yield sentences as claims, the translated or the same paragraph as the quote; and their near-misses."""
    rng = random.Random(seed)
    for passage in passages:
        twin = twins.get(passage.id)
        if twin is None or len(twin.sentences) != len(passage.sentences):
            continue
        for number, sentence in enumerate(passage.sentences):
            quote = twin.sentences[number] if rng.random() < 0.5 else " ".join(twin.sentences)
            if rng.random() < 0.25:
                quote = " ".join(passage.sentences)
            yield from told_apart(sentence, quote, passage, rng)


def told_apart(sentence: str, quote: str, passage: Passage, rng: random.Random) -> Iterator[Record]:
    """Yield the sentence as a claim that the quote supports, and its near-miss, where there is one."""
    yield Record("claim", sentence, passage.language, (quote,), 1.0, (), "", "twins", passage.article)
    missed = near_miss(sentence, passage.language, passage.sentences, rng)
    if missed:
        yield Record("claim", missed, passage.language, (quote,), 0.0, (), "", "twins", passage.article)
