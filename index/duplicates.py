"""One of several passages that say the same: the best ranked stays."""

from collections.abc import Sequence

from index.rank import Fit
from index.words import names_in

_SAME = 0.95  # share of terms in common, of all that two passages have
_LOOKED_AT = 20  # ranks below this are hardly ever shown


def without_repetitions(fits: Sequence[Fit]) -> list[Fit]:
    """Leave out passages that hardly differ from a better one in their language; `fits` are best first.

    A passage with another figure or acronym is no repetition, however much else is the same: it may be this year's rate
    beside last year's.
    """
    kept: list[Fit] = []
    for held in fits[:_LOOKED_AT]:
        if not any(_alike(held, other) for other in kept):
            kept.append(held)
    return [*kept, *fits[_LOOKED_AT:]]


def _alike(one: Fit, other: Fit) -> bool:
    if one.passage.language != other.passage.language:
        return False
    words, other_words = one.passage.terms, other.passage.terms
    few, many = sorted((len(words), len(other_words)))
    if few < _SAME * many or len(words & other_words) < _SAME * len(words | other_words):
        return False
    return set(names_in([*words])) == set(names_in([*other_words]))
