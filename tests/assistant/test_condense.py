import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Turn
from assistant.condense import Standalone, condense

HUB = {
    "en": ("What is the Mechatronics Hub?", "Mechatronics Hub"),
    "it": ("Che cos'è il Polo Meccatronica?", "Polo Meccatronica"),
    "de": ("Was ist das Polo Meccatronica?", "Polo Meccatronica"),
}


def said(*messages: str) -> list[Turn]:
    """User and assistant in turn, the user first."""
    return [Turn("assistant" if n % 2 else "user", message) for n, message in enumerate(messages)]


@pytest.mark.parametrize(
    ("language", "before", "question", "subject"),
    [
        ("en", "What is the Mechatronics Hub?", "How many companies does it host?", "Mechatronics Hub"),
        ("en", "Where is ProM Facility?", "And how large is the staff?", "ProM Facility"),
        ("en", "What is an ITS?", "How many are there?", "ITS"),
        ("it", "Che cosa fa Trentino Sviluppo?", "Quanti dipendenti ha?", "Trentino Sviluppo"),
        ("it", "Dove si trova il Polo Meccatronica?", "E quante imprese ospita?", "Polo Meccatronica"),
        ("de", "Was macht Trentino Sviluppo?", "Wie viele Mitarbeiter sind dort?", "Trentino Sviluppo"),
        ("de", "Was ist die FBK?", "Und wie groß ist das Budget?", "FBK"),
        ("de", "Was gibt es in Rovereto?", "Wie viele Firmen sind es?", "Rovereto"),
        ("en", "how many vineyards exist?", "and who owns them?", "vineyards exist"),
    ],
)
def test_a_follow_up_gets_the_subject_of_the_turn_before(language, before, question, subject):
    assert condense(question, said(before, "[1]"), language) == Standalone(question, subject)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Opening hours?"),
        ("en", "How large is the staff?"),
        ("it", "Quali sono gli orari?"),
        ("it", "Quanto costa l'affitto?"),
        ("de", "Öffnungszeiten?"),
        ("de", "Wie hoch ist die Miete?"),
    ],
)
def test_a_follow_up_needs_no_word_that_points_back(language, question):
    before, subject = HUB[language]
    assert condense(question, said(before, "[1]"), language).context == subject


def test_what_is_shown_is_all_that_is_searched():
    assert Standalone("Who runs it?", "ProM Facility").text == "Who runs it? (ProM Facility)"
    assert Standalone("Who runs ProM Facility?").text == "Who runs ProM Facility?"


def test_the_answer_lends_its_words_after_those_of_the_user():
    history = said("Which body operates the site?", "The site is run by Trentino Sviluppo. [1]")
    assert condense("When was it founded?", history, "en").context == "body operates, site, run, Trentino Sviluppo"


def test_the_subject_is_carried_over_two_turns():
    history = said("What is the Mechatronics Hub?", "A centre. [1]", "Who runs it?", "An agency. [1]")
    assert condense("And where is it?", history, "en").context == "Mechatronics Hub, centre, runs, agency"


def test_of_a_long_answer_the_first_words_are_taken():
    history = said(
        "What is the Mechatronics Hub?", "It hosts laboratories. " + " ".join(f"word{n}x" for n in range(99))
    )
    context = condense("And where is it?", history, "en").context
    assert context.startswith("Mechatronics Hub, hosts laboratories word0x")
    assert len(context.replace(",", "").split()) == 12


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What is the IRAP rate?"),
        ("en", "What is the IRAP rate this year?"),
        ("en", "Where is ProM Facility and who uses it?"),
        ("en", "How much tax does a company pay?"),
        ("en", "How much tax does a company pay this year?"),
        ("en", "Is there a grant for companies that hire graduates?"),
        ("it", "Qual è l'aliquota IRAP?"),
        ("it", "Quante tasse paga un'impresa agricola quest'anno?"),
        ("it", "Chi assume i giovani laureati con la borsa di studio?"),
        ("de", "Wie hoch ist der IRAP Satz?"),
        ("de", "Wie viele Steuern zahlt ein Betrieb dieses Jahr?"),
        ("de", "Wie ist das Wetter in Trient?"),
    ],
)
def test_a_question_that_opens_a_topic_is_not_dragged_back(language, question):
    before, _ = HUB[language]
    assert condense(question, said(before, "[1]"), language) == Standalone(question)


