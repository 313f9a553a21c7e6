"""Documents, sources and quotes in Chromium: what is opened, where the focus goes, what stays where it is."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from assistant.answer import Evidence, Token
from tests.ui.axe import violations
from tests.ui.conftest import serving
from tests.ui.fakes import DOCUMENT, FOUNDERS, HUB, Script, answered
from tests.ui.test_sources import GUIDE, ITALIAN, a_hundred_quotes
from ui.texts import texts

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
WORDS = texts("en")
ANSWERED = "#current .mark:not(.idle)"
# All that moved since the page was opened, as the browser scores it, and what it was.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    window.shifts.push([entry.value, entry.sources.map((source) => source.node?.className || source.node?.id)]);
}).observe({ type: "layout-shift", buffered: true });
"""
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def site():
    with serving() as served:
        quotes = a_hundred_quotes()
        citations = tuple(replace(citation, n=n) for n, (_, citation) in enumerate(quotes, 1))
        text = " ".join(f"Sentence. [{citation.n}]" for citation in citations)
        served.engine.documents_held += [GUIDE, ITALIAN, *(document for document, _ in quotes)]
        served.engine.scripts["hundred"] = Script(
            [Evidence("hundred", "en", citations), Token(text), answered(text, *citations)]
        )
        yield served


def documents(page: Page) -> None:
    page.locator("#masthead").get_by_role("button", name=WORDS.documents).click()
    expect(page.locator("#sources .topic").first).to_be_visible()


def test_documents_are_found_and_read_without_asking(open_tab, site):
    page = open_tab().page
    documents(page)
    expect(page.locator("#sources-heading")).to_be_focused()
    page.get_by_label(WORDS.search_label).fill("rate is 2.68%")
    page.keyboard.press("Enter")
    expect(page.locator("#sources .results")).to_be_focused()
    expect(page.locator("#sources .card")).to_have_count(1)
    page.locator("#sources .card button").click()
    expect(page.locator("#sources .text mark")).to_have_text("The rate is 2.68%.")
    expect(page.locator("#sources [data-focus]")).to_be_focused()
    page.locator("#sources .outline button").nth(1).click()
    expect(page.locator("#sources .outline [aria-current]")).to_have_text("One")
    page.locator("#sources .ways button", has_text=texts("it").read_version).click()
    expect(page.locator("#sources .text")).to_contain_text("Prime parole.")
    expect(page.locator("#sources .outline [aria-current]")).to_have_text("Uno")
    page.locator("#sources .back").click()
    expect(page.get_by_label(WORDS.search_label)).to_have_value("rate is 2.68%")
    assert site.engine.asked == []


def test_a_title_opens_its_document_and_a_search_may_hold_any_character(open_tab, site):
    page = open_tab().page
    documents(page)
    page.locator(f'[data-send="document:en/{DOCUMENT.id}"]').click()
    expect(page.locator("#sources [data-focus]")).to_have_text(DOCUMENT.title)
    page.locator("#sources .outline button", has_text="Background").click()
    expect(page.locator("#sources .text strong", has_text="Background")).to_be_in_viewport()
    page.locator("#sources .back").click()
    page.get_by_label(WORDS.search_label).fill('#1: "<b>" & more')
    page.get_by_role("button", name=WORDS.search, exact=True).click()
    expect(page.locator("#sources .results")).to_have_text(f'{WORDS.results_none} “#1: "<b>" & more”')
    assert site.engine.searched[-1][0] == '#1: "<b>" & more'


