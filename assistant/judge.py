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
YES_GAP, YES_GAP_TRAINED = 1.05, 0.0  # log-probability of Yes minus that of No, when no reader judges
READER, VOTE, TRAINED = "reader", "vote", "trained vote"  # names of the weighings
CALIBRATION = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True)
class Judgement:
    """Whether the quotes answer; `odds` are the log-odds beyond the threshold, None where nothing was weighed."""

    answers: bool
    odds: float | None = None


NO = Judgement(False)


@dataclass(frozen=True)
class Weighing:
    """A logistic regression over signals, and the log-odds from which on the quotes answer."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def log_odds(self, values: Mapping[str, float]) -> float:
        """Log-odds that the quotes answer."""
        return self.bias + sum(weight * values[name] for name, weight in self.weights.items())

    def judge(self, values: Mapping[str, float]) -> Judgement:
        """Whether they do."""
        odds = self.log_odds(values) - self.threshold
        return Judgement(odds >= 0, round(odds, 3))


@cache
def calibration(file: Path = CALIBRATION) -> dict[str, Weighing]:
    """Return what the command wrote: for the reader alone, and with the gap of a generator as it comes or trained."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return {
        name: Weighing(entry["weights"], entry["bias"], entry["threshold"])
        for name, entry in found.items()
        if isinstance(entry, dict) and "weights" in entry
    }


def judge_evidence(question: str, language: str, quotes: Sequence[Quote], *, alone: bool) -> Judgement:
    """Judge without a generator; `alone` when no vote of one will follow."""
    if not quotes:
        return NO
    kind = asked_kind(question, language)
    if kind and not any(offers(kind, quote.text) for quote in quotes):
        return NO
    nearest = max(quote.found.cosine for quote in quotes)
    if not was_read(quotes):
        return Judgement(nearest >= (NEAR_ENOUGH_ALONE if alone else NEAR_ENOUGH))
    if not alone:
        return Judgement(nearest >= NEAR_ENOUGH)
    return calibration()[READER].judge(signals(question, language, quotes).as_row())


def judge_vote(gap: float | None, question: str, language: str, quotes: Sequence[Quote], *, trained: bool) -> Judgement:
    """Judge with the gap of a generator, `trained` to judge or not; a provider that tells none has no vote."""
    if not was_read(quotes):
        return Judgement(gap is None or gap >= (YES_GAP_TRAINED if trained else YES_GAP))
    row = signals(question, language, quotes).as_row()
    if gap is None:
        return calibration()[READER].judge(row)
    return calibration()[TRAINED if trained else VOTE].judge({**row, "gap": gap})


def was_read(quotes: Sequence[Quote]) -> bool:
    """Whether the reader has read what the quotes are made of."""
    return any(quote.found.reading is not None for quote in quotes)
