"""Hostile text in every place that holds text of others: it stays text, in the real page (`payloads.txt`).

What the page is made of is learnt from a harmless conversation; a hostile one may add nothing to it.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.answer import Citation, Evidence, Token
from assistant.feedback import FeedbackStore
from corpus.document import Document
from tests.ui.conftest import Tab, serving
from tests.ui.fakes import Script, answered
from ui.conversation import MAX_QUESTION, clean_question

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
LINES = (Path(__file__).parent / "payloads.txt").read_text(encoding="utf-8").splitlines()
PAYLOADS = [
    re.sub("⟦([0-9A-F]{4})⟧", lambda code: chr(int(code[1], 16)), line) for line in LINES if not line.startswith(";;")
]
PLAIN = ("plain words", "https://example.org/plain")

# Reports what the content security policy stopped, so that an attempt counts, too.
WATCH = """
window.tried = [];
document.addEventListener("securitypolicyviolation", (event) => window.tried.push(event.blockedURI));
"""
# What a page is made of: its elements with their attributes, which of them leave the flow, where links may lead, and
# how many there are of those that load, run, cover or send.
MADE_OF = """((within = "body") => {
    const found = new Set();
    for (const element of document.querySelectorAll(`${within} *`)) {
        const name = element.tagName;
        found.add(name);
        for (const attribute of element.attributes) found.add(`${name} ${attribute.name}`);
        const position = getComputedStyle(element).position;
        if (position !== "static") found.add(`${name} is ${position}`);
        if (element.href) found.add(`${name} leads to ${element.protocol}//${element.hostname} as ${element.rel}`);
    }
    for (const name of ["script", "style", "link", "meta", "base", "form", "iframe", "object", "embed", "img", "svg"])
        found.add(`${document.querySelectorAll(name).length} ${name}`);
    return [...found];
})"""
# Opens every source of the first exchange: what the page is made of then, and the title and the text of each.
OPEN_ALL = f"""async (count) => {{
    const [made, read, wait] = [new Set(), [], () => new Promise(requestAnimationFrame)];
    const part = (name) => document.querySelector(`#sources ${{name}}`);
    for (let n = 1; n <= count; n += 1) {{
        document.querySelector(`#log [data-send="cite:1.${{n}}"]`).click();
        while (part(".number-line")?.textContent !== `Source ${{n}}`) await wait();
        for (const piece of {MADE_OF}("#sources-pane")) made.add(piece);
        read.push([part(".source h3").textContent, part(".text").textContent]);
    }}
    return [[...made], read];
}}"""


def source(n: int, payload: str) -> tuple[Document, Citation]:
    """A document that is hostile in title, text, heading and address, and a citation of it hostile in every field."""
    quote = f"Before {payload} after."
    text = f"# {payload}\n\n{payload}\n\n{quote}\n\n## Second\n\n{payload}"
    document = Document(f"document-{n}", "en", payload, text, url=payload, topics=(payload,), publisher=payload)
    start = text.index(quote)
    place = {"section": payload, "as_of": payload, "valid_until": payload, "status": payload, "url": payload}
    end = start + len(quote)
    return document, Citation(
        n, document.id, "en", payload, quote=quote, start=start, end=end, publisher=payload, **place
    )


def script(payloads: Sequence[str]) -> tuple[list[Document], Script]:
    documents, citations = zip(*(source(n, payload) for n, payload in enumerate(payloads, 1)), strict=True)
    text = "\n\n".join(f"Said: {payload} [{n}]" for n, payload in enumerate(payloads, 1))
    answer = answered(text, *citations, question="\n".join(payloads), composer="model", model=payloads[0])
    return list(documents), Script([Evidence("the question", "en", citations), Token(text), answer])


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """The page around a harmless engine, and around a hostile one."""
    folder = tmp_path_factory.mktemp("feedback")
    with serving(FeedbackStore(folder / "1.sqlite")) as plain, serving(FeedbackStore(folder / "2.sqlite")) as hostile:
        for site, payloads in ((plain, PLAIN), (hostile, PAYLOADS)):
            documents, answering = script(payloads)
            site.engine.scripts = {"": answering}
            site.engine.documents_held[:] = documents
        yield plain, hostile


@pytest.fixture
def tabs(open_tab_of, sites) -> Iterator[tuple[Tab, Tab]]:
    """The same page twice. In the end nothing ran and nothing was tried in them."""
    tabs = [open_tab_of(site, 1440) for site in sites]
    dialogs: list[str] = []
    for tab in tabs:
        tab.page.evaluate(WATCH)
        tab.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield tuple(tabs)
    for tab, site in zip(tabs, sites, strict=True):
        assert tab.page.evaluate("[window.ran, window.tried]") == [None, []]
        assert tab.page.url == site.url
    assert dialogs == []


def made_of(page: Page) -> set[str]:
    return set(page.evaluate(f"{MADE_OF}()"))


def questions(payloads: Sequence[str]) -> Iterator[str]:
    """All payloads in as few questions as the limit allows."""
    question = "First"
    for payload in payloads:
        if len(question) + len(payload) >= MAX_QUESTION:
            yield question
            question = "Next"
        question += f" {payload}"
    yield question


def answered_by(tab: Tab, question: str, sources: int, number: int = 1) -> None:
    tab.ask(question)
    expect(tab.page.locator("#current .exchange")).to_have_attribute("data-exchange", str(number))
    expect(tab.page.locator("#current .mark:not(.idle)")).to_have_count(sources)
    expect(tab.page.locator("#ask")).to_be_visible()


def squeezed(text: str) -> str:
    """Without blanks, which HTML may fold, and without what no text of the page keeps."""
    return re.sub(r"[\s\x00\x0b\ufeff]", "", text)


def missing(shown: Sequence[str], payloads: Sequence[str] = PAYLOADS) -> list[str]:
    """The payloads that are not in the text at their place."""
    pairs = zip(shown, payloads, strict=True)
    return [payload for text, payload in pairs if squeezed(payload) not in squeezed(text)]


def test_there_are_a_hundred_payloads_and_they_would_be_noticed(browser, sites):
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 100
    page = browser.new_page()
    page.goto(sites[1].url)
    hint = page.locator("#sources .hint")
    expect(hint).to_be_visible()
    page.evaluate(WATCH)
    before = made_of(page)
    hint.evaluate("(hint, payloads) => { hint.innerHTML = payloads.join('<hr>'); }", PAYLOADS)
    page.wait_for_function("window.ran === 1 && window.tried.length > 0")
    assert made_of(page) - before
    page.close()


def test_hostile_questions_answers_titles_sections_and_quotes_stay_text(tabs):
    plain, hostile = tabs
    for question in questions(PLAIN):
        answered_by(plain, question, len(PLAIN))
        answered_by(plain, question, len(PLAIN), 2)  # an earlier answer stands on the page, too
    page = hostile.page
    for number, question in enumerate(questions(PAYLOADS), 1):
        answered_by(hostile, question, len(PAYLOADS), number)
        shown = page.locator("#current .question > span").last.text_content()
        assert squeezed(shown) == squeezed(clean_question(question))
    answer = page.locator("#current .answer").text_content()
    written = [payload.replace("\n- ", "\n") for payload in PAYLOADS]  # what begins with a dash is a list
    assert missing([answer] * len(written), written) == []
    for name in (".card h3", ".card .details", ".card blockquote"):
        assert missing(page.locator(f"#sources {name}").all_text_contents()) == []
    assert made_of(page) - made_of(plain.page) == set()
    for tab in tabs:  # what would be stored of an answer is shown first
        tab.page.locator("#current [data-send^='judge:']").last.click()
        expect(tab.page.locator("#feedback .stored")).to_be_visible()
    assert missing(page.locator("#feedback .stored li").all_text_contents()) == []
    assert made_of(page) - made_of(plain.page) == set()


def test_hostile_documents_and_their_addresses_stay_text(tabs):
    made = []
    for tab, payloads in zip(tabs, (PLAIN, PAYLOADS), strict=True):
        answered_by(tab, "What is there?", len(payloads))
        pieces, read = tab.page.evaluate(OPEN_ALL, len(payloads))
        made.append(set(pieces) | made_of(tab.page))
        assert missing([title for title, _ in read], payloads) == []
        assert [p for (_, text), p in zip(read, payloads, strict=True) if squeezed(text).count(squeezed(p)) < 4] == []
    assert made[1] - made[0] == set()


def test_hostile_lists_of_documents_and_findings_stay_text(tabs):
    made = []
    for tab, payloads in zip(tabs, (PLAIN, PAYLOADS), strict=True):
        page = tab.page
        page.locator("#masthead [data-send='documents']").click()
        expect(page.locator("#sources [data-send^='document:']")).to_have_count(len(payloads))
        pieces = made_of(page)
        page.locator("#search-text").fill("Before")
        page.locator("#search-text").press("Enter")
        expect(page.locator("#sources .card")).to_have_count(len(payloads))
        paragraphs = [payload.split("\n\n")[0] for payload in payloads]  # what the engine finds
        assert missing(page.locator("#sources .card blockquote").all_text_contents(), paragraphs) == []
        page.locator("#search-text").fill(payloads[0])
        page.locator("#search-text").press("Enter")
        expect(page.locator("#sources .results")).to_contain_text(payloads[0])
        made.append(pieces | made_of(page))
    assert made[1] - made[0] == set()
