"""Hold a run to its committed baseline, question by question: what must always be so, what may not get worse, and what
got better without being recorded.

Quoting is deterministic, so an answer changes only when code, a library or a document does. How many questions may
change one way is what McNemar's exact test takes for chance.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from assistant.assistant import Assistant
from corpus.errors import UsageError
from eval.answers import Row, summary
from eval.metrics import Estimate
from eval.run import plain

BASELINES = Path(__file__).parent / "baseline"
CASES = Path(__file__).parent / "cases" / "corpus.dev.jsonl"
OWN = "corpus.dev"  # the baseline of `CASES`
SETS = ("squad2_dev", "squad_it")  # public: nothing of them is committed but figures, and which question went how
SAMPLE = 100  # questions of each of them
_CHANCE = 0.05  # rarer than this is no chance
_POINTS = 0.02  # what these may fall:
_HELD = ("answerable_right", "abstention_recall", "citation_precision")
_ACCEPT = "record it on purpose with `python -m eval gate --accept`"


@dataclass(frozen=True)
class Baseline:
    """What a run came to on a day: the scores, without times, which are never the same, and how each question ended."""

    day: str
    scores: dict[str, Any]
    turns: dict[str, str]

    @classmethod
    def of(cls, rows: Sequence[Row], day: date) -> "Baseline":
        """Return what the rows of a run came to."""
        scores = {group: _lasting(figures) for group, figures in summary(list(rows)).items()}
        return cls(day.isoformat(), scores, {name_of(row): ended(row) for row in rows})

    @property
    def today(self) -> date:
        """The day to be taken for today: what expires in between would move the figures without anybody's doing."""
        return date.fromisoformat(self.day)

    def write(self, file: Path) -> None:
        """Write the baseline: a line a question, so that a difference shows what changed."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def baseline_file(name: str, folder: Path = BASELINES) -> Path:
    """Return the file that keeps the baseline of a set of questions."""
    return folder / f"{name}.extractive.json"


def read_baseline(file: Path) -> Baseline:
    """Read a committed baseline. Raises `UsageError` when there is none, or one that does not tell each question."""
    if not file.is_file():
        raise UsageError(f"There is no baseline at {file}: {_ACCEPT}.")
    try:
        return Baseline(**json.loads(file.read_text(encoding="utf-8")))
    except (TypeError, ValueError):
        raise UsageError(f"{file} is no baseline as they are now: {_ACCEPT}.") from None


@contextmanager
def on_day(assistant: Assistant, day: date) -> Iterator[None]:
    """Have an assistant take `day` for today."""
    with patch.object(assistant, "_today", lambda: day), patch.object(assistant._retriever, "_today", lambda: day):
        yield


def name_of(row: Row) -> str:
    """Return the name of a question: its case and its turn in it."""
    return f"{row.case}.{row.turn}"


def ended(row: Row) -> str:
    """Return how a question ended."""
    return f"{'right' if row.right else 'wrong'}, {'abstained' if row.abstained else 'answered'}"


@dataclass(frozen=True)
class Changes:
    """The rows of questions that are wrong now and were right, and of those that are right now and were wrong."""

    worse: tuple[Row, ...]
    better: tuple[Row, ...]


def changes(rows: Sequence[Row], turns: Mapping[str, str]) -> Changes:
    """Pair rows with how their questions ended before; what is asked for the first time is no change."""
    known = [(row, turns[name_of(row)].startswith("right")) for row in rows if name_of(row) in turns]
    return Changes(
        tuple(row for row, was_right in known if was_right and not row.right),
        tuple(row for row, was_right in known if row.right and not was_right),
    )


def chance(more: int, fewer: int) -> float:
    """Return McNemar's exact one-sided p-value: how likely so many of the changed questions go one way by chance."""
    changed = more + fewer
    p_value: float = sum(math.comb(changed, count) for count in range(more, changed + 1)) / 2**changed
    return p_value


def told(rows: Sequence[Row], baseline: Baseline) -> list[str]:
    """Return a line for each question that changed, those that got worse first."""
    found = changes(rows, baseline.turns)
    return [
        f"{word}: {name_of(row)} ({baseline.turns[name_of(row)]} -> {ended(row)}) {row.question}"
        for word, changed in (("worse", found.worse), ("better", found.better))
        for row in changed
    ]


def broken(rows: Sequence[Row]) -> list[str]:
    """Return one line for each thing that must always be so and is not, whatever the baseline."""
    now = summary(list(rows))["all"]
    found = [f"{count} figures in answers stand in no cited quote"] if (count := now["unsupported_figures"]) else []
    return [*found, *(["a quote is not verbatim at its offsets"] if now["verbatim"].value < 1 else [])]


def regressions(rows: Sequence[Row], baseline: Baseline) -> list[str]:
    """Return one line for each way in which a run falls short; none if it does not."""
    found, now = changes(rows, baseline.turns), summary(list(rows))["all"]
    worse, better = len(found.worse), len(found.better)
    lines = broken(rows)
    if (p := chance(worse, better)) < _CHANCE:
        lines.append(f"regression: {worse} questions got worse and {better} better (p = {p:.2g})")
    for name in _HELD:
        before, estimate = baseline.scores["all"].get(name), now[name]
        if before and estimate.n and estimate.value < before["value"] - _POINTS:
            lines.append(f"{name} fell from {before['value']:.3f} to {estimate.value:.3f}")
    return lines


def unrecorded(rows: Sequence[Row], baseline: Baseline) -> list[str]:
    """Return one line for each thing that the baseline should tell and does not: it got better, or asks something else.

    A gain that is not recorded could be lost again and nobody would know.
    """
    found = changes(rows, baseline.turns)
    worse, better = len(found.worse), len(found.better)
    lines = []
    if (p := chance(better, worse)) < _CHANCE:
        lines.append(f"improvement: {better} questions got better and {worse} worse (p = {p:.2g}): {_ACCEPT}")
    asked = {name_of(row) for row in rows}
    if asked != baseline.turns.keys():
        new, gone = len(asked - baseline.turns.keys()), len(baseline.turns.keys() - asked)
        lines.append(f"other questions: {new} are not in the baseline, {gone} of it were not asked: {_ACCEPT}")
    return lines


def _lasting(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures that the same code always gives, and that JSON can hold: no times, no means of nothing."""
    empty = {name for name, figure in figures.items() if isinstance(figure, Estimate) and not figure.n}
    return {name: plain(figure) for name, figure in figures.items() if name != "timings_ms" and name not in empty}
