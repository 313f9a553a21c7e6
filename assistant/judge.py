"""Step 4, first half: do the quotes answer the question at all? A wrong "yes" is what costs an investor money.

The kind of answer asked for must be there, and the best quote must not be far off. Then the signals are weighed by a
logistic regression; its weights and thresholds were found by `python -m eval calibrate` (calibration.json). Where a
generator runs its Yes/No log-probability gap is one more signal. Without the reader two thresholds remain, and how they
were found: docs/decisions/answerability.md.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.evidence import Quote
from assistant.kinds import asked_kind, offers
from assistant.signals import signals

NEAR_ENOUGH = 0.75  # cosine of the best sentence; e5 gives unrelated pairs .70 to .80
NEAR_ENOUGH_ALONE = 0.835  # the same when neither reader nor generator judges
YES_GAP = 1.05  # log-probability of Yes minus that of No, when no reader judges
CALIBRATION = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True)
class Weighing:
    """A logistic regression over signals, and the log-odds from which on the quotes answer."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def log_odds(self, values: Mapping[str, float]) -> float:
        """Log-odds that the quotes answer."""
        return self.bias + sum(weight * values[name] for name, weight in self.weights.items())

    def answers(self, values: Mapping[str, float]) -> bool:
        """Whether they do."""
        return self.log_odds(values) >= self.threshold


@cache
def calibration(file: Path = CALIBRATION) -> dict[str, Weighing]:
    """Return what the command wrote: "reader" for the reader alone, "vote" with a generator's gap beside it."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return {
        name: Weighing(entry["weights"], entry["bias"], entry["threshold"])
        for name, entry in found.items()
        if isinstance(entry, dict) and "weights" in entry
    }


def evidence_answers(question: str, language: str, quotes: Sequence[Quote], *, alone: bool) -> bool:
    """Judge without a generator; `alone` when no vote of one will follow."""
    if not quotes:
        return False
    kind = asked_kind(question, language)
    if kind and not any(offers(kind, quote.text) for quote in quotes):
        return False
    nearest = max(quote.found.cosine for quote in quotes)
    if not was_read(quotes):
        return nearest >= (NEAR_ENOUGH_ALONE if alone else NEAR_ENOUGH)
    if not alone:
        return nearest >= NEAR_ENOUGH
    return calibration()["reader"].answers(signals(question, language, quotes).as_row())


def vote_answers(gap: float | None, question: str, language: str, quotes: Sequence[Quote]) -> bool:
    """Judge with the generator's gap; a provider that tells no log-probabilities has no vote."""
    if not was_read(quotes):
        return gap is None or gap >= YES_GAP
    row = signals(question, language, quotes).as_row()
    if gap is None:
        return calibration()["reader"].answers(row)
    return calibration()["vote"].answers({**row, "gap": gap})


def was_read(quotes: Sequence[Quote]) -> bool:
    """Whether the reader has read what the quotes are made of."""
    return any(quote.found.reading is not None for quote in quotes)