@pytest.mark.parametrize(
    ("language", "topic", "question", "subject"),
    [
        ("en", "What is the IRAP rate?", "And who pays it?", "IRAP rate"),
        ("it", "Qual è l'aliquota IRAP?", "E chi la paga?", "aliquota IRAP"),
        ("de", "Wie hoch ist der IRAP Satz?", "Und wer zahlt ihn?", "hoch, IRAP Satz"),
    ],
)
def test_after_a_change_of_topic_the_old_one_is_gone(language, topic, question, subject):
    before, _ = HUB[language]
    assert condense(question, said(before, "[1]", topic, "[1]"), language).context == subject


@pytest.mark.parametrize(
    ("language", "thanks", "reply", "question"),
    [
        ("en", "Thank you!", "You are welcome, ask about companies.", "And where is it?"),
        ("it", "Grazie!", "Prego, chieda pure delle imprese.", "E dove si trova?"),
        ("de", "Danke!", "Gern, fragen Sie nach Firmen.", "Und wo ist es?"),
    ],
)
def test_small_talk_in_between_changes_nothing(language, thanks, reply, question):
    before, subject = HUB[language]
    history = said(before, "[1]", thanks, reply)
    assert condense(question, history, language) == Standalone(question, subject)
    assert condense(thanks, history, language) == Standalone(thanks)


@pytest.mark.parametrize("question", ["And where is it?", "Quanti dipendenti ha?", "Wo ist sie?"])
def test_without_a_history_nothing_changes(question):
    empty = said("", "", "", "")
    assert [condense(question, [], language) for language in ("en", "it", "de")] == [Standalone(question)] * 3
    assert [condense(question, empty, language) for language in ("en", "it", "de")] == [Standalone(question)] * 3


def test_empty_answers_are_passed_over():
    before, subject = HUB["en"]
    assert condense("And where is it?", said(before, "", "What is it?", ""), "en").context == subject


def test_german_sie_points_back_and_polite_sie_does_not():
    history = said("Was macht die FBK?", "Sie forscht. [1]")
    pointing = "Wie viele Doktoranden und Forscher bezahlt sie?"
    assert condense(pointing, history, "de").context == "FBK, forscht"
    polite = "Können Sie mir Steuern und Abgaben erklären?"
    assert condense(polite, history, "de") == Standalone(polite)


def test_an_assistant_turn_at_the_beginning_is_no_subject():
    history = [Turn("assistant", "Hello, I am the Trentino assistant."), *said("What is the Mechatronics Hub?", "[1]")]
    assert condense("Who runs it?", history[:1], "en") == Standalone("Who runs it?")
    assert condense("Who runs it?", history, "en").context == "Mechatronics Hub"


def test_the_same_question_asked_again_is_the_same():
    history = said("What is the Mechatronics Hub?", "A centre. [1]")
    assert condense("What is the Mechatronics Hub?", history, "en") == Standalone("What is the Mechatronics Hub?")
    follow_up = "And where is it?"
    again = [*history, *said(follow_up, "In Rovereto. [1]")]
    assert condense(follow_up, again, "en") == condense(follow_up, history, "en")


def test_the_language_may_change_in_a_conversation():
    history = said("Was macht das Polo Meccatronica in der Stadt?", "Es ist ein Zentrum für die Industrie.")
    context = condense("And how many companies does it host?", history, "en").context
    assert context == "Polo Meccatronica, Stadt, Zentrum, Industrie"


def test_capitals_throughout_make_no_names():
    before, subject = HUB["en"]
    assert condense("WHO PAYS THE RENT?", said(before, "[1]"), "en").context == subject


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_fifty_turns_are_read_in_50_ms_and_the_latest_count_most(language):
    before, subject = HUB[language]
    history = said(*(message for n in range(25) for message in (f"Und {before} alpha{n}x", f"beta{n}x " * 150)))
    condense("warm up", history, language)
    started = time.process_time()
    context = condense("Und?", history, language).context
    assert time.process_time() - started < 0.05
    assert subject in context
    assert "alpha24x" in context
    assert "alpha15x" not in context


_TEXTS = st.text(max_size=60) | st.sampled_from([before for before, _ in HUB.values()])


@settings(deadline=None)
@given(
    question=_TEXTS,
    history=st.lists(st.builds(Turn, st.sampled_from(["user", "assistant"]), _TEXTS), max_size=6),
    language=st.sampled_from(["en", "it", "de"]),
)
def test_whatever_was_said_the_question_stays_and_only_its_words_are_added(question, history, language):
    found = condense(question, history, language)
    assert found.question == question.strip()
    spoken = " ".join(turn.content for turn in history)
    assert all(phrase_word in spoken for phrase_word in found.context.replace(",", " ").split())
    assert found == condense(question, history, language)
