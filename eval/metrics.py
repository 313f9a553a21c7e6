"""Scores with 95 % confidence intervals (percentile bootstrap over cases, seeded: same rows, same interval)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 2000
_SEED = 0


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval and the number of observations it rests on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] (n={self.n})" if self.n else "- (n=0)"


def mean(values: Sequence[float]) -> Estimate:
    """Return the mean of 0/1 outcomes or numbers; NaN of no values."""
    if not values:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    sample = np.asarray(values, dtype=float)
    picks = np.random.default_rng(_SEED).integers(0, len(sample), (_RESAMPLES, len(sample)))
    low, high = np.percentile(sample[picks].mean(axis=1), (2.5, 97.5))
    return Estimate(float(sample.mean()), float(low), float(high), len(sample))


def bootstrap(statistic: Callable[[NDArray[np.intp]], float], count: int) -> Estimate:
    """Return a statistic of `count` observations, called with the places of those that it is to be taken of."""
    if not count:
        return mean([])
    picks = np.random.default_rng(_SEED).integers(0, count, (_RESAMPLES, count))
    drawn = np.array([statistic(pick) for pick in picks])
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, (2.5, 97.5)) if len(drawn) else (np.nan, np.nan)
    return Estimate(float(statistic(np.arange(count))), float(low), float(high), count)


def median_and_p95(values: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile; NaN of no values."""
    if not values:
        return float("nan"), float("nan")
    return float(np.median(values)), float(np.percentile(values, 95))
