"""The faults that `regressions` plants: a part of the assistant that stops doing its work, and cases it can show in."""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
import tantivy

from assistant.answer import Citation
from assistant.assistant import Assistant
from assistant.calibration import Weighing, calibration
from assistant.compose import Draft, quote_answer
from assistant.condense import Standalone
from assistant.evidence import Quote, cite
from eval.cases import Case
from index import words
from index.known import KnownQuestions
from index.lexical import LexicalIndex
from index.records import Passage

DROPPED = "visas"  # the document that many cases ask about
_EACH = 6  # cases that a fault can show in,
_CONVERSATIONS = 3  # or so many where each asks several times
_FAR = 3.0  # log-odds
_DECIMALS = re.compile(r"(?<=\d)[.,](?=\d)")

Patches = Sequence[AbstractContextManager[Any]]


@dataclass(frozen=True)
class Fault:
    """A part that stops working: what it is called, the cases it can show in, and what to replace to plant it."""

    name: str
    shows: Callable[[Case], bool]
    plant: Callable[[Assistant], Patches]
    cases: int = _EACH


# Which cases can show what


def _answered(case: Case) -> bool:
    return any(turn.behaviour == "answer" for turn in case.questions()) and not case.turns


def _abstains(case: Case) -> bool:
    return case.behaviour == "abstain" and not case.turns


def _rests_on(document: str) -> Callable[[Case], bool]:
    return lambda case: not case.turns and document in case.questions()[0].documents


def _tells_decimals(case: Case) -> bool:
    return _answered(case) and any(re.search(r"\d[.,]\d{1,2}\b", wanted) for wanted in case.must_include)


# What is replaced


def _no_words(assistant: Assistant) -> Patches:
    nothing: dict[int, float] = {}
    return (
        patch.object(LexicalIndex, "search", lambda *_: nothing),
        patch.object(LexicalIndex, "idf", lambda *_: 0.0),
    )


def _no_vectors(assistant: Assistant) -> Patches:
    """Every question has the vector of an empty one: what is near it is near by chance."""
    embedder = assistant.embedder
    queries = embedder.queries
    return (patch.object(embedder, "queries", lambda texts: queries([""] * len(texts))),)


def _no_language(language: str) -> Callable[[Assistant], Patches]:
    """No text in one language is found: not by vectors, not by words, not by what is known of questions."""

    def plant(assistant: Assistant) -> Patches:
        retriever = assistant._retriever
        candidates = retriever._candidates

        def others(*about: Any) -> list[Passage]:
            return [passage for passage in candidates(*about) if passage.language != language]

        return (patch.object(retriever, "_candidates", others),)

    return plant


def _no_stems(assistant: Assistant) -> Patches:
    @cache
    def analyzer(language: str) -> tantivy.TextAnalyzer:
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        return builder.filter(tantivy.Filter.stopword(words._STEMMERS[language])).build()

    return (patch.object(words, "_analyzer", analyzer),)


def _no_reader(assistant: Assistant) -> Patches:
    return (patch.object(assistant.reading, "reader", None),)


def without(document: str) -> Callable[[Assistant], Patches]:
    """No passage of one document can be read."""

    def plant(assistant: Assistant) -> Patches:
        records = assistant._retriever._parts.records
        passages = records.passages

        def others(numbers: Sequence[int]) -> list[Passage]:
            return [passage for passage in passages(numbers) if passage.document != document]

        return (patch.object(records, "passages", others),)

    return plant


def _threshold(by: float) -> Callable[[Assistant], Patches]:
    def moved() -> dict[str, Weighing]:
        return {name: replace(w, threshold=w.threshold + by) for name, w in calibration().items()}

    return lambda assistant: (patch("assistant.judge.calibration", moved),)


def _offsets(assistant: Assistant) -> Patches:
    def shifted(quotes: list[Quote], numbers: frozenset[int]) -> tuple[Citation, ...]:
        return tuple(replace(found, start=found.start + 1, end=found.end + 1) for found in cite(quotes, numbers))

    return (patch("assistant.conclude.cite", shifted),)


def _figures(assistant: Assistant) -> Patches:
    """Decimals are taken for thousands: 2,68 becomes 268."""

    def misread(quotes: Sequence[Quote], *others: Any) -> Draft:
        draft = quote_answer(quotes, *others)
        return replace(draft, text=_DECIMALS.sub("", draft.text))

    return (patch("assistant.assistant.quote_answer", misread),)


def _no_known_questions(assistant: Assistant) -> Patches:
    return (patch.object(assistant._retriever, "_known", KnownQuestions(np.empty((0, 0), dtype=np.float32), [])),)


def _no_company(assistant: Assistant) -> Patches:
    return (patch("index.retrieve.in_company", list),)


def _no_condensing(assistant: Assistant) -> Patches:
    return (patch("assistant.assistant.condense", lambda question, *_: Standalone(question.strip())),)


def _last_first(assistant: Assistant) -> Patches:
    return (patch("assistant.reading.prefer_kind", lambda sentences, *_: sentences[::-1]),)


def _no_kinds(assistant: Assistant) -> Patches:
    return (
        patch("assistant.evidence.asked_kind", lambda *_: None),
        patch("assistant.signals.asked_kind", lambda *_: None),
    )


def _no_other_side(assistant: Assistant) -> Patches:
    """Quote the best alone. That other sides are looked for can be left out unnoticed: mostly both are found anyway."""
    return (patch("assistant.assistant.quote_answer", lambda quotes, *others: quote_answer(quotes[:1], *others)),)


def _no_routing(assistant: Assistant) -> Patches:
    return (patch("assistant.assistant.route", lambda *_: None),)


# That what is over steps back no case shows any more, since it is known what is asked; tests/index hold it.
FAULTS = (
    Fault("words tell nothing", lambda case: case.group == "typo-keyword", _no_words),
    Fault("vectors of questions tell nothing", _answered, _no_vectors),
    Fault("no German text is found", lambda case: case.group == "german", _no_language("de")),
    Fault("questions are not stemmed", lambda case: case.group == "italian", _no_stems),
    Fault(f"the document {DROPPED} is gone", _rests_on(DROPPED), without(DROPPED)),
    Fault("the reader is off", _answered, _no_reader),
    Fault("no questions are known", _answered, _no_known_questions),
    Fault("sentences are judged without their company", lambda case: case.style == "list", _no_company),
    Fault("the best sentences come last", _answered, _last_first),
    Fault("the kind of answer asked for is not looked at", lambda case: case.style == "numeric", _no_kinds),
    Fault("the best quote stands alone, without its other side", lambda case: case.style == "conflict", _no_other_side),
    Fault("attacks and requests for advice are not turned away", lambda case: case.behaviour == "refuse", _no_routing),
    Fault("the threshold is moved up", _answered, _threshold(_FAR)),
    Fault("the threshold is moved down", _abstains, _threshold(-_FAR)),
    Fault("places of quotes are off by one", _answered, _offsets),
    Fault("decimals are taken for thousands", _tells_decimals, _figures),
    Fault("follow-ups are searched as they stand", lambda case: bool(case.turns), _no_condensing, _CONVERSATIONS),
)
