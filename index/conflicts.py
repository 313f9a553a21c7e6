"""Two statements about the same thing with different figures belong together: a reader must see both sides."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.retrieve import ScoredSentence

_YEAR = re.compile(r"#(?:19|20)\d\d")
_UNIT = re.compile(r"\d\s?(?:(?:million|billion|milion|miliard|Million|Milliard)\w*\s(?:di\s)?)?(%|[^\W\d]+)")
_LEADING = 3  # ranks whose other side is looked for
_LOOKED_AT = 30  # ranks in which it is
_SAME_MATTER = 0.6  # share of words, figures apart, that two statements about the same thing have in common


def both_sides(ranked: Sequence["ScoredSentence"]) -> list["ScoredSentence"]:
    """Move the other side of a conflict right behind the first; `ranked` are best first."""
    rest = list(ranked)
    kept: list[ScoredSentence] = []
    while rest and len(kept) < _LEADING:
        kept.append(rest.pop(0))
        other = next((place for place, one in enumerate(rest[:_LOOKED_AT]) if disagree(kept[-1], one)), None)
        if other is not None:
            kept.append(rest.pop(other))
    return [*kept, *rest]


def disagree(one: "ScoredSentence", other: "ScoredSentence") -> bool:
    """Whether two sentences count the same things of one fact, or say the same, with different figures.

    Figures of other years are a series and no conflict.
    """
    if one.chunk.language != other.chunk.language:
        return False
    figures, other_figures = _figures(one), _figures(other)
    years, other_years = _years(figures), _years(other_figures)
    if years != other_years or not figures - years or not other_figures - years or figures & other_figures - years:
        return False
    if one.facts & other.facts:
        return bool(_units(one) & _units(other))
    words, other_words = _words(one), _words(other)
    return len(words & other_words) >= _SAME_MATTER * len(words | other_words)


def _figures(sentence: "ScoredSentence") -> frozenset[str]:
    return frozenset(term for term in sentence.terms if term[0] == "#")


def _words(sentence: "ScoredSentence") -> frozenset[str]:
    return frozenset(term for term in sentence.terms if term[0] != "#" and not term.isdigit())


def _years(figures: frozenset[str]) -> frozenset[str]:
    return frozenset(figure for figure in figures if _YEAR.fullmatch(figure))


def _units(sentence: "ScoredSentence") -> set[str]:
    return {unit.lower() for unit in _UNIT.findall(sentence.text)}
