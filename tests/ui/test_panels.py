import html
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Evidence, Notice, NoticeKind, Status, Token, Waiting
from corpus.document import Document
from tests.ui.fakes import DOCUMENT, FOUNDERS, HUB, answered, cite
from ui.conversation import Exchange, Place
from ui.highlight import highlighted_html, window
from ui.markup import safe_url
from ui.origin import composer_text
from ui.panels import announcement_html, exchange_html, exchanges_html, masthead_html, welcome_html
from ui.passage import Opened, opened_html
from ui.run import End
from ui.sources import sources_html
from ui.texts import Texts, texts

WORDS = texts("en")
TODAY = date(2026, 1, 31)
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;\n\n![x](https://evil.example/x.png)"
TAG = re.compile(r"<[^>]*>")


def plain(markup: str) -> str:
    return html.unescape(TAG.sub("", markup))


def settled(answer: Answer, question: str = "the question") -> Exchange:
    return Exchange(1, question, answer=answer)


def passage_html(exchange: Exchange, citation: Citation, document: Document | None, words: Texts) -> str:
    """The quote of an exchange, opened in its document."""
    place = Place(citation.document, citation.language, 0)
    return opened_html(Opened(document, citation, place, (citation.language,), exchange, "sources:1"), words, TODAY)


def assert_harmless(markup: str) -> None:
    assert "<script" not in markup
    assert "<img" not in markup
    assert "\n" not in markup
    for tag in TAG.findall(markup):
        assert not re.search(r"\son\w+=", re.sub(r'"[^"]*"', '""', tag))


def hostile_citation() -> Citation:
    document = replace(DOCUMENT, text=f"Before. {HOSTILE} After.", title=HOSTILE)
    return cite(1, HOSTILE, document, section=HOSTILE, as_of=HOSTILE, status=HOSTILE, url=HOSTILE, language=HOSTILE)


def test_hostile_text_in_every_field_stays_text():
    citation = hostile_citation()
    answer = Answer(
        Status.ANSWERED,
        f"{HOSTILE} [1]",
        HOSTILE,
        f"{HOSTILE} used",
        composer="model",
        model=HOSTILE,
        citations=(citation,),
        notices=(Notice(NoticeKind.STALE, HOSTILE),),
    )
    exchange = settled(answer, HOSTILE)
    document = replace(DOCUMENT, text=f"Before. {HOSTILE} After.", title=HOSTILE)
    for markup in (
        exchanges_html([exchange], WORDS),
        announcement_html(exchange, WORDS),
        sources_html(exchange, WORDS, TODAY),
        passage_html(exchange, citation, document, WORDS),
        passage_html(exchange, citation, None, WORDS),
        exchanges_html([Exchange(1, HOSTILE, failure=HOSTILE, written=HOSTILE)], WORDS),
    ):
        assert_harmless(markup)
        assert HOSTILE in plain(markup)


def test_a_mark_is_a_button_when_its_source_exists_and_text_otherwise():
    markup = exchange_html(settled(answered("One [1], none [7].", cite(1, HUB))), WORDS)
    assert 'data-send="cite:1.1"' in markup
    assert "none [7]." in plain(markup)
    assert "cite:1.7" not in markup


def test_a_mark_stays_with_the_word_before_it():
    markup = exchange_html(settled(answered("One word [1][1] more.", cite(1, HUB))), WORDS)
    assert re.search(r'One <span class="kept">word<button [^>]*>1</button></span><button [^>]*>1</button> more', markup)


def test_marks_wait_for_the_final_answer():
    evidence = Evidence("the question", "en", (cite(1, HUB),))
    assert "data-send" not in exchange_html(Exchange(1, "the question", evidence, written="A sentence. [1]"), WORDS)


def test_paragraphs_and_lists():
    markup = exchange_html(settled(answered("Intro [1]\n\n- one\n- two\nend", cite(1, HUB))), WORDS)
    assert "</p><ul><li>one</li><li>two</li></ul><p>end</p>" in markup


def test_the_searched_question_is_shown_only_when_it_differs():
    same = settled(answered("A [1]", cite(1, HUB), question="Who runs it?"), "Who runs it?")
    other = settled(answered("A [1]", cite(1, HUB), question="Who runs Polo Meccatronica?"), "Who runs it?")
    assert WORDS.searched_for not in exchange_html(same, WORDS)
    assert "Who runs Polo Meccatronica?" in exchange_html(other, WORDS)


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_every_notice_has_a_label(kind, language):
    answer = answered("A [1]", cite(1, HUB), notices=(Notice(kind, "The text of the notice."),))
    words = texts(language)
    markup = exchange_html(settled(answer), words)
    assert f"<strong>{html.escape(getattr(words, f'notice_{kind}'))}</strong>" in markup
    assert "The text of the notice." in markup


def test_an_interrupted_answer_keeps_what_was_verified_and_says_so():
    for end, remark in ((End.STOPPED, WORDS.stopped), (End.OVERRUN, WORDS.overrun)):
        markup = plain(exchange_html(Exchange(1, "q", written="Verified.", end=end), WORDS))
        assert "Verified." in markup
        assert remark in markup
        assert WORDS.notice_incomplete in markup


def test_who_wrote_the_answer():
    assert composer_text(answered("A [1]", cite(1, HUB)), WORDS) == WORDS.composer_extractive
    written = answered("A [1]", cite(1, HUB), composer="model", model="small-model")
    assert composer_text(written, WORDS) == "Written by small-model, each sentence checked"


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_the_ai_notice_comes_with_the_welcome(language):
    assert texts(language).ai_notice in plain(welcome_html(texts(language)))
    assert f'data-language="{language}"' in masthead_html(language)


def test_the_passage_shows_the_source_and_marks_the_quote():
    citation = cite(1, FOUNDERS, section="Transfer of technology")
    markup = passage_html(settled(answered("A [1]", citation)), citation, DOCUMENT, WORDS)
    assert "".join(plain(mark) for mark in re.findall(r"<mark>.*?</mark>", markup)) == FOUNDERS
    for shown in (DOCUMENT.title, "Transfer of technology", "English", "2019", WORDS.status_historic):
        assert shown in plain(markup)
    assert 'href="https://www.example.org/innovation"' in markup


def test_a_quote_that_is_not_in_the_document_is_shown_alone():
    citation = replace(cite(1, HUB), quote="Something else.")
    markup = passage_html(settled(answered("A [1]", citation)), citation, DOCUMENT, WORDS)
    assert WORDS.document_changed in plain(markup)
    assert "<mark>Something else.</mark>" in markup
    assert 'class="document"' not in markup


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://www.example.org/a?b=c", True),
        ("http://www.example.org/", False),
        ("javascript:alert(1)", False),
        ("https:javascript:alert(1)", False),
        ("https://www.example.org@evil.example/", False),
        ("https://exa mple.org/", False),
        ("https://[broken", False),
        ("//example.org", False),
        (None, False),
    ],
)
def test_only_plain_https_links(url, safe):
    assert safe_url(url) == (url if safe else None)


