"""The known questions about our own documents (`corpus/questions/`), as records.

Each was written to one fact, with a near-miss that nothing answers. Passages that the index finds for a question and
that do not state the fact are its hard negatives. The short ones are direct; those with a story are as people type
them: with figures of their own, a detour, a wrong assumption, or as a follow-up behind which the words of the
conversation stand.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from corpus.asked import Written, questions_beside, read_written
from corpus.document import Chunk, Document
from corpus.figures import figures
from corpus.language import LANGUAGES
from corpus.load import load_documents
from corpus.split import split_document
from index.manifest import heading
from reader.articles import every_third
from reader.records import Record

Style = Literal["short", "story"]
SOURCE, STORIES = "own-questions", "own-stories"
SOURCES: dict[Style, str] = {"short": SOURCE, "story": STORIES}
FOUND = 2  # hard negatives of a question
MEASURING = 10  # where every document is learnt from, every tenth question measures
FOREIGN = 0.25  # share of questions that read a passage in another language
_PAUSE = 100  # questions between two lines of progress

Stating = dict[tuple[str, str], list[tuple[Chunk, tuple[int, ...]]]]  # fact, language -> passages, sentences
Find = Callable[[str, str], Sequence[Chunk]]  # question, language -> passages, best first


def written(documents: Path, style: Style) -> list[Written]:
    """Read the questions beside the documents that have both a fact and a near-miss."""
    lines = [line for _, line in read_written(questions_beside(documents))]
    return [line for line in lines if line.style == style and line.question and line.miss]


def sides(documents: Path, every: bool) -> tuple[list[Document], list[Document]]:
    """Return the documents to learn from and those to measure with: every third, or, with `every`, all for both."""
    loaded = list(load_documents(documents))
    apart = every_third(document.id for document in loaded)
    if every:
        return loaded, loaded
    return [d for d in loaded if d.id not in apart], [d for d in loaded if d.id in apart]


def questions(documents: Path, style: Style, every: bool) -> tuple[list[Written], list[Written]]:
    """Return the questions to learn from and those to measure with: all, for the documents keep them apart; where
    `every` document is learnt from, some measure.
    """
    asked = written(documents, style)
    if not every:
        return asked, asked
    return [line for at, line in enumerate(asked) if at % MEASURING], asked[::MEASURING]


def records(
    asked: Sequence[Written], documents: Sequence[Document], find: Find, seed: int, source: str
) -> Iterator[Record]:
    """Yield each question with a passage that states its fact, its near-miss, and passages found that do not.

    All are passages of `documents`. `source` is what the records say they come from.
    """
    rng = random.Random(seed)
    stating, there = stating_passages(documents), {document.id for document in documents}
    for number, item in enumerate(asked, 1):
        if number % _PAUSE == 0:
            print(json.dumps({"own questions": number, "of": len(asked)}), flush=True)  # noqa: T201
        if (item.fact, "en") not in stating and (item.fact, "it") not in stating:
            continue  # a fact of a held-out document that another only mentions
        chunk, gold = stating[item.fact, _read_in(item, stating, rng)][0]
        yield _record(item, item.question, chunk, gold, source)
        yield _record(item, item.miss, chunk, (), f"{source}+near-miss")
        found = [chunk for chunk in find(item.question, item.lang) if chunk.document in there]
        wrong = [chunk for chunk in found if not _may_state(chunk, item, stating)]
        for other in rng.sample(wrong[:6], min(FOUND, len(wrong[:6]))):
            yield _record(item, rng.choice((item.question, item.question, item.miss)), other, (), f"{source}+found")


def pairs(asked: Sequence[Written], documents: Sequence[Document], source: str) -> Iterator[Record]:
    """Yield each question about one of `documents` with a passage that states its fact, then its near-miss."""
    stating = stating_passages(documents)
    for item in asked:
        told = [code for code in (item.lang, *LANGUAGES) if (item.fact, code) in stating]
        if not told:
            continue
        chunk, gold = stating[item.fact, told[0]][0]
        yield _record(item, item.question, chunk, gold, source)
        yield _record(item, item.miss, chunk, (), f"{source}+near-miss")


def _read_in(item: Written, stating: Stating, rng: random.Random) -> str:
    """Of the languages that tell the fact the question's; for some questions, or where it is not there, another."""
    others = [code for code in LANGUAGES if code != item.lang and (item.fact, code) in stating]
    own = (item.fact, item.lang) in stating
    return rng.choice(others) if others and (not own or rng.random() < FOREIGN) else item.lang


def _record(item: Written, question: str, chunk: Chunk, gold: tuple[int, ...], source: str) -> Record:
    said = tuple(" ".join(chunk.sentence(span).split()) for span in chunk.sentences)
    span = item.answer if gold and item.answer in said[gold[0]] else ""
    return Record(
        "question", question, item.lang, said, float(bool(gold)), gold, span, source, chunk.document, heading(chunk)
    )


def stating_passages(documents: Iterable[Document]) -> Stating:
    """Return for each fact and language the passages that state it, with the sentences that do."""
    found: Stating = defaultdict(list)
    for document in documents:
        for chunk in split_document(document):
            for fact, numbers in _facts(document, chunk).items():
                found[fact, document.language].append((chunk, tuple(numbers)))
    return dict(found)


def _facts(document: Document, chunk: Chunk) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, span in enumerate(chunk.sentences):
        for fact in {reference.fact for reference in document.references_in(span)}:
            found[fact].append(number)
    return found


def _may_state(chunk: Chunk, item: Written, stating: Stating) -> bool:
    """Whether a passage states a fact that answers, or holds a figure of the answer, so that it may in other words."""
    states = any(chunk.id == other.id for fact in item.facts for other, _ in stating.get((fact, chunk.language), []))
    return states or bool(set(figures(item.answer)) & set(figures(chunk.text)))
