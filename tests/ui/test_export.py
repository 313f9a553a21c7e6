import io
from datetime import date

import docx
import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from assistant.answer import Evidence, Notice, NoticeKind, Token
from corpus.document import Document
from tests.ui.conftest import HOSTILE
from tests.ui.fakes import FOUNDERS, HUB, FakeEngine, answered, cite
from ui.conversation import Exchange
from ui.downloads import Download, Downloads
from ui.export import entry, plain_text
from ui.forms import FORMS, exported
from ui.run import End
from ui.server import build_app
from ui.texts import texts
from ui.tools import question_link

WORDS = texts("en")
DAY = date(2026, 11, 26)
EDITION = "0123456789ab of 2026-11-20"


def exchange(question="Who runs the hub?", text="Trentino Sviluppo. [1]", *citations, **changes):
    made = Exchange(1, question)
    made.take(answered(text, *(citations or (cite(1, HUB, section="Mechatronics"),)), question=question, **changes))
    return made


def shown(content: bytes, form: str) -> str:
    """What a reader of the file sees, as one text."""
    if form == "word":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    page = content.decode() if form == "html" else MarkdownIt("commonmark").render(content.decode())
    return LexborHTMLParser(page).body.text()


def file(form, *exchanges):
    return exported(exchanges, form, EDITION, DAY, WORDS)


@pytest.mark.parametrize("form", FORMS)
def test_a_download_holds_all_that_an_answer_rests_on(form):
    notice = Notice(NoticeKind.HISTORIC, "It is of 2019.")
    one, two = cite(1, FOUNDERS, section="Transfer of technology"), cite(2, HUB, section="Mechatronics")
    download = file(form, exchange("Who founded HIT?", "Four did. [1] And the hub? [2]", one, two, notices=(notice,)))
    text = shown(download.content, form)
    for expected in (
        *("Who founded HIT?", "Four did. [1] And the hub? [2]", FOUNDERS, HUB, one.title),
        *("Transfer of technology", "2019", "https://www.example.org/innovation", "It is of 2019.", "[2]"),
        *("26 November 2026", EDITION, WORDS.composer_extractive, WORDS.footnote),
    ):
        assert expected in text
    assert download.name.startswith("trentino-2026-11-26.")


@pytest.mark.parametrize("form", FORMS)
def test_hostile_text_is_shown_as_it_is(form):
    document = Document("hostile", "en", HOSTILE, f"# x\n\n{HOSTILE}", url="javascript:alert(1)")
    hostile = exchange(HOSTILE, f"{HOSTILE} [1]", cite(1, HOSTILE, document, section=HOSTILE))
    content = file(form, hostile).content
    assert "".join(HOSTILE.split()) in "".join(shown(content, form).split())
    if form != "word":
        page = content.decode() if form == "html" else MarkdownIt("commonmark").render(content.decode())
        tree = LexborHTMLParser(page)
        assert tree.css("script, img, svg, iframe, form, input, code, link, a[href^=javascript]") == []
        assert [a.attributes["href"] for a in tree.css("a")] == (["#source-1-1"] if form == "html" else [])


@pytest.mark.parametrize(
    "quote",
    [
        "- one\n- two\n\n1. three\n# four",
        "a * b _c_ `d` <e> &amp; ~~f~~ | g\n===\nh",
        "[1]: https://evil.example/",
        "    indented\n\tand more",
        "10.000 euro + 2,68 %\\",
        "ends with a backslash \\\nand goes on",
    ],
)
def test_markdown_shows_a_quote_verbatim_whatever_is_in_it(quote):
    document = Document("d", "en", "T", quote)
    tree = LexborHTMLParser(
        MarkdownIt("commonmark").render(
            file("markdown", exchange("q", "A [1]", cite(1, quote, document))).content.decode()
        )
    )
    assert tree.css_first("blockquote").text().split() == quote.split()
    assert [node.tag for node in tree.css("blockquote *") if node.tag not in ("p", "br")] == []
    assert tree.css("a") == []


def test_html_holds_no_script_and_forbids_what_it_does_not_hold():
    page = LexborHTMLParser(file("html", exchange()).content.decode())
    policy = page.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
    assert "default-src 'none'" in policy
    assert page.css("script, link, img") == []
    assert page.css_first("article p a").attributes["href"] == "#source-1-1"
    assert page.css_first("#source-1-1 blockquote").text() == HUB


def test_word_stores_text_that_xml_cannot_hold():
    assert "ab" in shown(file("word", exchange("a\x00\ufffeb")).content, "word")


def test_word_links_to_the_original_and_names_this_product_as_author():
    document = docx.Document(io.BytesIO(file("word", exchange()).content))
    links = [link.address for paragraph in document.paragraphs for link in paragraph.hyperlinks]
    assert links == ["https://www.example.org/innovation"]
    assert document.core_properties.author == WORDS.product


def test_what_was_stopped_is_exported_as_far_as_it_got_and_what_is_being_written_is_not():
    stopped, running = Exchange(1, "stopped?"), Exchange(2, "running?")
    for event in (Evidence("stopped?", "en", ()), Token("A sentence."), End.STOPPED):
        stopped.take(event)
    text = shown(file("html", stopped, running).content, "html")
    assert "A sentence." in text
    assert WORDS.stopped in text
    assert "running?" not in text


def test_plain_text_numbers_its_sources():
    lines = plain_text(entry(exchange(), WORDS), WORDS).splitlines()
    assert "Trentino Sviluppo. [1]" in lines
    assert any(line.startswith("[1] The Trentino innovation ecosystem") for line in lines)
    assert f"    “{HUB}”" in lines
    assert "    https://www.example.org/innovation" in lines


def test_a_link_holds_the_question_and_its_language_unless_it_is_too_long():
    assert question_link("Was ist HIT & wo?", "de") == "?q=Was+ist+HIT+%26+wo%3F&lang=de"
    assert question_link("x" * 3000, "en") is None


def test_a_download_can_be_taken_once_and_for_ten_minutes():
    now = [0.0]
    downloads, download = Downloads(lambda: now[0]), Download(b"text", "text/plain", "a.txt")
    token = downloads.offer(download)
    assert downloads.take("unknown") is None
    assert downloads.take(token) is download
    assert downloads.take(token) is None
    late = downloads.offer(download)
    now[0] = 601.0
    assert downloads.take(late) is None


def test_the_oldest_download_gives_way():
    downloads, download = Downloads(), Download(b"", "text/plain", "a.txt")
    tokens = [downloads.offer(download) for _ in range(65)]
    assert downloads.take(tokens[0]) is None
    assert downloads.take(tokens[1]) is download


def test_an_unknown_download_is_not_found():
    with TestClient(build_app(FakeEngine())) as client:
        response = client.get("/export/unknown")
    assert response.status_code == 404
    assert "content-security-policy" in response.headers
