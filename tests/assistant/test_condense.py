import pytest

from assistant.answer import Turn
from assistant.condense import condense


def said(*messages: str) -> list[Turn]:
    """User and assistant in turn, the user first."""
    return [Turn("assistant" if n % 2 else "user", message) for n, message in enumerate(messages)]


@pytest.mark.parametrize(
    ("language", "before", "question", "subject"),
    [
        ("en", "What is the Mechatronics Hub?", "How many companies does it host?", "Mechatronics Hub"),
        ("en", "Where is ProM Facility?", "And how large is the staff?", "ProM Facility"),
        ("it", "Che cosa fa Trentino Sviluppo?", "Quanti dipendenti ha?", "Trentino Sviluppo"),
        ("it", "Dove si trova il Polo Meccatronica?", "E quante imprese ospita?", "Polo Meccatronica"),
        ("de", "Was macht Trentino Sviluppo?", "Wie viele Mitarbeiter sind dort?", "Trentino Sviluppo"),
        ("de", "Was ist die FBK?", "Und wie groß ist das Budget?", "FBK"),
    ],
)
def test_a_follow_up_gets_the_subject_of_the_turn_before(language, before, question, subject):
    assert condense(question, said(before, "An answer. [1]"), language) == f"{question} ({subject})"


def test_the_subject_is_carried_over_two_turns():
    history = said("What is the Mechatronics Hub?", "A centre. [1]", "Who runs it?", "An agency. [1]")
    assert condense("And where is it?", history, "en") == "And where is it? (Mechatronics Hub)"


def test_who_is_asked_for_is_taken_from_the_answer():
    history = said("Which body operates the site?", "The site is run by Trentino Sviluppo. [1]")
    assert condense("When was it founded?", history, "en") == "When was it founded? (Trentino Sviluppo)"


def test_a_turn_without_a_name_lends_its_own_words():
    history = said("how many vineyards exist?", "Many. [1]")
    assert condense("and who owns them?", history, "en") == "and who owns them? (vineyards exist)"


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What is the IRAP rate?"),
        ("en", "Where is ProM Facility and who uses it?"),
        ("en", "How much tax does a company pay?"),
        ("it", "Qual è l'aliquota IRAP?"),
        ("de", "Wie hoch ist der IRAP Satz?"),
    ],
)
def test_a_question_that_stands_alone_is_not_dragged_back(language, question):
    assert condense(question, said("What is the Mechatronics Hub?", "A centre. [1]"), language) == question


@pytest.mark.parametrize("question", ["And where is it?", "Quanti dipendenti ha?", "Wo ist sie?"])
def test_without_a_history_nothing_changes(question):
    assert [condense(question, [], language) for language in ("en", "it", "de")] == [question] * 3


def test_german_sie_points_back_and_polite_sie_does_not():
    history = said("Was macht die FBK?", "Sie forscht. [1]")
    assert condense("Wo liegt sie?", history, "de") == "Wo liegt sie? (FBK)"
    polite = "Können Sie mir Steuern erklären?"
    assert condense(polite, history, "de") == polite


def test_an_assistant_turn_at_the_beginning_is_no_subject():
    history = [Turn("assistant", "Hello, I am the Trentino assistant."), *said("What is the Mechatronics Hub?", "A.")]
    assert condense("Who runs it?", history[:1], "en") == "Who runs it?"
    assert condense("Who runs it?", history, "en") == "Who runs it? (Mechatronics Hub)"


def test_the_same_question_asked_again_is_the_same():
    history = said("What is the Mechatronics Hub?", "A centre. [1]")
    assert condense("What is the Mechatronics Hub?", history, "en") == "What is the Mechatronics Hub?"
    follow_up = "And where is it?"
    again = [*history, *said(follow_up, "In Rovereto. [1]")]
    assert condense(follow_up, again, "en") == condense(follow_up, history, "en") == f"{follow_up} (Mechatronics Hub)"
