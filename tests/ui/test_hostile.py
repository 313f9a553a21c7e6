"""Hostile text in every place that holds text of others: it stays text, in the real page (`payloads.txt`)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.answer import Citation, Evidence, Token
from assistant.feedback import FeedbackStore
from corpus.document import Document
from tests.ui.conftest import Tab, serving
from tests.ui.fakes import Script, answered
from ui.conversation import MAX_QUESTION, clean_question

pytestmark = pytest.mark.browser
LINES = (Path(__file__).parent / "payloads.txt").read_text(encoding="utf-8").splitlines()
PAYLOADS = [
    re.sub("⟦([0-9A-F]{4})⟧", lambda code: chr(int(code[1], 16)), line) for line in LINES if not line.startswith(";;")
]
# What the page's own panels are made of. Anything else, and any other attribute, came out of a text.
TAGS = "ARTICLE BLOCKQUOTE BUTTON DD DIV DL DT FOOTER H2 H3 LI MARK OL P SPAN STRONG UL A"
ATTRIBUTES = (
    "class lang type id role tabindex title href target rel data-send data-exchange data-focus data-close data-return"
    " aria-label aria-current aria-hidden dir"
)
WATCH = """
window.tried = [];
document.addEventListener("securitypolicyviolation", (event) => window.tried.push(event.blockedURI));
"""
STRANGE = """([tags, attributes]) => [
    ...document.querySelectorAll("#page :is(#past, #current, #announcement, #message, #sources-pane) .prose *"),
].filter((element) =>
    !tags.split(" ").includes(element.tagName) ||
    [...element.attributes].some((attribute) => !attributes.split(" ").includes(attribute.name)) ||
    ["fixed", "sticky"].includes(getComputedStyle(element).position)
).map((element) => element.outerHTML.slice(0, 200))"""
# Opens every source of the first exchange: title, text and links of each, and what is strange there.
OPEN_ALL = f"""async ([count, ...allowed]) => {{
    const [strange, found, wait] = [{STRANGE}, [], () => new Promise(requestAnimationFrame)];
    const part = (name) => document.querySelector(`#sources ${{name}}`);
    for (let n = 1; n <= count; n += 1) {{
        document.querySelector(`#log [data-send="cite:1.${{n}}"]`).click();
        while (part(".number-line")?.textContent !== `Source ${{n}}`) await wait();
        const links = [...document.querySelectorAll("#sources .source a")];
        found.push([part(".source h3").textContent, part(".text").textContent,
            links.map((link) => [link.protocol, link.hostname, link.rel]), strange(allowed)]);
    }}
    return found;
}}"""
# The rest of the document: what changes what a page is, and frames and forms wherever they hang.
AROUND = """() => ["script", "style", "link", "meta", "base", "form", "iframe", "object", "embed", "img", "svg *"].map(
    (name) => `${name}: ${document.querySelectorAll(name).length}`)"""


def source(n: int, payload: str) -> tuple[Document, Citation]:
    """A document hostile in title, text, heading and address, and a citation of it hostile in every field."""
    quote = f"Before {payload} after."
    text = f"# {payload}\n\n{payload}\n\n{quote}\n\n{payload}"
    document = Document(f"hostile-{n}", "en", payload, text, url=payload)
    start = text.index(quote)
    place = {"section": payload, "as_of": payload, "valid_until": payload, "status": payload, "url": payload}
    return document, Citation(n, document.id, "en", payload, quote=quote, start=start, end=start + len(quote), **place)


def script() -> tuple[list[Document], Script]:
    documents, citations = zip(*(source(n, payload) for n, payload in enumerate(PAYLOADS, 1)), strict=True)
    text = "\n\n".join(f"Said: {payload} [{n}]" for n, payload in enumerate(PAYLOADS, 1))
    answer = answered(text, *citations, question="\n".join(PAYLOADS), composer="model", model=PAYLOADS[0])
    return list(documents), Script([Evidence("hostile", "en", citations), Token(text), answer])


def questions() -> Iterator[str]:
    """All payloads in as few questions as the limit allows."""
    question = "hostile"
    for payload in PAYLOADS:
        if len(question) + len(payload) >= MAX_QUESTION:
            yield question
            question = "hostile"
        question += f" {payload}"
    yield question


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory):
    with serving(FeedbackStore(tmp_path_factory.mktemp("feedback") / "feedback.sqlite")) as site:
        documents, answering = script()
        site.engine.scripts = {"hostile": answering}
        site.engine.documents.extend(documents)
        yield site


@pytest.fixture
def tab(open_tab_of, hostile_site) -> Iterator[Tab]:
    """A tab in which in the end nothing ran, nothing was tried, and nothing but the page's own elements stands."""
    tab = open_tab_of(hostile_site, 1440)
    page = tab.page
    page.evaluate(WATCH)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield tab
    assert page.evaluate("window.ran") is None
    assert page.evaluate("window.tried") == []
    assert dialogs == []
    assert page.url == hostile_site.url


