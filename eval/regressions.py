"""Planted regressions: does the gate notice when a part of the assistant stops doing its work?

One fault at a time is planted in the running code. The same questions are asked with and without it, and the gate's own
rules hold the one run to the other. Asked without a fault a second time, they must find nothing.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from unittest.mock import patch

from assistant.assistant import Assistant
from eval.answers import Row, ask_cases
from eval.cases import Case
from eval.faults import FAULTS, Fault, Patches
from eval.gate import Baseline, changes, on_day, regressions, unrecorded
from index.reader import Readable, Reading

NOTHING = "nothing planted"
_SEED = 0


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

    def ask(what: str, patches: Patches = ()) -> list[Row]:
        report(what)
        with _planted(patches):
            return [row for rows in ask_cases(assistant, cases, report) for row in rows]

    with on_day(assistant, day), _planted(_memory(assistant)):
        known = Baseline.of(ask(NOTHING), day)
        found = [
            _outcome(f.name, ask(f.name, f.plant(assistant)), known) for f in (FAULTS if faults is None else faults)
        ]
        return [_outcome(NOTHING, ask(NOTHING), known), *found]


@contextmanager
def _planted(patches: Patches) -> Iterator[None]:
    with ExitStack() as planted:
        for patched in patches:
            planted.enter_context(patched)
        yield


def _memory(assistant: Assistant) -> Patches:
    """Read the same for the same question once: reading takes most of the time, and most faults leave it as it is."""
    reader = assistant.reading.reader
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


def missed(outcomes: Sequence[Outcome]) -> list[Fault]:
    """Return the planted faults that the gate did not notice."""
    names = {outcome.fault for outcome in outcomes if is_wrong(outcome)}
    return [fault for fault in FAULTS if fault.name in names]


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a table: one line a fault."""
    head = ("fault", "worse", "better", "what the gate says")
    lines = [head, *((o.fault, str(o.worse), str(o.better), "; ".join(o.said) or "passed") for o in outcomes)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    marks = ["", *("  <- wrong" if is_wrong(outcome) else "" for outcome in outcomes)]
    return "\n".join(
        "  ".join(map(str.ljust, line, widths)).rstrip() + mark for line, mark in zip(lines, marks, strict=True)
    )
