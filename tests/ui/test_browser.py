"""The page in Chromium, with a fake engine behind it (`conftest.py`)."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import HOSTILE
from tests.ui.fakes import FOUNDERS, HUB, INVESTMENT
from ui.texts import INTERFACE_LANGUAGES, texts

pytestmark = pytest.mark.browser
WORDS = texts("en")
ANSWERED = "#current .mark:not(.idle)"


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("it-IT", "it"), ("de-AT", "de")])
def test_first_of_all_the_page_says_it_is_an_ai_system_in_the_readers_language(open_tab, site, locale, language):
    asked = len(site.engine.asked)
    page = open_tab(locale=locale).page
    expect(page.locator(".ai-notice")).to_have_text(texts(language).ai_notice)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".exchange")).to_have_count(0)
    assert len(site.engine.asked) == asked


def test_asking_with_the_keyboard_shows_the_question_then_the_evidence_then_the_answer(open_tab, site):
    tab = open_tab()
    page = tab.page
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("Who set up HIT?")
    page.keyboard.press("Enter")
    expect(page.locator("#current .question")).to_contain_text("Who set up HIT?")
    expect(page.locator("#question textarea")).to_have_value("")
    # The engine waits: the evidence and the first sentence are there before the answer is.
    expect(page.locator("#sources blockquote")).to_have_text([FOUNDERS, HUB])
    expect(page.locator("#current .working")).to_contain_text(WORDS.counted("writing", 2))
    expect(page.locator("#announcement")).to_have_attribute("role", "status")
    expect(page.locator("#current .answer")).to_contain_text("HIT was set up by")
    expect(page.locator(ANSWERED)).to_have_count(0)
    site.gate.set()
    expect(page.locator(ANSWERED)).to_have_count(2)
    expect(page.locator("#current .searched")).to_contain_text("Who founded HIT – Hub Innovazione Trentino?")
    expect(page.locator("#current .notice strong")).to_have_text(WORDS.notice_historic)
    expect(page.locator("#current .origin")).to_contain_text(WORDS.composer_extractive)
    expect(page.locator("#announcement")).to_contain_text("Trentino Sviluppo also runs the Mechatronics Hub")
    assert site.engine.asked[-1] == ("Who set up HIT?", (), None)


def test_shift_enter_begins_a_new_line(open_tab, site):
    page, asked = open_tab().page, len(site.engine.asked)
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.locator("#question textarea")).to_have_value("one\ntwo")
    expect(page.locator(".exchange")).to_have_count(0)
    assert len(site.engine.asked) == asked


def test_a_citation_opens_its_quote_in_the_document_and_leads_back(open_tab, site):
    site.gate.set()
    tab = open_tab()
    page = tab.page
    tab.ask("Who set up HIT?")
    mark = page.locator(ANSWERED).first
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sources .text mark")).to_have_text(FOUNDERS)
    expect(page.locator("#sources .text mark")).to_be_in_viewport()
    expect(page.locator("#sources .text")).to_contain_text("It is focused on industry 4.0")
    expect(page.locator("#sources [data-focus]")).to_be_focused()
    expect(page.locator("#sources .source a")).to_have_attribute("href", "https://www.example.org/innovation")
    page.locator("#sources .return").click()
    expect(mark).to_be_focused()
    page.locator("#sources .back").click()
    expect(page.locator("#sources .card")).to_have_count(2)
    page.locator("#sources .card button").nth(1).click()
    expect(page.locator("#sources .text mark")).to_have_text(HUB)
    assert overflow(page) == 0


def test_marks_of_an_earlier_answer_open_its_own_sources(open_tab, site):
    site.gate.set()
    tab = open_tab()
    page = tab.page
    tab.ask("How much is invested?")
    expect(page.locator(ANSWERED)).to_have_count(1)
    tab.ask("Who set up HIT?")
    expect(page.locator(ANSWERED)).to_have_count(2)
    assert [turn.role for turn in site.engine.asked[-1][1]] == ["user", "assistant"]
    page.locator("#past .mark").first.click()
    expect(page.locator("#sources .text mark")).to_have_text(INVESTMENT)
    page.locator(ANSWERED).first.click()
    expect(page.locator("#sources .text mark")).to_have_text(FOUNDERS)


def test_a_question_asked_meanwhile_is_kept_in_its_box(open_tab, site):
    tab, asked = open_tab(), len(site.engine.asked)
    page = tab.page
    tab.ask("Who set up HIT?")
    expect(page.locator("#current .working")).to_contain_text(WORDS.counted("writing", 2))
    tab.ask("How much is invested?")
    expect(page.locator("#message")).to_contain_text(WORDS.busy)
    expect(page.locator("#question textarea")).to_have_value("How much is invested?")
    assert len(site.engine.asked) == asked + 1
    site.gate.set()
    expect(page.locator(ANSWERED)).to_have_count(2)
    expect(page.locator("#message")).to_be_empty()
    page.locator("#ask").click()
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator(ANSWERED)).to_have_count(1)


def test_stop_keeps_what_was_verified_and_closes_the_engines_stream(open_tab, site):
    site.engine.closed.clear()
    tab = open_tab()
    page = tab.page
    tab.ask("Who set up HIT?")
    expect(page.locator("#current .answer")).to_contain_text("HIT was set up by")
    page.locator("#stop").click()
    expect(page.locator("#current .notices")).to_contain_text(WORDS.stopped)
    expect(page.locator("#current .answer")).to_contain_text("HIT was set up by")
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#stop")).to_be_hidden()
    site.gate.set()
    assert site.engine.closed.wait(10)
    tab.ask("How much is invested?")
    expect(page.locator(ANSWERED)).to_have_count(1)


def test_a_new_conversation_while_answering(open_tab, site):
    tab = open_tab()
    page = tab.page
    tab.ask("Who set up HIT?")
    expect(page.locator("#sources .card")).to_have_count(2)
    page.locator(".new").click()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator(".ai-notice")).to_be_visible()
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#sources .hint")).to_have_text(WORDS.sources_empty)
    tab.ask("How much is invested?")
    expect(page.locator(ANSWERED)).to_have_count(1)
    assert site.engine.asked[-1][1] == ()


def test_an_example_asks_at_once_and_the_language_can_be_changed_afterwards(open_tab, site):
    page = open_tab().page
    page.get_by_role("button", name=WORDS.examples[1]).click()
    expect(page.locator("#current .question")).to_contain_text(WORDS.examples[1])
    expect(page.locator(ANSWERED)).to_have_count(1)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("#sources .panel-head h2")).to_have_text(texts("de").sources_heading)
    expect(page.locator("#current .origin button")).to_have_text("1 Quelle")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(ANSWERED)).to_have_count(1)
    assert site.engine.asked[-1][:2] == (WORDS.examples[1], ())


def test_blank_and_long_questions_are_refused_and_kept(open_tab, site):
    tab = open_tab()
    asked = len(site.engine.asked)
    tab.ask("   ")
    expect(tab.page.locator("#message")).to_contain_text(WORDS.blank_question)
    tab.ask("x" * 4001)
    expect(tab.page.locator("#message")).to_contain_text("longer than 4000 characters")
    expect(tab.page.locator("#question textarea")).to_have_value("x" * 4001)
    expect(tab.page.locator(".exchange")).to_have_count(0)
    assert len(site.engine.asked) == asked


def test_errors_are_said_plainly(open_tab, caplog):
    tab = open_tab()
    tab.ask("unavailable")
    expect(tab.page.locator("#current .failure")).to_have_text("The model does not answer. Ask again later.")
    tab.ask("broken")
    expect(tab.page.locator("#current .failure")).to_have_text(WORDS.failed)
    expect(tab.page.locator("#current .answer")).to_contain_text("A first sentence.")
    assert "secret detail" not in tab.page.content()
    assert "secret detail" in caplog.text


def test_a_phone(open_tab, site):
    site.gate.set()
    tab = open_tab(375, 720)
    page = tab.page
    assert overflow(page) == 0
    page.locator(".example").last.click()
    expect(page.locator(ANSWERED)).to_have_count(2)
    expect(page.locator("#current .question")).to_be_in_viewport(ratio=1)
    expect(page.locator("#sources .card").first).to_be_hidden()
    page.locator(ANSWERED).first.click()
    expect(page.locator("#sources .text mark")).to_be_in_viewport()
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(page.locator("#sources .text")).to_be_hidden()
    expect(page.locator(ANSWERED).first).to_be_focused()


def test_hostile_text_runs_nothing_and_fetches_nothing(open_tab):
    tab = open_tab()
    page = tab.page
    tab.ask(HOSTILE)
    expect(page.locator(ANSWERED)).to_have_count(1)
    expect(page.locator("#current .question > span").last).to_have_text(HOSTILE, use_inner_text=True)
    page.locator(ANSWERED).click()
    expect(page.locator("#sources .text mark").first).to_contain_text("Before <script>")
    tab.ask("How much is invested?")
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator(ANSWERED)).to_have_count(1)
    assert page.evaluate("window.ran") is None
    strange = "#page :is(script, img, svg, style, iframe, form, input, code, .katex)"
    assert page.locator(strange).evaluate_all("found => found.map(e => e.outerHTML)") == []


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_the_masthead_of_a_phone_has_two_rows_with_all_of_its_buttons(open_tab, language):
    page = open_tab(width=320, locale=language).page
    page.add_style_tag(content=".masthead h1 { white-space: nowrap; overflow: hidden; }")  # fonts differ in width
    for width in (320, 414):
        page.set_viewport_size({"width": width, "height": 820})
        assert_two_rows(page, texts(language), width)


def assert_two_rows(page, words, width):
    names = [texts(code).language_name for code in INTERFACE_LANGUAGES]
    names += [words.documents, words.conversations, words.new_conversation]
    buttons = page.locator("#masthead").get_by_role("button")
    boxes = [buttons.and_(page.get_by_role("button", name=name, exact=True)).bounding_box() for name in names]
    assert buttons.count() == len(names)
    assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes)
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert max(middles[:3]) - min(middles[:3]) < 3
    assert max(middles[3:]) - min(middles[3:]) < 3
    ends = [(box["x"], box["x"] + box["width"]) for box in boxes]
    assert all(ends[n][1] <= ends[n + 1][0] for n in (0, 1, 3, 4))
    assert max(end for _, end in ends) <= width
