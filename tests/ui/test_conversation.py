import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Turn
from tests.ui.fakes import HUB, answered, cite
from ui.conversation import Conversation, clean_question
from ui.run import End


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Who runs it?\n", "Who runs it?"),
        ("one\r\ntwo\tthree", "one\ntwo three"),
        ("a\x00b\x1bc\x7fd\x85e", "abcde"),
        ("txt\u202egnp", "txtgnp"),
        ("a\ud800b", "ab"),
        (" \u200b".strip(), "\u200b"),
        ("\x00 \n\t", ""),
    ],
)
def test_control_characters_are_stripped(typed, cleaned):
    assert clean_question(typed) == cleaned


@given(st.text())
def test_a_cleaned_question_is_clean(typed):
    cleaned = clean_question(typed)
    assert clean_question(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_history_is_what_was_answered():
    conversation = Conversation()
    conversation.begin("first").take(answered("Answer. [1]", cite(1, HUB)))
    conversation.begin("stopped").take(End.STOPPED)
    conversation.begin("now")
    assert conversation.history() == (Turn("user", "first"), Turn("assistant", "Answer. [1]"))


def test_old_exchanges_leave_and_numbers_stay_unique():
    conversation = Conversation()
    for number in range(60):
        conversation.begin(f"question {number}")
    assert len(conversation.exchanges) == 40
    assert conversation.exchange(1) is None
    assert conversation.exchange(60).question == "question 59"


@pytest.mark.parametrize("number", ["", "2", "-1", "1.0", "²", "9" * 5000])
def test_what_names_no_exchange_finds_none(number):
    conversation = Conversation()
    first = conversation.begin("Who runs it?")
    assert conversation.exchange_sent("1") is first
    assert conversation.exchange_sent(number) is None
