"""Two statements about the same thing with different figures belong together: a reader must see both sides."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.words import terms

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
        leading = rest.pop(0)
        others = [other for other in rest[:_LOOKED_AT] if disagree(leading, other)]
        kept += [leading, *others[:1]]
        rest = [sentence for sentence in rest if sentence not in kept]
    return [*kept, *rest]


def disagree(one: "ScoredSentence", other: "ScoredSentence") -> bool:
    """Whether two sentences count the same things of one fact, or say the same, with different figures.

    Figures of other years are a series and no conflict.
    """
    if one.chunk.language != other.chunk.language:
        return False
    (words, figures), (other_words, other_figures) = _told_apart(one), _told_apart(other)
    years, other_years = _years(figures), _years(other_figures)
    if years != other_years or not figures - years or not other_figures - years or figures & other_figures - years:
        return False
    if _facts(one) & _facts(other):
        return bool(_units(one) & _units(other))
    return len(words & other_words) >= _SAME_MATTER * len(words | other_words)


def _told_apart(sentence: "ScoredSentence") -> tuple[frozenset[str], frozenset[str]]:
    """The words of a sentence and its figures."""
    said = frozenset(terms(sentence.text, sentence.chunk.language))
    figures = frozenset(word for word in said if word.startswith("#"))
    return frozenset(word for word in said - figures if not word.isdigit()), figures


def _years(figures: frozenset[str]) -> frozenset[str]:
    return frozenset(figure for figure in figures if _YEAR.fullmatch(figure))


def _facts(sentence: "ScoredSentence") -> set[str]:
    return {reference.fact for reference in sentence.chunk.references_in(sentence.span)}


def _units(sentence: "ScoredSentence") -> set[str]:
    return {unit.lower() for unit in _UNIT.findall(sentence.text)}
