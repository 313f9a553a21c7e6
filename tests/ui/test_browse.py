"""All documents, by topic or by title, and what a search in them finds; no question is asked."""

import re
from dataclasses import replace
from datetime import date

import pytest

from corpus.document import Document, Entry
from corpus.errors import ModelUnavailable
from tests.ui.fakes import DOCUMENT, HUB, FakeEngine
from tests.ui.test_panels import HOSTILE, assert_harmless, plain
from ui.conversation import Conversation
from ui.documents import documents_html, in_language
from ui.library import LONGEST_SEARCH, Library
from ui.texts import texts

WORDS = texts("en")
TODAY = date(2026, 1, 31)
BOTH = [
    Entry("aid", "en", "Grants for companies", ("aid",)),
    Entry("aid", "it", "Contributi alle imprese", ("aid",)),
    Entry("tax", "it", "Imposte", ("tax",), status="historic"),
    Entry("start", "en", "A checklist", ("set-up", "tax")),
]


def listed(markup: str) -> list[tuple[str, list[str]]]:
    """Headings with the titles under them."""
    groups = re.findall(r'<section class="topic">(?:<h3>(.*?)</h3>)?<ul>(.*?)</ul></section>', markup)
    return [(plain(heading), re.findall(r"<span [^>]*>(.*?)</span>", items)) for heading, items in groups]


def shown(entries: list[Entry], language: str = "en") -> str:
    markup = documents_html(entries, None, None, texts(language), TODAY)
    return re.sub(r'<ul class="badges">.*?</ul>', "", markup)


def test_documents_stand_under_headings_of_topics_in_the_readers_language():
    assert listed(shown(BOTH)) == [
        ("Setting up a company", ["A checklist"]),
        ("Grants and incentives", ["Grants for companies"]),
        ("Taxes", ["Imposte"]),
    ]
    assert listed(shown(BOTH, "it"))[1] == ("Contributi e agevolazioni", ["Contributi alle imprese"])


def test_each_document_is_listed_once_and_one_that_is_not_translated_says_so():
    assert [entry.language for entry in in_language(BOTH, "de")] == ["en", "it", "en"]
    markup = documents_html(BOTH, None, None, WORDS, TODAY)
    assert "Original in Italian" in plain(markup)
    assert "Historic" in plain(markup)
    assert "3 documents" in plain(markup)


def test_without_topics_the_list_is_by_title():
    entries = [Entry(name, "en", name) for name in ("b.pdf", "Annex", "c.docx")]
    assert listed(shown(entries)) == [("", ["Annex", "b.pdf", "c.docx"])]


def test_topics_of_another_collection_are_headings_and_what_has_none_comes_last():
    entries = [Entry("x", "en", "Trout", ("fishing",)), Entry("y", "en", "", ()), Entry("z", "en", "Cod", ("fishing",))]
    assert listed(shown(entries)) == [("fishing", ["Cod", "Trout"]), (WORDS.other_documents, ["y"])]


def test_of_very_many_documents_the_list_ends_and_says_so():
    markup = shown([Entry(f"d{n}", "en", f"Document {n:04}") for n in range(1200)])
    assert len(listed(markup)[0][1]) == 500
    assert WORDS.documents_more.format(count=700) in plain(markup)


def test_no_documents():
    assert WORDS.documents_many.format(count=0) in plain(shown([]))


@pytest.fixture
def panel():
    translated = replace(DOCUMENT, language="it", title="L’ecosistema", text="## Uno\n\nParole.", status="current")
    engine = FakeEngine(documents_held=[DOCUMENT, translated])
    return Library(engine, lambda: TODAY), Conversation(), engine


def press(panel: tuple[Library, Conversation, FakeEngine], verb: str, target: str = "") -> str:
    library, conversation, _ = panel
    library.turn(conversation, verb, target)
    return library.html(conversation)


def test_a_search_shows_passages_that_open_in_their_document(panel):
    markup = press(panel, "search", "  Mechatronics\x00 Hub ")
    assert panel[2].searched == [("Mechatronics Hub", "en")]
    assert "1 passage for “Mechatronics Hub”" in plain(markup)
    assert 'value="Mechatronics Hub"' in markup
    assert HUB in plain(markup)
    opened = press(panel, "result", "0")
    assert HUB in "".join(plain(mark) for mark in re.findall(r"<mark>.*?</mark>", opened))
    assert 'data-send="results"' in opened
    assert "1 passage for" in plain(press(panel, "results"))
    assert "1 document" in plain(press(panel, "documents"))
    assert panel[1].exchanges == []
    assert panel[2].asked == []


def test_a_search_that_finds_nothing_says_so(panel):
    assert "No passage for “zebra”" in plain(press(panel, "search", "zebra"))


def test_a_blank_search_lists_the_documents(panel):
    assert "1 document" in plain(press(panel, "search", " \x07 "))
    assert panel[2].searched == []


def test_a_long_search_is_cut(panel):
    press(panel, "search", "x" * 5000)
    assert [len(text) for text, _ in panel[2].searched] == [LONGEST_SEARCH]


def test_a_search_that_fails_says_so_and_leaves_the_panel_usable(panel, monkeypatch):
    def fails(text: str, language: str) -> list[object]:
        raise ModelUnavailable("/secret/path is gone")

    monkeypatch.setattr(panel[2], "search", fails)
    markup = press(panel, "search", "anything")
    assert WORDS.failed in plain(markup)
    assert "/secret" not in markup
    assert "1 document" in plain(press(panel, "documents"))


def test_a_document_opens_at_its_beginning_and_in_its_other_languages(panel):
    markup = press(panel, "document", "en/ecosystem")
    assert "<span data-here></span>" in markup
    assert "<mark>" not in markup
    assert WORDS.back_to_answer not in plain(markup)
    assert 'data-send="documents"' in markup
    assert "Parole." in plain(press(panel, "version", "it"))


@pytest.mark.parametrize(
    ("verb", "target"),
    [("document", "en/../../etc/passwd"), ("document", ""), ("result", "0"), ("version", "xx"), ("section", "1"),
     ("nonsense", "1"), ("cite", "1.1"), ("quote", "")],
)  # fmt: skip
def test_what_is_not_there_is_never_an_error(panel, verb, target):
    assert_harmless(press(panel, verb, target))


def test_hostile_titles_topics_and_searches_stay_text():
    document = Document(HOSTILE, "en", HOSTILE, f"# {HOSTILE}\n\n{HOSTILE}", topics=(HOSTILE,), status=HOSTILE)
    library, conversation = Library(FakeEngine(documents_held=[document]), lambda: TODAY), Conversation()
    for verb, target in (("documents", ""), ("search", HOSTILE), ("document", f"en/{HOSTILE}")):
        library.turn(conversation, verb, target)
        markup = library.html(conversation)
        assert_harmless(markup)
        assert HOSTILE.splitlines()[0] in plain(markup)
