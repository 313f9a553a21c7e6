"""The sets that train and measure the reader, in one form: passages of whole sentences, and questions about them."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.document import Document, Span
from corpus.language import detect_language
from corpus.load import load_documents
from corpus.sentences import sentences, slice_of
from corpus.split import split_document
from reader.articles import every_third, held_out

LONGEST_SENTENCE = 500  # characters: longer "sentences" are tables, which no window holds
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Passage:
    """Some sentences that stand together; `article` is the unit of the split, `held_out` its side."""

    id: str
    source: str
    article: str
    language: str
    sentences: tuple[str, ...]
    held_out: bool


@dataclass(frozen=True)
class Question:
    """A question about a passage. `gold` are the sentences that hold an answer: none when it has none there."""

    text: str
    language: str
    passage: Passage
    answers: tuple[str, ...] = ()
    gold: tuple[int, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A claim and the quote said to support it."""

    text: str
    quote: str
    language: str
    source: str
    supported: bool
    held_out: bool


def normalised(text: str) -> str:
    """Return the words of `text` in lower case, one space between them and around."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def holding(passage: Iterable[str], answers: Iterable[str]) -> tuple[int, ...]:
    """Return the sentences that hold one of the answers word for word, else those that overlap it by half."""
    wanted = [normalised(answer) for answer in answers if answer.strip()]
    plain = [normalised(sentence) for sentence in passage]
    exact = tuple(i for i, text in enumerate(plain) if any(answer in text for answer in wanted))
    return exact or tuple(i for i, text in enumerate(plain) if any(_part_of(text, answer) for answer in wanted))


def _part_of(sentence: str, answer: str) -> bool:
    """Whether a long answer runs through the sentence."""
    return len(sentence) > 20 and sentence in answer


def squad(folder: Path) -> tuple[list[Question], list[Passage]]:
    """Return all questions and paragraphs of `squad2_dev` and `squad_it` below `folder`, held-out ones marked."""
    english = _lines(folder / "squad2_dev" / "corpus.jsonl")
    italian = _lines(folder / "squad_it" / "corpus.jsonl")
    removed = _lines(folder / "squad_it" / "heldout_corpus.jsonl")
    apart = held_out(_titles(english), _titles(italian), _titles(removed))
    passages = {line["id"]: _paragraph(line, "squad2_dev", "en", apart) for line in english}
    passages |= {line["id"]: _paragraph(line, "squad_it", "it", apart) for line in [*italian, *removed]}
    questions = []
    for name in ("squad2_dev", "squad_it"):
        for line in _lines(folder / name / "queries_full.jsonl"):
            questions.append(_asked(line, passages[(line.get("near_ids") or line["gold_ids"])[0]]))
    return [question for question in questions if question is not None], list(passages.values())


def _asked(line: dict[str, Any], passage: Passage) -> Question | None:
    """Return the question, None when its answer is in no single sentence."""
    if not line["answerable"]:
        return Question(line["text"], passage.language, passage)
    gold = holding(passage.sentences, line["answers"])
    return Question(line["text"], passage.language, passage, tuple(line["answers"]), gold) if gold else None


def _paragraph(line: dict[str, Any], source: str, language: str, apart: frozenset[str]) -> Passage:
    text = " ".join(line["text"].split())
    found = tuple(text[slice_of(span)] for span in sentences(text, Span(0, len(text)), language))
    return Passage(line["id"], source, line["title"], language, found, line["title"] in apart)


def long_documents(folder: Path, name: str) -> list[Question]:
    """Return the questions of a set whose gold is a document or an answer: asked of the chunk that holds the answer."""
    documents = list(load_documents(folder / name / "corpus.jsonl"))
    apart = every_third(document.title or document.id for document in documents)
    chunks = {document.id: list(_chunks(document, name, apart)) for document in documents}
    full = folder / name / "queries_full.jsonl"
    found = []
    for line in _lines(full if full.exists() else folder / name / "queries.jsonl"):
        text = line.get("raw_text") or line["text"]
        if not line.get("history"):
            found += list(_asked_of(text, line["answers"], chunks[line["gold_ids"][0]]))
    return found


def _asked_of(text: str, answers: list[str], chunks: list[Passage]) -> Iterator[Question]:
    for passage in chunks:
        gold = holding(passage.sentences, answers)
        if gold:
            language = passage.language
            yield Question(text, language, passage, tuple(answers), gold)
            return


def _chunks(document: Document, source: str, apart: frozenset[str]) -> Iterator[Passage]:
    article = document.title or document.id
    for chunk in split_document(document):
        found = tuple(" ".join(chunk.sentence(span).split()) for span in chunk.sentences)
        kept = tuple(sentence for sentence in found if len(sentence) <= LONGEST_SENTENCE)
        if kept:
            yield Passage(chunk.id, source, article, document.language, kept, article in apart)


def own_corpus(folder: Path) -> list[Passage]:
    """Return the chunks of our own documents; a document is held out in all its languages."""
    documents = list(load_documents(folder))
    apart = every_third(document.id for document in documents)
    return [
        Passage(passage.id, "own", document.id, passage.language, passage.sentences, document.id in apart)
        for document in documents
        for passage in _chunks(document, "own", frozenset())
    ]


def claims(folder: Path) -> list[Claim]:
    """Return the pairs of `groundedness`; every third of the sorted sources is held out."""
    lines = [line for line in _lines(folder / "groundedness" / "pairs.jsonl") if line["grounded"] is not None]
    apart = every_third(line["source"] for line in lines)
    return [
        Claim(line["text"], line["source"], "en", line["set"], line["grounded"], line["source"] in apart)
        for line in lines
    ]


def language_of(text: str) -> str:
    """Return the language of a text: en, it or de."""
    return detect_language(text)


def _titles(lines: list[dict[str, Any]]) -> set[str]:
    return {line["title"] for line in lines}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
