"""Planted regressions: does the gate notice when a part of the assistant stops doing its work?

One fault at a time is planted in the running code. The same questions are asked with and without it, and the gate's own
rules hold the one run to the other. Asked without a fault a second time, they must find nothing.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from unittest.mock import patch

import tantivy

from assistant.answer import Citation
from assistant.assistant import Assistant
from assistant.calibration import Weighing, calibration
from assistant.compose import Draft, quote_answer
from assistant.condense import Standalone
from assistant.evidence import Quote, cite
from eval.answers import Row, ask_cases
from eval.cases import Case
from eval.gate import Baseline, changes, on_day, regressions, unrecorded
from index import words
from index.lexical import LexicalIndex
from index.names import collection
from index.reader import Readable, Reading
from index.records import Passage

DROPPED = "visas"  # the document that many cases ask about
_SEED = 0
_EACH = 6  # cases that a fault can show in,
_CONVERSATIONS = 3  # or so many where each asks several times
_FAR = 3.0  # log-odds
NOTHING = "nothing planted"
_DECIMALS = re.compile(r"(?<=\d)[.,](?=\d)")

Patches = Sequence[AbstractContextManager[Any]]


@dataclass(frozen=True)
class Fault:
    """A part that stops working: what it is called, the cases it can show in, and what to replace to plant it."""

    name: str
    shows: Callable[[Case], bool]
    plant: Callable[[Assistant], Patches]
    cases: int = _EACH


@dataclass(frozen=True)
class Outcome:
    """What a fault did: questions that got worse and better, and what the gate says of it (nothing: not caught)."""

    fault: str
    worse: int
    better: int
    said: tuple[str, ...]


def chosen(cases: Sequence[Case], faults: Sequence[Fault] | None = None) -> list[Case]:
    """Return few cases, always the same ones, in their order: some that each fault can show in."""
    draw = random.Random(_SEED)
    names: set[str] = set()
    for fault in FAULTS if faults is None else faults:
        fitting = [case.id for case in cases if fault.shows(case)]
        wanted = fault.cases - len(names.intersection(fitting))
        rest = [name for name in fitting if name not in names]
        names.update(draw.sample(rest, max(0, min(wanted, len(rest)))))
    return [case for case in cases if case.id in names]


def plant_each(
    assistant: Assistant,
    cases: Sequence[Case],
    day: date,
    report: Callable[[str], None],
    faults: Sequence[Fault] | None = None,
) -> list[Outcome]:
    """Ask the cases without a fault, then with each, and last without one again; return what the gate says of each.

    The first outcome is that of the run without a fault.
    """

    def ask(what: str, plant: Callable[[Assistant], Patches]) -> list[Row]:
        report(what)
        with _planted(plant(assistant)):
            return [row for rows in ask_cases(assistant, cases, report) for row in rows]

    with on_day(assistant, day), _planted(_memory(assistant)):
        known = Baseline.of(ask(NOTHING, _nothing), day)
        found = [_outcome(f.name, ask(f.name, f.plant), known) for f in (FAULTS if faults is None else faults)]
        return [_outcome(NOTHING, ask(NOTHING, _nothing), known), *found]


@contextmanager
def _planted(patches: Patches) -> Iterator[None]:
    with ExitStack() as planted:
        for patched in patches:
            planted.enter_context(patched)
        yield


def _memory(assistant: Assistant) -> Patches:
    """Read the same for the same question once: reading takes most of the time, and most faults leave it as it is."""
    reader = assistant._reader
    if reader is None:
        return ()
    read, known = reader.read, dict[Any, list[Reading]]()

    def once(question: str, passages: Sequence[Readable], *about: Any) -> list[Reading]:
        key = (question, tuple(passages), repr(about))
        if key not in known:
            known[key] = read(question, passages, *about)
        return known[key]

    return (patch.object(reader, "read", once),)


def _outcome(fault: str, rows: Sequence[Row], known: Baseline) -> Outcome:
    changed = changes(rows, known.turns)
    said = (*regressions(rows, known), *unrecorded(rows, known))
    return Outcome(fault, len(changed.worse), len(changed.better), said)


def is_wrong(outcome: Outcome) -> bool:
    """Whether the gate missed a fault, or found one where none was planted."""
    return bool(outcome.said) == (outcome.fault == NOTHING)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a table: one line a fault."""
    head = ("fault", "worse", "better", "what the gate says")
    lines = [head, *((o.fault, str(o.worse), str(o.better), "; ".join(o.said) or "passed") for o in outcomes)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    marks = ["", *("  <- wrong" if is_wrong(outcome) else "" for outcome in outcomes)]
    return "\n".join(
        "  ".join(map(str.ljust, line, widths)).rstrip() + mark for line, mark in zip(lines, marks, strict=True)
    )


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


def _nothing(assistant: Assistant) -> Patches:
    return ()


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
    """Neither vectors nor words find a text in one language."""

    def plant(assistant: Assistant) -> Patches:
        store, lexical = assistant._retriever._parts.store, assistant._retriever._parts.lexical
        near, worded = store.search, lexical.search

        def other_collections(name: str, *about: Any) -> dict[str, float]:
            return {} if name == collection(language) else near(name, *about)

        def other_languages(code: str, *about: Any) -> dict[int, float]:
            return {} if code == language else worded(code, *about)

        return (patch.object(store, "search", other_collections), patch.object(lexical, "search", other_languages))

    return plant


def _no_stems(assistant: Assistant) -> Patches:
    @cache
    def analyzer(language: str) -> tantivy.TextAnalyzer:
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        return builder.filter(tantivy.Filter.stopword(words._STEMMERS[language])).build()

    return (patch.object(words, "_analyzer", analyzer),)


def _no_reader(assistant: Assistant) -> Patches:
    return (patch.object(assistant, "_reader", None),)


def _without(document: str) -> Callable[[Assistant], Patches]:
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

    return (patch("assistant.assistant.cite", shifted),)


def _figures(assistant: Assistant) -> Patches:
    """Decimals are taken for thousands: 2,68 becomes 268."""

    def misread(quotes: Sequence[Quote], language: str) -> Draft:
        draft = quote_answer(quotes, language)
        return replace(draft, text=_DECIMALS.sub("", draft.text))

    return (patch("assistant.assistant.quote_answer", misread),)


def _no_company(assistant: Assistant) -> Patches:
    return (patch("index.retrieve.in_company", list),)


def _no_condensing(assistant: Assistant) -> Patches:
    return (patch("assistant.assistant.condense", lambda question, *_: Standalone(question.strip())),)


def _last_first(assistant: Assistant) -> Patches:
    return (patch("assistant.assistant.prefer_kind", lambda sentences, *_: sentences[::-1]),)


def _no_kinds(assistant: Assistant) -> Patches:
    return (
        patch("assistant.evidence.asked_kind", lambda *_: None),
        patch("assistant.signals.asked_kind", lambda *_: None),
    )


def _no_other_side(assistant: Assistant) -> Patches:
    """Quote the best alone. That other sides are looked for can be left out unnoticed: mostly both are found anyway."""
    return (patch("assistant.assistant.quote_answer", lambda quotes, language: quote_answer(quotes[:1], language)),)


def _no_routing(assistant: Assistant) -> Patches:
    return (patch("assistant.assistant.route", lambda *_: None),)


def _no_time(assistant: Assistant) -> Patches:
    return (patch("index.retrieve.allowance", lambda *_: 0.0),)


FAULTS = (
    Fault("words tell nothing", lambda case: case.group == "typo-keyword", _no_words),
    Fault("vectors of questions tell nothing", _answered, _no_vectors),
    Fault("no German text is found", lambda case: case.group == "german", _no_language("de")),
    Fault("questions are not stemmed", lambda case: case.group == "italian", _no_stems),
    Fault(f"the document {DROPPED} is gone", _rests_on(DROPPED), _without(DROPPED)),
    Fault("the reader is off", _answered, _no_reader),
    Fault("sentences are judged without their company", lambda case: case.style == "list", _no_company),
    Fault("the best sentences come last", _answered, _last_first),
    Fault("the kind of answer asked for is not looked at", lambda case: case.style == "numeric", _no_kinds),
    Fault("the best quote stands alone, without its other side", lambda case: case.style == "conflict", _no_other_side),
    Fault("what is over does not step back", lambda case: case.style == "time-sensitive", _no_time),
    Fault("attacks and requests for advice are not turned away", lambda case: case.behaviour == "refuse", _no_routing),
    Fault("the threshold is moved up", _answered, _threshold(_FAR)),
    Fault("the threshold is moved down", _abstains, _threshold(-_FAR)),
    Fault("places of quotes are off by one", _answered, _offsets),
    Fault("decimals are taken for thousands", _tells_decimals, _figures),
    Fault("follow-ups are searched as they stand", lambda case: bool(case.turns), _no_condensing, _CONVERSATIONS),
)