def test_documents_in_a_drawer(open_tab):
    page = open_tab(375, 720).page
    documents(page)
    expect(page.locator("#sources .topic").first).to_be_in_viewport()
    page.locator(f'[data-send="document:en/{DOCUMENT.id}"]').click()
    expect(page.locator("#sources .text")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    page.keyboard.press("Escape")
    expect(page.locator("#sources .text")).to_be_hidden()
    expect(page.locator("#masthead").get_by_role("button", name=WORDS.documents)).to_be_focused()


def test_while_an_answer_is_written_documents_can_be_read(open_tab, site):
    tab = open_tab()
    asked = len(site.engine.asked)
    page = tab.page
    tab.ask("Who set up HIT?")
    expect(page.locator("#current .answer")).to_contain_text("HIT was set up by")
    documents(page)
    site.gate.set()
    expect(page.locator(ANSWERED)).to_have_count(2)
    expect(page.locator("#sources .topic").first).to_be_visible()
    page.locator("#sources .back").click()
    expect(page.locator("#sources .card")).to_have_count(2)
    assert len(site.engine.asked) == asked + 1


def test_pointing_at_a_mark_shows_its_quote_until_the_pointer_leaves_both(open_tab, site):
    site.gate.set()
    tab = open_tab()
    page = tab.page
    tab.ask("Who set up HIT?")
    mark, quote = page.locator(ANSWERED).first, page.locator("#quote-1-1")
    mark.hover()
    expect(quote).to_be_visible()
    expect(quote.locator("blockquote")).to_have_text(FOUNDERS)
    box = quote.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    quote.hover()
    expect(quote).to_be_visible()
    page.mouse.move(5, 700)
    expect(quote).to_be_hidden()
    mark.hover()
    expect(quote).to_be_visible()
    page.keyboard.press("Escape")
    expect(quote).to_be_hidden()
    page.locator(ANSWERED).nth(1).hover()
    expect(page.locator("#quote-1-2 blockquote")).to_have_text(HUB)
    expect(quote).to_be_hidden()


def test_the_keyboards_focus_shows_the_quote_and_escape_puts_it_away(open_tab, site):
    site.gate.set()
    tab = open_tab(375, 720)
    page = tab.page
    tab.ask("Who set up HIT?")
    expect(page.locator(ANSWERED)).to_have_count(2)
    page.locator("#question textarea").focus()
    page.locator(ANSWERED).first.focus()
    expect(page.locator("#quote-1-1")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Tab")
    expect(page.locator("#quote-1-1")).to_be_hidden()
    expect(page.locator("#quote-1-2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#quote-1-2")).to_be_hidden()
    expect(page.locator(ANSWERED).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sources .text mark")).to_have_text(HUB)
    expect(page.locator("#quote-1-2")).to_be_hidden()


def test_a_tap_opens_the_source_and_shows_no_quote(browser, site):
    site.gate.set()
    context = browser.new_context(viewport={"width": 375, "height": 720}, has_touch=True, locale="en-GB")
    page = context.new_page()
    page.goto(site.url)
    page.locator("#question textarea").fill("Who set up HIT?")
    page.keyboard.press("Enter")
    expect(page.locator("#quote-1-1")).to_have_count(1)
    page.evaluate("() => document.addEventListener('beforetoggle', () => { window.shown = true; }, true)")
    page.locator(ANSWERED).first.tap()
    expect(page.locator("#sources .text mark")).to_have_text(FOUNDERS)
    expect(page.locator("#quote-1-1")).to_be_hidden()
    assert page.evaluate("window.shown") is None  # not even for a moment
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 375), ("dark", 768), ("light", 1440)])
def test_documents_and_results_are_accessible(open_tab, scheme, width):
    page = open_tab(width).page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("body.dark")).to_have_count(int(scheme == "dark"))
    documents(page)
    found = {"documents": violations(page)}
    page.get_by_label(WORDS.search_label).fill("rate is 2.68%")
    page.keyboard.press("Enter")
    expect(page.locator("#sources .card")).to_have_count(1)
    found["results"] = violations(page)
    page.locator("#sources .card button").click()
    expect(page.locator("#sources .text mark")).to_be_visible()
    found["document"] = violations(page)
    assert {state: lines for state, lines in found.items() if lines} == {}


def test_a_hundred_marks_of_one_answer_open_a_hundred_quotes(open_tab):
    tab = open_tab()
    page = tab.page
    tab.ask("hundred")
    expect(page.locator(ANSWERED)).to_have_count(100)
    wrong = page.evaluate(OPEN_ALL, [citation.quote for _, citation in a_hundred_quotes()])
    assert wrong == []


# Opens each source in turn; what is highlighted, or not in sight of its panel, comes back if it is not the quote.
OPEN_ALL = """async (quotes) => {
  const wrong = [];
  for (const [index, quote] of quotes.entries()) {
    document.querySelector(`#current [data-send="cite:1.${index + 1}"]`).click();
    await new Promise((come) => {
      const there = () => document.querySelector(`[data-shows="cite:1.${index + 1}"]`) && (watch.disconnect(), come());
      const watch = new MutationObserver(there);
      watch.observe(document.querySelector("#sources"), { childList: true, subtree: true });
      there();
    });
    const marks = [...document.querySelectorAll("#sources .text mark")];
    const shown = marks.map((mark) => mark.textContent).join("");
    await new Promise(requestAnimationFrame);
    const panel = document.querySelector("#sources .document").getBoundingClientRect();
    const top = marks[0]?.getBoundingClientRect().top;
    if (shown !== quote || top < panel.top || top > panel.bottom) wrong.push([index + 1, shown, top]);
  }
  return wrong;
}"""


def shifts(page: Page) -> list[object]:
    """What moved since the last call, if it is more than nobody minds (0.05 of what the browser calls a shift)."""
    page.evaluate(DRAWN)
    moved = page.evaluate("window.shifts.splice(0)")
    return moved if sum(value for value, _ in moved) > 0.05 else []


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_while_the_page_opens_and_an_answer_is_written(open_tab, site, width):
    tab = open_tab(width)
    page = tab.page
    page.evaluate(WATCH_SHIFTS)
    assert shifts(page) == []
    for number in range(2):
        site.gate.clear()
        tab.ask("Who set up HIT?")
        expect(page.locator("#past .exchange")).to_have_count(number)
        expect(page.locator("#current .answer")).to_contain_text("HIT was set up by")
        # A second question moves the first one up: that is what its reader asked for.
        if number:
            page.evaluate("window.shifts.splice(0)")
        site.gate.set()
        expect(page.locator(ANSWERED)).to_have_count(2)
        expect(page.locator("#current .origin")).to_be_visible()
        assert shifts(page) == []
