"""An opened source: the right passage, its outline, its other languages, its badges; and the list of an answer's."""

import re
from dataclasses import replace
from datetime import date

import pytest

from assistant.answer import Answer, Citation, Evidence, Notice, NoticeKind
from corpus.document import Document, Reference
from corpus.load import load_documents
from corpus.sections import section_at, sections
from corpus.split import split_document
from tests.ui.fakes import DOCUMENT, FOUNDERS, HUB, FakeEngine, answered, cite
from tests.ui.test_panels import plain
from ui.badges import span_of_time
from ui.conversation import Conversation
from ui.library import Library
from ui.panels import exchange_html
from ui.run import End
from ui.sources import sources_html
from ui.texts import texts

WORDS = texts("en")
TODAY = date(2026, 1, 31)
GUIDE = Document("guide", "en", "A guide", "Before all.\n\n## One\n\nFirst words.\n\n## Two\n\nThe rate is 2.68%.\n")
ITALIAN = replace(
    GUIDE,
    language="it",
    title="Una guida",
    text="Prima di tutto.\n\n## Uno\n\nPrime parole.\n\n## Due\n\nÈ il 2,68%.\n",
)


class Panel:
    """The panel of one conversation, beside one answer."""

    def __init__(self, answer: Answer, *documents: Document) -> None:
        self.library = Library(FakeEngine(documents_held=list(documents)), lambda: TODAY)
        self.conversation = Conversation()
        self.conversation.begin("the question").take(answer)

    def press(self, verb: str, target: str = "") -> str:
        self.library.turn(self.conversation, verb, target)
        return self.library.html(self.conversation)


def marked(markup: str) -> str:
    return "".join(plain(mark) for mark in re.findall(r"<mark>.*?</mark>", markup))


def outline(markup: str) -> list[tuple[str, str, bool]]:
    """Action, words and whether it is the open one, of each section in the outline."""
    found = re.findall(r'data-send="(section:\d+)"([^>]*)>(.*?)</button>', markup)
    return [(action, plain(label), "aria-current" in extra) for action, extra, label in found]


