"""What is suggested after an answer, with scripted answers and with the real corpus and weights."""

from dataclasses import dataclass, field, replace

import pytest

from assistant.answer import Answer, Citation, Retrieved, Status, Turn
from assistant.assistant import Assistant
from assistant.suggest import MOST, suggestions
from assistant.verify import Verifier
from corpus.document import Document, Reference
from corpus.load import load_documents
from index.build import build_index
from index.reader import Reader
from index.retrieve import Retriever

GUIDE = Document(
    "guide",
    "en",
    "Guide",
    "# Guide\n\nAbout it.\n\n## What does it cost?\n\nIt costs 5 euro.\n\n## Opening hours\n\nIt opens at 9.\n\n"
    "## Who runs it?\n\nThe Province runs it.\n\n## Old prices (historic, 2019)\n\nIt cost 4 euro.\n",
)
HOURS_TOLD = Reference(GUIDE.text.index("at 9.") + 5, "guide.hours", "2025", None, "source", "", None)
GUIDE = replace(GUIDE, references=(HOURS_TOLD,))
OTHER = Document("other", "en", "Other", "# Other\n\n## Where is it?\n\nIt is in Trento.\n")
FREMD = Document("fremd", "de", "Fremd", "# Fremd\n\n## Was ist das?\n\nEin Haus.\n")
HISTORY = (Turn("user", "What does it cost?"), Turn("assistant", "It costs 5 euro. [1]"))


def cite(quote: str, document: Document = GUIDE) -> Citation:
    start = document.text.index(quote)
    named = (document.id, document.language, document.title, "")
    return Citation(1, *named, quote, start, start + len(quote), "2025", None, "current", None)


def answer(*citations: Citation, retrieved=(), language="en") -> Answer:
    status = Status.ANSWERED if citations else Status.NOT_IN_CORPUS
    return Answer(status, "It costs 5 euro. [1]", language, "q", citations=citations, retrieved=retrieved)


@dataclass
class Scripted:
    """Answers each question with the quote it is told to."""

    quotes: dict[str, Citation]
    language: str = "en"
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def answer(self, question, history=()):
        self.asked.append((question, tuple(history)))
        return answer(*filter(None, [self.quotes.get(question)]), language=self.language)

    def document(self, document_id, language):
        return next(d for d in (GUIDE, OTHER, FREMD) if (d.id, d.language) == (document_id, language))

    def question_about(self, fact, language):
        return self.known.get(fact)


HOURS = "What do the documents say about “Opening hours”?"
RUNS = "Who runs it?"


def test_headings_near_the_quote_are_asked_and_kept_when_their_own_section_answers():
    quoting = Scripted({RUNS: cite("The Province runs it."), HOURS: cite("It opens at 9.")})
    assert suggestions(answer(cite("It costs 5 euro.")), HISTORY, quoting) == (RUNS, HOURS)
    assert quoting.asked == [(RUNS, HISTORY), (HOURS, HISTORY)]


def test_a_question_that_is_known_to_be_answered_there_is_better_than_a_heading():
    known = {"guide.hours": "When can I come?"}
    quoting = Scripted({RUNS: cite("The Province runs it."), "When can I come?": cite("It opens at 9.")}, known=known)
    assert suggestions(answer(cite("It costs 5 euro.")), HISTORY, quoting) == ("When can I come?", RUNS)


@pytest.mark.parametrize("elsewhere", [None, cite("It costs 5 euro."), cite("It is in Trento.", OTHER)])
def test_what_is_not_answered_from_its_own_section_is_not_suggested(elsewhere):
    quoting = Scripted({RUNS: elsewhere, HOURS: cite("It opens at 9.")})
    assert suggestions(answer(cite("It costs 5 euro.")), HISTORY, quoting) == (HOURS,)


def test_a_document_that_was_found_and_not_cited_is_suggested_too():
    found = (Retrieved("other", f"en/other:{OTHER.text.index('It is')}-{len(OTHER.text)}", 0.5),)
    quoting = Scripted({"Where is it?": cite("It is in Trento.", OTHER)})
    assert suggestions(answer(cite("It costs 5 euro."), retrieved=found), HISTORY, quoting) == ("Where is it?",)


def test_nothing_is_asked_twice():
    told = (*HISTORY, Turn("user", "who runs it?"), Turn("assistant", "The Province. [1]"))
    quoting = Scripted({HOURS: cite("It opens at 9."), RUNS: cite("The Province runs it.")})
    assert suggestions(answer(cite("It costs 5 euro.")), told, quoting) == (HOURS,)


def test_the_search_ends_when_there_is_no_time_left():
    quoting = Scripted({RUNS: cite("The Province runs it."), HOURS: cite("It opens at 9.")})
    time_left = iter([True, False])
    assert suggestions(answer(cite("It costs 5 euro.")), HISTORY, quoting, lambda: next(time_left)) == (RUNS,)
    assert quoting.asked == [(RUNS, HISTORY)]


def test_a_document_in_another_language_than_the_question_suggests_nothing():
    assert suggestions(answer(cite("Ein Haus.", FREMD)), HISTORY, Scripted({})) == ()


def test_a_question_that_would_be_answered_in_another_language_is_not_suggested():
    quoting = Scripted({RUNS: cite("The Province runs it.")}, language="it")
    assert suggestions(answer(cite("It costs 5 euro.")), HISTORY, quoting) == ()


def test_an_answer_without_sources_suggests_nothing_and_costs_nothing():
    found = (Retrieved("other", f"en/other:0-{len(OTHER.text)}", 0.5),)
    quoting = Scripted({})
    assert suggestions(answer(retrieved=found), HISTORY, quoting) == ()
    assert quoting.asked == []


@pytest.fixture(scope="module")
def real(embedder, tmp_path_factory):
    directory = tmp_path_factory.mktemp("index")
    wanted = {"bic-network", "polo-meccatronica"}
    build_index([d for d in load_documents() if d.id in wanted], directory, embedder, print)
    return Assistant(Retriever(directory, embedder), Verifier(embedder), None, reader=Reader())


@pytest.mark.models
@pytest.mark.thorough
@pytest.mark.parametrize("question", ["How is space in a BIC assigned?", "Wer betreibt das Polo Meccatronica?"])
def test_what_is_suggested_of_the_real_corpus_is_answered_when_it_is_asked(real, question):
    given = real.answer(question)
    history = (Turn("user", question), Turn("assistant", given.answer))
    suggested = real.suggestions(given, history)
    assert 1 <= len(suggested) <= MOST
    quoted = {(c.document, c.start) for c in given.citations}
    for next_question in suggested:
        told = real.answer(next_question, history)
        assert told.language == given.language
        assert {(c.document, c.start) for c in told.citations} - quoted
