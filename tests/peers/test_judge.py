import math

import pytest

from peers.exchange import Reply, asked_of
from peers.judge import judge, judged, summed
from tests.peers.fakes import CASES

FIRMS, TAX, PRICE = asked_of(CASES)


def reply(answer: str, *documents: str, **more: object) -> Reply:
    return Reply("id", answer, documents, 2.0, **more)


def test_right_is_what_has_all_it_must_and_a_source_that_answers():
    row = judge(FIRMS, reply("It hosts 50 firms.", "tax/rate", "hub", "hub", ""))
    assert (row.right, row.abstained, row.included, row.sources_hit) == (True, False, True, 0.5)


@pytest.mark.parametrize("given", [reply("It hosts 50 firms.", "tax/rate"), reply("It hosts 50."), reply("60", "hub")])
def test_without_the_source_or_the_words_it_is_wrong(given):
    assert not judge(FIRMS, given).right


def test_a_refusal_is_right_where_nobody_can_answer_and_wrong_elsewhere():
    assert judge(PRICE, reply("I don't know.", "hub")).right
    row = judge(FIRMS, reply("I don't know.", "hub"))
    assert (row.right, row.abstained, row.sources_hit) == (False, True, None)


def test_an_answer_that_has_what_it_must_is_no_refusal_whatever_it_adds():
    assert judge(FIRMS, reply("It hosts 50 firms. Their names are not specified.", "hub")).right


def test_a_status_goes_before_the_words():
    assert judge(PRICE, reply("Please ask the agency.", abstained=True)).right
    assert not judge(PRICE, reply("The price is not specified. [1]", "hub", abstained=False)).right
    assert not judge(FIRMS, reply("50", "hub", abstained=True)).right


def test_an_answer_that_failed_is_neither_right_nor_a_refusal():
    row = judge(PRICE, reply("I don't know", error="TimeoutError: "))
    assert (row.right, row.abstained) == (False, False)
    assert not judge(FIRMS, reply("50", "hub", error="TimeoutError: ")).right


def test_scores_count_refusals_and_sources():
    rows = judged(
        [FIRMS, TAX, PRICE],
        [reply("50", "hub", "tax/rate"), reply("I don't know", "hub"), reply("I don't know", error=None)],
    )
    scores = summed(rows)
    assert scores.accuracy.value == pytest.approx(2 / 3)
    assert (scores.refusal_precision.value, scores.refusal_recall.value) == (0.5, 1.0)
    assert scores.refusal_f1 == pytest.approx(2 / 3)
    assert (scores.citation_precision.value, scores.citation_precision.n) == (0.5, 1)
    assert (scores.median_s, scores.p95_s, scores.errors) == (2.0, 2.0, 0)


def test_who_never_refuses_has_no_precision_and_an_f1_of_nothing():
    scores = summed([judge(PRICE, reply("It costs 3 euro.", "hub"))])
    assert math.isnan(scores.refusal_precision.value)
    assert scores.refusal_f1 == 0