# Documents are normalised text: no control characters but line ends and tabs.
CHARACTERS = st.one_of(
    st.sampled_from(list("\n\n\n\t#<>&\"'`$* []")),
    st.characters(exclude_categories=("Cc", "Cs")),
)


@st.composite
def quoted_text(draw):
    text = draw(st.text(CHARACTERS, min_size=1, max_size=300))
    ends = st.integers(0, len(text))
    first, start, end, last = sorted(draw(st.tuples(ends, ends, ends, ends)))
    return text, (first, last), (start, end)


@given(quoted_text())
def test_the_passage_without_its_tags_is_the_document(case):
    text, shown, quote = case
    markup = highlighted_html(text, shown, quote)
    assert plain(markup) == text[slice(*shown)]
    assert "".join(plain(mark) for mark in re.findall(r"<mark>.*?</mark>", markup)) == text[slice(*quote)]


@given(st.integers(0, 400), st.lists(st.integers(1, 900), min_size=1, max_size=12), st.data())
def test_the_window_holds_the_quote_and_stays_bounded(length, paragraphs, data):
    text = "\n\n".join("x" * size for size in paragraphs)
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + length)
    first, last = window(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
    assert last - first <= max(12_000, end - start + 2 * (1500 + 600))


def test_a_window_begins_and_ends_at_paragraphs():
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(60))
    start = text.index("Paragraph 30.")
    first, last = window(text, start, start + 13)
    assert text[first:].startswith("Paragraph ")
    assert text[last:].startswith("\n\n")


def test_a_short_document_is_shown_whole():
    document = Document("d", "en", "T", "a" * 3000)
    assert window(document.text, 10, 20) == (0, 3000)


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_who_waits_for_the_model_reads_their_place_until_writing_begins(language):
    words, exchange = texts(language), Exchange(1, "the question")
    exchange.take(Evidence("the question", language, (cite(1, HUB),)))
    exchange.take(Waiting(2))
    assert words.waiting_many.format(count=2) in plain(exchange_html(exchange, words))
    exchange.take(Token("Written."))
    assert words.waiting_many.format(count=2) not in plain(exchange_html(exchange, words))
