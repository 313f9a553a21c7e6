"""Answering with the reader."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import sleep

import pytest

from assistant.answer import Evidence, Status, Turn, Waiting
from assistant.calibration import calibration
from assistant.reading import PAUSE, Reading
from assistant.texts import say
from assistant.turns import Turns
from tests.assistant import fakes
from tests.assistant.fakes import SURE, UNSURE, FakeGenerator
from tests.fakes import FakeReader

QUESTION = "What equipment does ProM Facility have?"
SAID = "equipment worth over 6 million euro"


def test_the_sentence_that_the_reader_finds_is_quoted(found):
    answer = fakes.assistant(found, reader=FakeReader(SAID)).answer(QUESTION)
    assert answer.status == Status.ANSWERED
    assert SAID in answer.citations[0].quote


def test_what_is_found_is_shown_before_it_is_read(found):
    events = list(fakes.assistant(found, reader=FakeReader(SAID)).stream(QUESTION))
    at_once, read = (event for event in events if isinstance(event, Evidence))
    assert events[:2] == [at_once, read]
    assert (at_once.read, read.read) == (False, True)
    assert at_once.question_used == read.question_used
    assert {c.document for c in at_once.citations} >= {read.citations[0].document}
    answer = events[-1]
    assert 0 < answer.timings_ms.first_evidence < answer.timings_ms.total


def test_without_a_reader_evidence_comes_once(found):
    events = list(fakes.assistant(found).stream(QUESTION))
    assert [event.read for event in events if isinstance(event, Evidence)] == [True]


def test_what_the_reader_finds_no_answer_to_is_not_in_the_corpus(tmp_path):
    found, question = fakes.retriever(tmp_path, floor=0.84), "Who paints the laboratory?"
    assert fakes.assistant(found).answer(question).status == Status.ANSWERED
    refused = fakes.assistant(found, reader=FakeReader("nothing there says this")).answer(question)
    assert (refused.status, refused.citations) == (Status.NOT_IN_CORPUS, ())


def test_a_clear_no_of_the_generator_and_a_doubt_of_the_reader_refuse(found):
    reader = FakeReader("nothing there says this")
    answer = fakes.assistant(found, FakeGenerator(gap=UNSURE), reader=reader).answer(QUESTION)
    assert answer.status == Status.NOT_IN_CORPUS


def test_a_follow_up_is_read_as_the_question_that_is_shown(found):
    reader = FakeReader(SAID)
    history = [Turn("user", "What is ProM Facility?"), Turn("assistant", "A laboratory. [1]")]
    answer = fakes.assistant(found, reader=reader).answer("What equipment does it have?", history)
    assert reader.asked == [answer.question_used]


def test_what_an_answer_would_rest_on_can_be_had_before_it_is_judged(found):
    considered = fakes.assistant(found, reader=FakeReader(SAID)).evidence(QUESTION)
    assert considered.language == "en"
    assert SAID in considered.quotes[0].text
    assert considered.quotes[0].found.reading == 4.0


def test_who_comes_while_another_waits_is_answered_unread_at_once_and_told(tmp_path):
    reader = OccupiedReader(SAID)
    assistant = fakes.assistant(fakes.retriever(tmp_path, floor=0.82), reader=reader)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(assistant.answer, QUESTION)
        reader.begun.wait(60)
        second = pool.submit(assistant.answer, QUESTION)
        while not assistant.reading.line.waiting:
            assert not any(asked.done() for asked in (first, second))
            sleep(0.01)
        unread = assistant.answer(QUESTION)
        refused = assistant.answer("Where do penguins sleep?")
        reader.free.set()
    assert told_unread(unread)
    assert told_unread(refused)
    assert (unread.status, refused.status) == (Status.ANSWERED, Status.NOT_IN_CORPUS)
    assert not told_unread(first.result())
    assert not told_unread(second.result())
    assert len(reader.asked) == 2


def test_a_rush_lasts_until_for_a_second_nobody_has_asked(found):
    now, reader = [100.0], FakeReader(SAID)
    assistant = fakes.assistant(found, reader=reader)
    assistant.reading = Reading(reader, clock=lambda: now[0])
    line = assistant.reading.line
    with line.turn() as first, line.turn():
        assert list(first) == []
        assert told_unread(assistant.answer(QUESTION))
    now[0] += 0.9 * PAUSE
    assert assistant.reading.rush
    last = assistant.answer(QUESTION)
    assert told_unread(last)
    assert assistant.suggestions(last, [Turn("user", QUESTION), Turn("assistant", last.answer)]) == ()
    now[0] += PAUSE
    assert not assistant.reading.rush
    assert not told_unread(assistant.answer(QUESTION))


def told_unread(answer):
    return [notice.text for notice in answer.notices] == [say("en", "unread")]


class OccupiedReader(FakeReader):
    """Reads when it is let go."""

    def __init__(self, said):
        super().__init__(said)
        self.begun, self.free = Event(), Event()

    def read(self, question, passages, thoroughly=None, beforehand=None):
        self.begun.set()
        self.free.wait(60)
        return super().read(question, passages, thoroughly, beforehand)


def always_sure(monkeypatch):
    sure = {name: replace(weighing, sure=(0.0, 0.0)) for name, weighing in calibration().items()}
    monkeypatch.setattr("assistant.judge.calibration", lambda: sure)


@pytest.mark.parametrize(
    ("said", "status"), [(SAID, Status.ANSWERED), ("nothing there says this", Status.NOT_IN_CORPUS)]
)
def test_where_the_reader_is_sure_a_model_that_only_votes_is_not_asked(found, monkeypatch, said, status):
    always_sure(monkeypatch)
    voting = FakeGenerator(gap=UNSURE if status == Status.ANSWERED else SURE, writes_well=False)
    answer = fakes.assistant(found, voting, composer="auto", reader=FakeReader(said)).answer(QUESTION)
    assert (answer.status, voting.asked) == (status, [])


def test_what_may_write_still_writes_where_the_reader_is_sure(found, monkeypatch):
    always_sure(monkeypatch)
    writing = FakeGenerator(["It has equipment."])
    fakes.assistant(found, writing, reader=FakeReader(SAID)).answer(QUESTION)
    assert len(writing.asked) == 2  # to vote, and to write


def test_who_waits_to_be_read_sees_what_was_found_and_the_place_in_line_and_may_leave_it(found):
    assistant = fakes.assistant(found, reader=FakeReader(SAID))
    assistant.reading.line = Turns(beat=0.001)
    with assistant.reading.line.turn() as first:
        assert list(first) == []
        waiting = assistant.stream(QUESTION)
        assert not next(waiting).read
        assert next(waiting) == Waiting(1)
        assert assistant.reading.line.waiting == 1
        waiting.close()
        assert assistant.reading.line.waiting == 0
    assert assistant.answer(QUESTION).status == Status.ANSWERED
