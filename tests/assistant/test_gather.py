"""A message that asks several things is answered with quotes for each; what nothing answers is said so."""

import pytest

from assistant.answer import Answer, NoticeKind, Status
from assistant.gather import FOR_ONE, gather
from assistant.parts import parts
from assistant.question import accept
from corpus.document import Document
from index.retrieve import Found
from tests.assistant import fakes

WHO = "Who runs the Mechatronics Hub in Rovereto"
RUNS = "The Mechatronics Hub in Rovereto is run by Trentino Sviluppo."
PICKED = "Grapes are picked in September by hand."
# More on the first thing asked than a search looks at.
MANY = [Document(f"hub{n}", "en", "Hub", f"The Mechatronics Hub in Rovereto runs {n} halls.") for n in range(40)]


HUB, VINES = Document("hub", "en", "Hub", RUNS), Document("vines", "en", "Wine", PICKED)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory):
    return fakes.retriever(tmp_path_factory.mktemp("index"), [*MANY, HUB, VINES], floor=0.65)


@pytest.fixture(scope="module")
def assistant(retriever):
    return fakes.assistant(retriever)


def missing(answer: Answer) -> list[str]:
    return [notice.text for notice in answer.notices if notice.kind == NoticeKind.INCOMPLETE]


def test_each_question_of_a_message_is_searched_by_itself(assistant):
    answer = assistant.answer(f"{WHO}, and when in September are grapes picked by hand?")
    assert PICKED in answer.answer
    assert "Mechatronics Hub" in answer.answer
    assert (answer.status, missing(answer)) == (Status.ANSWERED, [])


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (f"{WHO}, and which airlines fly to Tokyo every morning?", "which airlines fly to Tokyo every morning?"),
        (
            "Which is older, the Mechatronics Hub in Rovereto or airlines that fly to Tokyo?",
            "airlines that fly to Tokyo?",
        ),
    ],
    ids=["a question of several", "a side of a comparison"],
)
def test_what_nothing_answers_is_named_as_the_user_put_it_beside_what_answers_the_other(assistant, message, named):
    answer = assistant.answer(message)
    assert "Mechatronics Hub" in answer.answer
    assert answer.status == Status.PARTIAL
    (notice,) = missing(answer)
    assert f"“{named}”" in notice


def test_of_several_questions_none_of_which_is_answered_none_is_quoted_for(assistant):
    answer = assistant.answer("Which airlines fly to Tokyo, and what does lunch cost?")
    assert (answer.status, answer.citations, missing(answer)) == (Status.NOT_IN_CORPUS, (), [])


def test_each_side_of_a_comparison_is_searched_by_itself(assistant):
    answer = assistant.answer("Which is older, the Mechatronics Hub in Rovereto or grapes picked in September by hand?")
    assert "vines" in [citation.document for citation in answer.citations[: FOR_ONE + 1]]  # before the other's third
    assert "Mechatronics Hub" in answer.answer
    assert (answer.status, missing(answer)) == (Status.ANSWERED, [])


def test_a_side_that_the_whole_question_quotes_for_is_not_missing(assistant):
    answer = assistant.answer("Is the Mechatronics Hub in Rovereto run by Trentino Sviluppo or by Rovereto?")
    assert RUNS in answer.answer
    assert (answer.status, missing(answer)) == (Status.ANSWERED, [])


@pytest.mark.parametrize(
    ("further", "quoted"),
    [
        ("and since when?", ["hub"]),
        ("and when are grapes picked?", ["hub", "vines"]),
        ("and who picks?", ["hub", "vines"]),
    ],
    ids=["finds anything", "has words of its own", "has one word of its own"],
)
def test_a_question_that_leans_on_another_is_quoted_for_from_elsewhere_by_its_own_words(retriever, further, quoted):
    asked = accept(f"{WHO}, {further}", (), "en")
    asked.parts = parts(asked.text, (), "en")
    hub, vines = fakes.sentences(HUB), fakes.sentences(VINES)
    found = [Found([], sentences) for sentences in (hub, hub, vines)]
    quotes = gather(asked, found, [each.sentences for each in found], retriever, fakes.TODAY)
    assert [part.question for part in asked.parts] == [WHO, further.removeprefix("and ")]
    assert [quote.citation.document for quote in quotes] == quoted
    assert asked.unanswered == []


def test_a_german_word_may_stand_in_a_longer_one(tmp_path):
    hub = Document("hub", "de", "Zentrum", "Das Mechatronikzentrum in Rovereto wird von Trentino Sviluppo geführt.")
    tax = Document("tax", "de", "Abgaben", "Die Einkommensteuer beträgt 24 Prozent.")
    asked = accept("Wer führt das Mechatronikzentrum in Rovereto, und was zahlt es an Steuern?", (), "de")
    asked.parts = parts(asked.text, (), "de")
    found = [Found([], fakes.sentences(each)) for each in (hub, hub, tax)]
    quotes = gather(asked, found, [f.sentences for f in found], fakes.retriever(tmp_path, [hub, tax]), fakes.TODAY)
    assert [quote.citation.document for quote in quotes] == ["hub", "tax"]
