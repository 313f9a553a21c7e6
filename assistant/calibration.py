"""What `python -m eval calibrate` found: how signals are weighed, and from which value on they decide."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from math import inf, prod
from pathlib import Path
from typing import Any

CALIBRATION = Path(__file__).with_name("calibration.json")
READER, UNREAD, VOTE, TRAINED = "reader", "unread", "vote", "trained vote"  # the weighings of answerability
WITH_QUESTIONS = ", known questions"  # of any of them, where the corpus has some
SUPPORT = "support"


@dataclass(frozen=True)
class Judgement:
    """Whether the quotes answer; `odds` are the log-odds beyond the threshold, None where nothing was weighed. Where it
    is `sure` it is hardly ever wrong."""

    answers: bool
    odds: float | None = None
    sure: bool = False


@dataclass(frozen=True)
class Weighing:
    """A logistic regression over signals, and the log-odds from which on the quotes answer.

    `usual` holds mean and spread of each signal (0 and 1 where it is not named): what is weighed is how many spreads a
    signal is from its mean, `furthest` at most, or ("reading*length") the product of two such. Up to the first of
    `sure` and from the second on (log-odds beyond the threshold) it is hardly ever wrong.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    usual: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    furthest: float = inf
    sure: tuple[float, float] = (-inf, inf)

    def log_odds(self, values: Mapping[str, float]) -> float:
        """Log-odds that the quotes answer."""
        known = {name: self._standard(name, value) for name, value in values.items()}
        return self.bias + sum(w * prod(known[part] for part in name.split("*")) for name, w in self.weights.items())

    def _standard(self, name: str, value: float) -> float:
        mean, spread = self.usual.get(name, (0.0, 1.0))
        return max(-self.furthest, min(self.furthest, (value - mean) / spread))

    def judge(self, values: Mapping[str, float]) -> Judgement:
        """Whether they do."""
        odds = self.log_odds(values) - self.threshold
        no, yes = self.sure
        return Judgement(odds >= 0, round(odds, 3), not no < odds < yes)


@cache
def calibration(file: Path = CALIBRATION) -> dict[str, Weighing]:
    """Return what the command wrote: with the reader, without it, and with the gap of a generator, trained or not."""
    return {
        name: Weighing(**{field.name: entry[field.name] for field in fields(Weighing) if field.name in entry})
        for name, entry in read_calibration(file).items()
        if "weights" in entry
    }


@cache
def support_threshold(file: Path = CALIBRATION) -> float:
    """Return the reader's log-odds from which on a quote carries a claim."""
    return float(read_calibration(file)[SUPPORT]["threshold"])


def read_calibration(file: Path = CALIBRATION) -> dict[str, Any]:
    """Return all that was written, curves and counts, too."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
