"""What the judgement makes of its signals."""

from dataclasses import replace

import pytest

from assistant.calibration import Weighing, calibration
from assistant.considered import Considered
from assistant.judge import judge_evidence, judge_vote
from assistant.signals import signals
from corpus.asked import NOTHING
from index.known import Nearness
from tests.assistant.fakes import SURE, UNSURE, quotes


def read(*odds: float, text: str = "The hub hosts 30 companies."):
    """Quotes that the reader has read, each with these log-odds."""
    made = quotes(*[text] * len(odds))
    return [replace(q, found=replace(q.found, reading=odd, coverage=0.5)) for q, odd in zip(made, odds, strict=True)]


def about(question: str, quoted, near: Nearness | None = None) -> Considered:
    """A question in English and its quotes."""
    return Considered(question, "en", question, quoted, near)


QUESTION = "Which companies does the hub host?"


def test_the_reader_decides_where_no_generator_votes():
    assert judge_evidence(about(QUESTION, read(6.0, -2.0)), alone=True).answers
    assert not judge_evidence(about(QUESTION, read(-6.0, -6.0)), alone=True).answers


def test_a_generator_is_asked_even_where_the_reader_doubts():
    doubted = about(QUESTION, read(-6.0, -6.0))
    assert not judge_evidence(doubted, alone=True).answers
    assert judge_evidence(doubted, alone=False).answers


def test_a_best_quote_without_the_kind_of_answer_asked_for_makes_it_less_sure():
    asked = "When did the hub open?"
    without = judge_evidence(about(asked, read(2.0, text="The hub hosts companies.")), alone=True)
    dated = judge_evidence(about(asked, read(2.0, text="The hub hosts companies since 2010.")), alone=True)
    assert without.odds < dated.odds


def test_who_asks_for_a_phone_number_is_answered_by_nothing_else():
    asked = "What is the phone number of the hub?"
    assert not judge_evidence(about(asked, read(6.0, text="The hub is in Via Zeni 8.")), alone=False).answers
    assert judge_evidence(about(asked, read(6.0, text="The hub has the number +39 0464 443111.")), alone=True).answers


@pytest.mark.parametrize(("question", "by_vote"), [("What is the phone number of the hub?", False), (QUESTION, True)])
def test_whose_phone_number_it_is_no_vote_decides_where_known_questions_tell(question, by_vote):
    (quoted,) = read(0.5, text="Another hub has the number +39 0464 443111.")
    of_another = replace(quoted, citation=replace(quoted.citation, facts=("other.phone",)))
    near = Nearness({"other.phone": 0.6, NOTHING: 0.8}, {NOTHING: 0.85, "other.phone": 0.15})
    judged = judge_evidence(about(question, [of_another], near), alone=False)
    assert (judged.answers, judged.sure) == (by_vote, not by_vote)


def test_without_the_reader_nearness_decides():
    (near,) = quotes("The hub hosts 30 companies.")
    far = replace(near, found=replace(near.found, cosine=0.80))
    assert judge_evidence(about(QUESTION, [near]), alone=True).answers
    assert not judge_evidence(about(QUESTION, [far]), alone=True).answers
    assert judge_evidence(about(QUESTION, [far]), alone=False).answers


def test_without_the_reader_known_questions_decide_where_there_are_some():
    (quoted,) = quotes("The hub hosts 30 companies.")
    near = replace(quoted, citation=replace(quoted.citation, facts=("hub.companies",)))
    asked = Nearness({"hub.companies": 0.97, NOTHING: 0.80}, {"hub.companies": 1.0})
    in_vain = Nearness({"hub.companies": 0.80, NOTHING: 0.97}, {NOTHING: 1.0})
    assert judge_evidence(about(QUESTION, [near], asked), alone=True).answers
    assert not judge_evidence(about(QUESTION, [near], in_vain), alone=True).answers


def test_vote_and_reading_are_weighed_together():
    sure, unsure = read(4.0, 0.0), read(-5.0, -5.0)
    assert judge_vote(SURE, about(QUESTION, sure), trained=False).answers
    assert not judge_vote(UNSURE, about(QUESTION, unsure), trained=False).answers
    assert not judge_vote(UNSURE, about(QUESTION, quotes("The hub hosts 30 companies.")), trained=False).answers


