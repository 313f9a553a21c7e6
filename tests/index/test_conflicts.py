"""Both sides of a conflict stand together; series and repetitions are none."""

import pytest

from corpus.document import Chunk, Reference, Span
from index.conflicts import both_sides, disagree
from index.retrieve import ScoredSentence
from index.words import terms


def _said(text: str, fact: str = "", document: str = "d", score: float = 0.0) -> ScoredSentence:
    references = (Reference(len(text), fact, "2025", None, "source", "", None),) if fact else ()
    span = Span(0, len(text))
    chunk = Chunk(document, "en", "", "", 0, len(text), text, (span,), references=references)
    return ScoredSentence(chunk, span, score, 0.8, 0.0, frozenset(terms(text, "en")))


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        (_said("The hub hosts 50 firms."), _said("The hub hosts 29 firms."), True),
        (_said("Istat gave growth of 0.1%.", "a.b"), _said("ISPAT cut its own figure to 0.7%.", "a.b"), True),
        (_said("Istat gave growth of 0.1%.", "a.b"), _said("ISPAT cut its own figure to 0.7%.", "c.d"), False),
        (_said("The plan costs 80 million euro.", "a.b"), _said("It has 3 buildings.", "a.b"), False),
        (_said("In 2019 there were 30 new firms."), _said("In 2020 there were 39 new firms."), False),
        (_said("The hub hosts 50 firms."), _said("The hub hosts 50 firms today."), False),
        (_said("The hub hosts firms."), _said("The hub hosts 29 firms."), False),
    ],
)
def test_what_is_a_conflict(one, other, conflict):
    assert disagree(one, other) == disagree(other, one) == conflict


def test_the_other_side_follows_the_first():
    first, other = _said("The hub hosts 50 firms."), _said("The hub hosts 29 firms.", document="e")
    between = [_said(f"The lake is long, says {name}.") for name in ("Anna", "Bruno", "Carla")]
    assert both_sides([first, *between, other]) == [first, other, *between]
    assert both_sides([]) == []
    assert both_sides(between) == between