def a_hundred_quotes() -> list[tuple[Document, Citation]]:
    """One quote of each document of the collection in turn, until there are a hundred from all parts of them."""
    documents = list(load_documents())
    chosen = []
    for number in range(100):
        document = documents[number * len(documents) // 100]
        spans = [span for chunk in split_document(document) for span in chunk.sentences]
        span = spans[number * 37 % len(spans)]
        chosen.append((document, cite(1, document.text[span.start : span.end], document)))
        chosen[-1] = (document, replace(chosen[-1][1], start=span.start, end=span.end))
    return chosen


def test_a_hundred_quotes_of_the_collection_are_highlighted_letter_for_letter_in_their_section():
    quotes = a_hundred_quotes()
    assert len({(document.language, document.id) for document, _ in quotes}) == 100
    for document, citation in quotes:
        markup = Panel(answered("A [1]", citation), document).press("cite", "1.1")
        assert marked(markup) == citation.quote
        has_outline = any(section.level for section in sections(document.text))
        wanted = [f"section:{section_at(document.text, citation.start)}"] if has_outline else []
        assert [action for action, _, is_open in outline(markup) if is_open] == wanted


def test_the_outline_names_the_sections_and_marks_that_of_the_passage():
    markup = Panel(answered("A [1]", cite(1, "The rate is 2.68%.", GUIDE)), GUIDE).press("cite", "1.1")
    assert outline(markup) == [
        ("section:0", WORDS.beginning, False),
        ("section:1", "One", False),
        ("section:2", "Two", True),
    ]


def test_a_document_without_headings_has_no_outline():
    flat = replace(GUIDE, text="One sentence stands here. Another one stands there.")
    markup = Panel(answered("A [1]", cite(1, "Another one stands there.", flat)), flat).press("cite", "1.1")
    assert outline(markup) == []
    assert marked(markup) == "Another one stands there."


def test_another_section_opens_with_the_quote_still_marked_and_a_way_back_to_it():
    panel = Panel(answered("A [1]", cite(1, "The rate is 2.68%.", GUIDE)), GUIDE)
    assert "data-here" not in panel.press("cite", "1.1")
    markup = panel.press("section", "1")
    assert "<span data-here></span>" in markup
    assert plain(markup.partition("data-here></span>")[2]).startswith("## One")
    assert [is_open for _, _, is_open in outline(markup)] == [False, True, False]
    assert marked(markup) == "The rate is 2.68%."
    assert 'data-send="quote"' in markup
    assert "data-here" not in panel.press("quote")


@pytest.mark.parametrize("section", ["99", "-1", "x", ""])
def test_a_section_that_is_not_there_opens_the_document_or_changes_nothing(section):
    panel = Panel(answered("A [1]", cite(1, "The rate is 2.68%.", GUIDE)), GUIDE)
    panel.press("cite", "1.1")
    assert "First words." in plain(panel.press("section", section))


def test_a_quote_in_another_language_is_marked_so_and_leads_to_the_same_section_in_the_readers():
    citation = cite(1, "È il 2,68%.", ITALIAN)
    panel = Panel(answered("2.68% [1]", citation), GUIDE, ITALIAN)
    markup = panel.press("cite", "1.1")
    assert "Original in Italian" in plain(markup)
    assert re.search(r'class="text" lang="it"', markup)
    assert 'data-send="version:en"' in markup
    markup = panel.press("version", "en")
    assert [words for _, words, is_open in outline(markup) if is_open] == ["Two"]
    assert "The rate is 2.68%." in plain(markup)
    assert marked(markup) == ""
    assert "Original in Italian" not in plain(markup)
    assert marked(panel.press("quote")) == citation.quote


def test_a_version_that_is_not_there_is_not_offered_and_does_no_harm():
    panel = Panel(answered("A [1]", cite(1, "The rate is 2.68%.", GUIDE)), GUIDE)
    assert "version:" not in panel.press("cite", "1.1")
    assert marked(panel.press("version", "de")) == "The rate is 2.68%."


def test_dates_are_in_words_of_the_page():
    citation = cite(1, HUB, as_of="2025-11-30", valid_until="2027-03-01", status="current")
    panel = Panel(answered("A [1]", citation), DOCUMENT)
    for language, day, last in (
        ("en", "30 November 2025", "1 March 2027"),
        ("it", "30 novembre 2025", "1º marzo 2027"),
        ("de", "30. November 2025", "1. März 2027"),
    ):
        panel.conversation.language = language
        markup = plain(panel.press("cite", "1.1"))
        assert day in markup
        assert last in markup
        assert texts(language).badge_as_of.format(date=day.split(" ", 1)[1]) in plain(panel.press("sources", "1"))


def test_badges_say_in_words_what_speaks_against_a_source():
    first = cite(1, HUB, as_of="2018", status="historic", valid_until="2018-12-31", confidence="knowledge-low")
    second = cite(2, FOUNDERS, as_of="2025-11", status="current")
    conflict = Notice(NoticeKind.CONFLICT, "The documents differ here: [1] is as of 2018, [2] as of 2025.")
    panel = Panel(answered("A [1] b [2]", first, second, notices=(conflict,)), DOCUMENT)
    badges = re.findall(r'<ul class="badges">(.*?)</ul>', panel.press("sources", "1"))
    assert [re.findall(r">([^<]+)</li>", line) for line in badges] == [
        ["As of 2018", "Historic", "Expired", "Sources disagree", "Not confirmed"],
        ["As of November 2025", "Sources disagree"],
    ]
    opened = plain(panel.press("cite", "1.1"))
    assert all(badge in opened for badge in ("Historic", "Expired", "Sources disagree", "Not confirmed"))


def test_a_closed_call_is_called_closed():
    panel = Panel(answered("A [1]", cite(1, HUB, status="closed")), DOCUMENT)
    assert ">Closed</li>" in panel.press("sources", "1")


@pytest.mark.parametrize(
    ("days", "badge"),
    [
        (["2025-11-30", "2025-11"], ["As of November 2025"]),
        (["2025-11", "2018", "2021-03-01"], ["As of 2018 – November 2025"]),
        ([""], []),
    ],
)
def test_an_answer_says_from_when_its_quotes_are(days, badge):
    citations = [cite(n, HUB, as_of=day) for n, day in enumerate(days, 1)]
    assert list(span_of_time(citations, WORDS)) == badge


def test_each_statement_names_its_own_sources_and_links_only_https():
    references = (
        Reference(
            GUIDE.text.index("First words.") + 12, "a.one", "2025", None, "source", "Office A", "https://a.example/"
        ),
        Reference(GUIDE.text.index("2.68%.") + 6, "a.two", "2025", None, "source", "Office B", "javascript:alert(1)"),
    )
    guide = replace(GUIDE, references=references, url="https://first.example/", publisher="The guide")
    panel = Panel(answered("A [1]", cite(1, "First words.", guide)), guide)
    markup = panel.press("cite", "1.1")
    assert 'href="https://a.example/"' in markup
    assert "Office B" not in plain(markup)
    markup = panel.press("section", "2")
    assert "Office B" in plain(markup)
    assert "href" not in markup
    assert "The guide" in plain(panel.press("section", "0"))


def test_a_large_document_is_shown_around_the_place_that_is_read():
    text = "\n\n".join(f"## Part {n}\n\nSentence {n} stands here. {'Word ' * 400}" for n in range(40))
    large = replace(GUIDE, text=text)
    panel = Panel(answered("A [1]", cite(1, "Sentence 20 stands here.", large)), large)
    markup = panel.press("cite", "1.1")
    assert marked(markup) == "Sentence 20 stands here."
    assert len(markup) < len(text) / 4
    assert "Sentence 33 stands here." in plain(panel.press("section", "34"))
    assert len([*sections(text)]) == 41


def test_a_mark_carries_its_quote_with_the_language_and_no_title():
    citation = cite(1, "È il 2,68%.", ITALIAN)
    panel = Panel(answered("2.68% [1] and again [1]", citation), ITALIAN)
    markup = exchange_html(panel.conversation.exchanges[0], WORDS)
    (shown,) = re.findall(r'<div class="quote" role="tooltip" popover="manual" id="quote-1-1">(.*?)</div>', markup)
    assert f'<blockquote lang="it">{citation.quote}</blockquote>' in shown
    assert "Original in Italian" in plain(shown)
    assert markup.count('aria-describedby="quote-1-1"') == 2
    assert "title=" not in markup


def test_found_passages_have_badges_before_there_is_an_answer():
    conversation = Conversation()
    exchange = conversation.begin("Was kostet es?")
    exchange.take(Evidence("Was kostet es?", "de", (cite(1, HUB, as_of="2025-11"),)))
    assert "Original in English" in plain(sources_html(exchange, WORDS, TODAY))


def test_what_is_still_being_read_cannot_be_opened():
    conversation = Conversation()
    exchange = conversation.begin("What does it cost?")
    exchange.take(Evidence("What does it cost?", "en", (cite(1, HUB),), read=False))
    markup = sources_html(exchange, WORDS, TODAY)
    assert cite(1, HUB).quote in plain(markup)
    assert "found:" not in markup
    exchange.take(End.STOPPED)
    assert 'data-send="found:1.0"' in sources_html(exchange, WORDS, TODAY)


def test_a_passage_found_opens_itself_although_the_answer_has_come_and_cites_another():
    panel = Panel(answered("It is run by them. [2]", cite(2, HUB)), DOCUMENT)
    panel.conversation.exchanges[0].take(Evidence("the question", "en", (cite(1, FOUNDERS), cite(2, HUB))))
    assert marked(panel.press("found", "1.0")) == cite(1, FOUNDERS).quote
