"""What is over steps back unless history is asked for; of two the newer goes first."""

from datetime import date

import pytest

from corpus.document import Chunk, Reference, Span
from index.standing import allowance, asks_for_history, is_over

TODAY = date(2026, 11, 26)
WHOLE = Span(0, 10)


def _chunk(section="", status="current", valid_until=None, as_of="2026-01", references=()):
    return Chunk("d", "en", "", section, 0, 10, "x" * 10, (WHOLE,), status, as_of, valid_until, tuple(references))


def _fact(as_of="2026-01", valid_until=None):
    return Reference(10, "d.fact", as_of, valid_until, "source", "", None)


@pytest.mark.parametrize(
    ("chunk", "over"),
    [
        (_chunk(), False),
        (_chunk(section="The old law (historic, 1999)"), True),
        (_chunk(section="La vecchia legge (storica, 1999)"), True),
        (_chunk(status="closed"), True),
        (_chunk(status="superseded"), True),
        (_chunk(status="project"), False),
        (_chunk(valid_until="2025-12-31"), True),
        (_chunk(valid_until="2025"), True),
        (_chunk(valid_until="2026"), False),
        (_chunk(valid_until="2026-11"), False),
        (_chunk(valid_until="2026-11-26"), False),
        (_chunk(valid_until="2026-11-25"), True),
        (_chunk(references=[_fact(valid_until="2023-10-25")]), True),
        (_chunk(references=[_fact(valid_until="2023-10-25"), _fact()]), False),
    ],
)
def test_what_is_over(chunk, over):
    assert is_over(chunk, WHOLE, TODAY) == over


def test_a_closed_call_loses_more_than_any_age():
    closed = _chunk(as_of="2026-10", valid_until="2026-10-31")
    old = _chunk(as_of="2001")
    assert allowance(closed, WHOLE, TODAY) > allowance(old, WHOLE, TODAY) > allowance(_chunk(), WHOLE, TODAY) > 0


def test_the_newer_of_two_facts_counts():
    both = _chunk(as_of="2010", references=[_fact("2019"), _fact("2026-01")])
    assert allowance(both, WHOLE, TODAY) == allowance(_chunk(references=[_fact("2026-01")]), WHOLE, TODAY)
    assert allowance(_chunk(as_of=""), WHOLE, TODAY) > allowance(_chunk(), None, TODAY)


@pytest.mark.parametrize(
    ("language", "question", "history"),
    [
        ("en", "How many firms are in the BICs?", False),
        ("en", "How many firms were in the BICs?", True),
        ("en", "What did the 2018 text say about hubs?", True),
        ("en", "What is the rate in 2026?", False),
        ("en", "What is the rate for 2025?", False),
        ("it", "Qual è l'aliquota IRAP?", False),
        ("it", "Qual era l'aliquota IRAP?", True),
        ("de", "Wie hoch ist der Satz?", False),
        ("de", "Wie hoch war der Satz damals?", True),
    ],
)
def test_history_is_asked_for_by_tense_words_or_years(language, question, history):
    assert asks_for_history(question, language, TODAY) == history
