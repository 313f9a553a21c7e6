import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Turn
from assistant.lexicon import words
from assistant.parts import MOST, parts


@pytest.mark.parametrize(
    ("language", "question", "asked"),
    [
        ("en", "Who founded COSBI, and in which year?", ["Who founded COSBI", "in which year?"]),
        ("en", "Is a branch taxed? What about an office?", ["Is a branch taxed?", "What about an office?"]),
        ("en", "Which places, how much cash, and by when?", ["Which places, how much cash", "by when?"]),
        ("en", "We are ten. Is that enough, or must we grow?", ["Is that enough", "must we grow?"]),
        ("it", "Quanto costa l'area e quante sale ha?", ["Quanto costa l'area", "quante sale ha?"]),
        ("de", "Wo liegt der Hub und wie viele Firmen hat er?", ["Wo liegt der Hub", "wie viele Firmen hat er?"]),
    ],
)
def test_what_asks_anew_is_a_question_of_its_own(language, question, asked):
    assert [part.question for part in parts(question, [], language)] == asked


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Who runs the hub?"),
        ("en", "If we settle in Trento, what do we pay?"),
        ("en", "When a firm registers, for how many years is that?"),
        ("en", "Can I extend it, and how?"),
        ("en", "Which hub has laboratories and offices?"),
        ("en", "mechatronics hub rent and space"),
        ("en", "Between 2020 and 2025 I have the counts, but how many were there in 2023?"),
        ("it", "Quali imprese e quali enti?"),
        ("de", "Wie groß und wie alt?"),
        ("en", ""),
    ],
)
def test_a_message_that_asks_one_thing_is_not_cut(language, question):
    assert parts(question, [], language) == []


def test_a_part_is_completed_by_what_was_said_before_it():
    _, second = parts("Who founded COSBI in Rovereto, and in which year?", [], "en")
    assert "COSBI" in second.context


def test_a_part_is_completed_by_the_conversation():
    said = [Turn("user", "What is the Mechatronics Hub?"), Turn("assistant", "A hub.")]
    first, _ = parts("Who runs it and where is it?", said, "en")
    assert "Mechatronics Hub" in first.context


def test_sentences_that_ask_nothing_complete_every_part():
    first, second = parts("We make robots in Bavaria. Where can we rent, and who lets the units?", [], "en")
    assert "robots" in first.context
    assert "robots" in second.context


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["who runs it", "how much is it", "the hub", "and", ",", "?", ".", "when"]), max_size=30)
)
def test_there_are_never_too_many_parts_and_each_is_a_piece_of_the_message(pieces):
    message = " ".join(pieces)
    found = parts(message, [], "en")
    assert len(found) in {0, *range(2, MOST + 1)}
    assert all(words(part.question) and set(words(part.question)) <= set(words(message)) for part in found)