def strange(page: Page) -> list[str]:
    return page.evaluate(STRANGE, [TAGS, ATTRIBUTES])


def squeezed(text: str) -> str:
    """Without blanks, which HTML may fold, and without what no text of the page keeps."""
    return re.sub(r"[\s\x00\x0b\ufeff]", "", text)


def test_there_are_a_hundred_payloads_and_they_would_be_noticed(browser, hostile_site):
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 100
    page = browser.new_page()
    page.goto(hostile_site.url)
    expect(page.locator("#sources .hint")).to_be_visible()
    page.evaluate(WATCH)
    before = page.evaluate(AROUND)
    hint = page.locator("#sources .hint")
    hint.evaluate("(hint, payloads) => { hint.innerHTML = payloads.join('<hr>'); }", PAYLOADS)
    page.wait_for_function("window.ran === 1 && window.tried.length > 0")
    assert strange(page) != []
    assert page.evaluate(AROUND) != before
    page.close()


def test_hostile_questions_answers_titles_sections_and_quotes_stay_text(tab):
    page = tab.page
    before = page.evaluate(AROUND)
    for number, question in enumerate(questions(), 1):
        tab.ask(question)
        expect(page.locator("#current .exchange")).to_have_attribute("data-exchange", str(number))
        expect(page.locator("#current .mark:not(.idle)")).to_have_count(len(PAYLOADS))
        shown = page.locator("#current .question > span").last.text_content()
        assert squeezed(shown) == squeezed(clean_question(question))
    answer = squeezed(page.locator("#current .answer").text_content())
    written = [payload.replace("\n- ", "\n") for payload in PAYLOADS]  # what begins with a dash is a list
    assert [payload for payload in written if squeezed(payload) not in answer] == []
    for name in (".card h3", ".card blockquote", ".card .details"):
        shown = page.locator(f"#sources {name}").all_text_contents()
        texts = zip(shown, PAYLOADS, strict=True)
        assert [payload for text, payload in texts if squeezed(payload) not in squeezed(text)] == []
    assert strange(page) == []
    page.locator("#current [data-send^='judge:']").last.click()  # what would be stored is shown first
    expect(page.locator("#feedback .stored li")).to_have_count(len(PAYLOADS))
    assert strange(page) == []
    assert page.evaluate(AROUND) == before


def test_hostile_documents_and_their_addresses_stay_text(tab):
    page = tab.page
    before = page.evaluate(AROUND)
    tab.ask("hostile")
    expect(page.locator("#current .mark:not(.idle)")).to_have_count(len(PAYLOADS))
    opened = page.evaluate(OPEN_ALL, [len(PAYLOADS), TAGS, ATTRIBUTES])
    for payload, (title, text, links, odd) in zip(PAYLOADS, opened, strict=True):
        assert squeezed(payload) in squeezed(title)
        assert squeezed(text).count(squeezed(payload)) >= 4
        assert all(link == ["https:", "example.org", "noopener noreferrer"] for link in links)
        assert odd == []
    assert page.evaluate(AROUND) == before
