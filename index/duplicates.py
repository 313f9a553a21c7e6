"""One of several passages that say the same: the best ranked stays."""

from collections.abc import Sequence

from index.rank import Fit

_SAME = 0.9  # share of terms in common, of all that two passages have
_LOOKED_AT = 20  # ranks below this are hardly ever shown


def without_repetitions(fits: Sequence[Fit]) -> list[Fit]:
    """Leave out passages that hardly differ from a better one in their language; `fits` are best first."""
    kept: list[Fit] = []
    said: list[tuple[str, frozenset[str]]] = []
    for held in fits[:_LOOKED_AT]:
        ours = (held.passage.language, frozenset(held.passage.lines.split()))
        if not any(_alike(ours, theirs) for theirs in said):
            kept.append(held)
            said.append(ours)
    return [*kept, *fits[_LOOKED_AT:]]


def _alike(one: tuple[str, frozenset[str]], other: tuple[str, frozenset[str]]) -> bool:
    (language, words), (other_language, other_words) = one, other
    if language != other_language or not words:
        return False
    few, many = sorted((len(words), len(other_words)))
    return few >= _SAME * many and len(words & other_words) >= _SAME * len(words | other_words)
