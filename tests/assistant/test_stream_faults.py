import itertools

import pytest

from assistant.answer import Evidence, NoticeKind, Status, Token, Waiting
from assistant.assistant import Assistant
from assistant.texts import say
from assistant.turns import Turns
from corpus.errors import ModelUnavailable
from tests.assistant import fakes
from tests.assistant.fakes import FakeGenerator

QUESTION = "Who runs the Mechatronics Hub?"
RUNS = "The Mechatronics Hub is run by Trentino Sviluppo. [1]"
HOSTS = " It hosts 30 companies. [1]"
DOWN = ModelUnavailable("The language model does not answer.")


def notices(answer):
    return [(notice.kind, notice.text) for notice in answer.notices]


@pytest.mark.parametrize(
    "generator",
    [FakeGenerator(gap=DOWN), FakeGenerator([DOWN]), FakeGenerator(["The Mechatronics", DOWN])],
    ids=["at the vote", "before the first word", "in the first sentence"],
)
@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_a_model_that_fails_leaves_the_quotes_and_a_notice(found, generator, language):
    answer = fakes.assistant(found, generator, composer="model").answer(QUESTION, language=language)
    plain = fakes.assistant(found).answer(QUESTION, language=language)
    assert (answer.status, answer.composer, answer.answer) == (Status.ANSWERED, "extractive", plain.answer)
    assert (NoticeKind.INCOMPLETE, say(language, "model_failed")) in notices(answer)
    assert answer.citations == plain.citations


def test_what_was_shown_before_the_model_failed_stands(found):
    *events, answer = fakes.assistant(found, FakeGenerator([RUNS, " It", DOWN])).stream(QUESTION)
    tokens = [event.text for event in events if isinstance(event, Token)]
    assert tokens[0] == RUNS
    assert "".join(tokens) == answer.answer == f"{RUNS} {fakes.assistant(found).answer(QUESTION).answer}"
    assert (answer.status, answer.composer) == (Status.ANSWERED, "model")
    assert notices(answer) == [(NoticeKind.INCOMPLETE, say("en", "model_failed"))]


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_past_the_deadline_what_is_verified_is_a_partial_answer(found, language, monkeypatch):
    generator = FakeGenerator([RUNS, " It hosts", " 30 companies. [1]"])
    asked = iter([False, False])  # in time for two pieces, which make one whole sentence
    monkeypatch.setattr(Assistant, "_is_late", lambda *_: next(asked, True))
    answer = fakes.assistant(found, generator, composer="model").answer(QUESTION, language=language)
    assert (answer.status, answer.composer, answer.answer) == (Status.PARTIAL, "model", RUNS)
    assert (NoticeKind.INCOMPLETE, say(language, "incomplete")) in notices(answer)
    assert generator.closed


def test_within_the_deadline_the_answer_is_whole(found):
    answer = fakes.assistant(found, FakeGenerator([RUNS, HOSTS]), deadline=1e9).answer(QUESTION)
    assert (answer.status, answer.answer, answer.notices) == (Status.ANSWERED, RUNS + HOSTS, ())


def test_who_stops_listening_stops_the_model(found):
    generator = FakeGenerator([RUNS, HOSTS, " More."])
    stream = fakes.assistant(found, generator).stream(QUESTION)
    assert isinstance(next(stream), Evidence)
    assert next(stream) == Token(RUNS)
    assert not generator.closed
    stream.close()
    assert generator.closed


def test_who_stops_at_the_evidence_never_starts_the_model(found):
    generator = FakeGenerator([RUNS])
    stream = fakes.assistant(found, generator).stream(QUESTION)
    next(stream)
    stream.close()
    assert generator.asked == []


def test_two_questions_at_once_do_not_mix(found):
    assistant = fakes.assistant(found, FakeGenerator(["Grapes are picked in September. [1]"]))
    one, other = assistant.stream(QUESTION), assistant.stream("When are grapes picked?", language="en")
    first = [next(one), next(other)]
    assert [event.question_used for event in first] == [QUESTION, "When are grapes picked?"]
    assert [[*one][-1].question_used, [*other][-1].question_used] == [QUESTION, "When are grapes picked?"]


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_a_model_that_never_ends_a_sentence_in_time_leaves_the_quotes_and_a_notice(found, language):
    endless = FakeGenerator(itertools.repeat(" and"))
    answer = fakes.assistant(found, endless, composer="model", deadline=1e-9).answer(QUESTION, language=language)
    assert (answer.status, answer.composer) == (Status.ANSWERED, "extractive")
    assert (NoticeKind.INCOMPLETE, say(language, "model_failed")) in notices(answer)
    assert endless.closed


def test_who_waits_for_the_model_is_told_how_many_are_before(found):
    turns = Turns(beat=0.001)
    with turns.turn() as busy:
        list(busy)
        waiting = fakes.assistant(found, FakeGenerator([RUNS]), turns=turns).stream(QUESTION)
        assert isinstance(next(waiting), Evidence)
        assert next(waiting) == Waiting(1)
    assert next(event for event in waiting if not isinstance(event, Waiting)) == Token(RUNS)


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_who_has_waited_long_enough_gets_the_quotes(found, language, monkeypatch):
    monkeypatch.setattr("assistant.assistant.PATIENCE", 0.0)
    turns, generator = Turns(beat=0.001), FakeGenerator([RUNS])
    with turns.turn() as busy:
        list(busy)
        answer = fakes.assistant(found, generator, turns=turns).answer(QUESTION, language=language)
    assert (answer.status, answer.composer) == (Status.ANSWERED, "extractive")
    assert (NoticeKind.INCOMPLETE, say(language, "model_busy")) in notices(answer)
    assert generator.asked == []


def test_who_leaves_while_waiting_makes_room(found):
    turns = Turns(beat=0.001)
    with turns.turn() as busy:
        list(busy)
        leaving = fakes.assistant(found, FakeGenerator([RUNS]), turns=turns).stream(QUESTION)
        next(leaving), next(leaving)
        leaving.close()
        with turns.turn() as places:
            assert next(places) == 1