def test_a_provider_without_a_vote_leaves_it_to_the_reader():
    assert judge_vote(None, about(QUESTION, read(6.0, 0.0)), trained=False).answers
    assert not judge_vote(None, about(QUESTION, read(-6.0, -6.0)), trained=False).answers
    assert judge_vote(None, about(QUESTION, quotes("The hub hosts 30 companies.")), trained=False).answers


@pytest.mark.parametrize(
    ("question", "language", "figures", "names"),
    [
        ("How many companies did the hub host in 1987?", "en", 1, 0),
        ("How many companies does the hub in Verona host?", "en", 0, 1),
        ("We have 80,000 euro and 12 people. How many companies does the hub host?", "en", 0, 0),
        ("Quante imprese ospita il polo di Verona con più di 30 posti?", "it", 0, 1),
        ("Wie viele Unternehmen gibt es in Verona?", "de", 0, 0),
        ("How many companies does the Hub host?", "en", 0, 0),
    ],
)
def test_what_the_question_names_and_no_quote_does(question, language, figures, names):
    found = signals(Considered(question, language, question, read(1.0)))
    assert (found.figures, found.names) == (figures, names)


def test_the_surest_quote_counts_and_no_sureness_is_endless():
    found = signals(about(QUESTION, read(-3.0, 99.0)))
    assert (found.reading, found.second) == (8.0, -3.0)


def test_a_weighing_is_a_logistic_regression():
    weighing = Weighing({"a": 2.0, "b": -1.0}, 0.5, threshold=0.0)
    assert weighing.log_odds({"a": 1.0, "b": 3.0}) == pytest.approx(-0.5)
    assert weighing.judge({"a": 1.0, "b": 0.0}).answers
    assert not weighing.judge({"a": 0.0, "b": 1.0}).answers


def test_the_shipped_calibration_trusts_both_of_its_judges():
    found = calibration()
    assert found["reader"].weights["reading"] > 0
    assert found["vote"].weights["gap"] > 0


def test_how_sure_the_judgement_was_is_told_as_the_distance_from_its_threshold():
    weighing = Weighing({"a": 2.0}, 0.0, threshold=0.5)
    assert weighing.judge({"a": 1.0}).odds == pytest.approx(1.5)
    assert weighing.judge({"a": 0.0}).odds == pytest.approx(-0.5)


def near(**shares: float) -> Nearness:
    """Known questions: each fact answers one just like it."""
    return Nearness(dict.fromkeys(shares, 0.95), shares)


def told(fact: str, odds: float = 0.0):
    return [replace(quote, citation=replace(quote.citation, facts=(fact,))) for quote in read(odds)]


def test_what_is_known_of_the_nearest_questions_makes_it_surer_or_less_sure():
    answered = judge_evidence(about(QUESTION, told("hub"), near(hub=1.0)), alone=True)
    in_vain = judge_evidence(about(QUESTION, told("hub"), near(hub=0.0, **{NOTHING: 1.0})), alone=True)
    assert answered.answers
    assert answered.odds > in_vain.odds


def test_known_questions_say_nothing_of_a_document_that_nobody_wrote_any_to():
    taken = signals(about(QUESTION, told("own"), near(hub=1.0)))
    assert (taken.asked, taken.answered, taken.vain) == (None, None, None)
    assert taken == signals(about(QUESTION, told("own")))


def test_a_signal_counts_for_so_many_spreads_at_most():
    weighing = Weighing({"a": 1.0}, 0.0, threshold=0.0, usual={"a": (1.0, 2.0)}, furthest=2.0)
    assert [weighing.log_odds({"a": value}) for value in (3.0, 5.0, 99.0, -99.0)] == [1.0, 2.0, 2.0, -2.0]


def test_a_judgement_is_sure_up_to_a_no_and_from_a_yes_on():
    weighing = Weighing({"a": 1.0}, 0.0, threshold=0.5, sure=(-2.0, 1.0))
    sure = [weighing.judge({"a": value}).sure for value in (-1.6, -1.5, -1.0, 1.4, 1.5)]
    assert sure == [True, True, False, False, True]
    assert not Weighing({"a": 1.0}, 0.0, threshold=0.5).judge({"a": 99.0}).sure
