"""What a reader does with an answer, in Chromium: copy, ask again, edit, link, download."""

from threading import Event

import pytest
from playwright.sync_api import expect

from tests.ui.fakes import FOUNDERS, HUB, FakeEngine, answered, cite
from ui.conversation import Exchange
from ui.suggesting import Suggesting
from ui.texts import texts

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
WORDS = texts("en")
ANSWERED = "#current .mark:not(.idle)"


@pytest.fixture
def answered_tab(open_tab, site):
    site.gate.set()
    tab = open_tab()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.ask("Who set up HIT?")
    expect(tab.page.locator(ANSWERED)).to_have_count(2)
    return tab


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def tool(page, name):
    return page.locator("#current .tools").get_by_role("button", name=name)


def test_an_answer_is_copied_with_its_sources_and_that_is_said(answered_tab):
    page = answered_tab.page
    tool(page, WORDS.copy_answer).click()
    expect(page.locator("[data-said]")).to_have_text(WORDS.copied)
    copied = clipboard(page)
    assert "HIT was set up by the University of Trento" in copied
    assert all(quote in copied for quote in (FOUNDERS, HUB))
    assert "https://www.example.org/innovation" in copied


def test_where_copying_is_forbidden_that_is_said(answered_tab):
    page, thrown = answered_tab.page, []
    page.on("pageerror", lambda error: thrown.append(error.message))
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    tool(page, WORDS.copy_answer).click()
    expect(page.locator("[data-said]")).to_have_text(WORDS.copy_failed)
    assert thrown == []


def test_the_same_question_is_asked_again_and_what_is_typed_stays(answered_tab, site):
    page = answered_tab.page
    page.locator("#question textarea").fill("a draft")
    tool(page, WORDS.ask_again).click()
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator(ANSWERED)).to_have_count(2)
    expect(page.locator("#question textarea")).to_have_value("a draft")
    assert [asked[0] for asked in site.engine.asked[-2:]] == ["Who set up HIT?"] * 2


def test_a_question_returns_to_the_box_to_be_edited(answered_tab, site):
    page, asked = answered_tab.page, len(site.engine.asked)
    tool(page, WORDS.edit_question).click()
    expect(page.locator("#question textarea")).to_have_value("Who set up HIT?")
    expect(page.locator("#question textarea")).to_be_focused()
    assert len(site.engine.asked) == asked


def test_a_copied_link_fills_the_box_and_asks_nothing(answered_tab, site, open_tab):
    page = answered_tab.page
    tool(page, WORDS.copy_link).click()
    expect(page.locator("[data-said]")).to_have_text(WORDS.copied)
    link, asked = clipboard(page), len(site.engine.asked)
    assert link == f"{site.url}?q=Who+set+up+HIT%3F&lang=en"
    other = open_tab(locale="de-DE").page
    other.goto(link)
    expect(other.locator("#question textarea")).to_have_value("Who set up HIT?")
    expect(other.locator("html")).to_have_attribute("lang", "en")
    expect(other.locator(".exchange")).to_have_count(0)
    assert len(site.engine.asked) == asked
    other.locator("#question textarea").press("Enter")
    expect(other.locator(ANSWERED)).to_have_count(2)


def test_a_link_with_too_long_a_question_is_refused_in_words(open_tab, site):
    page, asked = open_tab().page, len(site.engine.asked)
    page.goto(f"{site.url}?q={'x' * 4001}&lang=it")
    expect(page.locator("#message")).to_contain_text(texts("it").link_too_long.format(limit=4000))
    expect(page.locator("#question textarea")).to_have_value("")
    assert len(site.engine.asked) == asked


@pytest.mark.parametrize(("form", "ending"), [("markdown", "md"), ("html", "html"), ("word", "docx")])
def test_the_conversation_is_downloaded(answered_tab, site, form, ending):
    page = answered_tab.page
    page.get_by_role("button", name=WORDS.conversations).click()
    expect(page.locator("#conversations")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=getattr(WORDS, f"download_{form}")).click()
    assert waiting.value.suggested_filename.endswith(f".{ending}")
    assert waiting.value.path().stat().st_size > 1000
    expect(page.locator("#conversations")).to_be_hidden()
    expect(page.locator(ANSWERED)).to_have_count(2)


def test_without_an_answer_there_is_nothing_to_download(open_tab):
    page, files = open_tab().page, []
    page.on("download", lambda file: files.append(file.url))
    page.get_by_role("button", name=WORDS.conversations).click()
    page.get_by_role("button", name=WORDS.download_html).click()
    expect(page.locator("#message")).to_contain_text(WORDS.download_empty)
    assert files == []


def test_what_can_be_asked_next_is_below_the_answer_and_asked_at_a_press(open_tab, site, monkeypatch):
    monkeypatch.setattr(site.engine, "next", ("How much is <b>invested</b>?", "And the hub?"))
    site.gate.set()
    tab = open_tab()
    page = tab.page
    tab.ask("Who set up HIT?")
    suggested = page.locator("#suggestions button")
    expect(suggested).to_have_text(["How much is <b>invested</b>?", "And the hub?"])
    page.get_by_role("button", name="Italiano").click()
    expect(page.locator("#suggestions h3")).to_have_text(texts("it").suggestions_heading)
    monkeypatch.setattr(site.engine, "next", ())
    suggested.first.click()
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator("#current .question")).to_contain_text("How much is <b>invested</b>?")
    expect(suggested).to_have_count(0)
    assert site.engine.asked[-1][0] == "How much is <b>invested</b>?"


def test_an_answer_is_whole_without_suggestions_when_looking_for_them_fails(open_tab, site, monkeypatch, caplog):
    monkeypatch.setattr(site.engine, "suggestions", lambda answer, history, go_on: 1 / 0)
    site.gate.set()
    tab = open_tab()
    tab.ask("Who set up HIT?")
    expect(tab.page.locator(ANSWERED)).to_have_count(2)
    tab.ask("How much is invested?")
    expect(tab.page.locator("#past .exchange")).to_have_count(1)
    expect(tab.page.locator("#current .failure")).to_have_count(0)
    assert "looking for suggestions failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_an_answer_is_not_drawn_over_the_next_one_when_looking_for_suggestions_ends(open_tab, site, monkeypatch):
    looking, found = Event(), Event()

    def slowly(answer, history, go_on):
        looking.set()
        found.wait(60)
        return ("And the hub?",)

    monkeypatch.setattr(site.engine, "suggestions", slowly)
    site.gate.set()
    tab = open_tab()
    tab.ask("Who set up HIT?")
    assert looking.wait(60)
    expect(tab.page.locator(ANSWERED)).to_have_count(2)
    tab.ask("How much is invested?")
    current = tab.page.locator("#current .question")
    expect(current).to_contain_text("How much is invested?")
    expect(tab.page.locator(ANSWERED)).to_have_count(1)
    found.set()
    tab.page.wait_for_timeout(1000)  # what must not come would come by then
    assert "How much is invested?" in current.inner_text()
    assert tab.page.locator("#suggestions button").count() == 0


def test_nothing_is_looked_for_while_a_question_is_answered():
    exchange, suggesting = Exchange(1, "Who set up HIT?"), Suggesting(FakeEngine(next=("And the hub?",)))
    source = cite(1, FOUNDERS)
    exchange.take(answered("HIT was set up by FBK. [1]", source))
    with suggesting.answering():
        assert suggesting.after(exchange, ()) == ()
    assert suggesting.after(exchange, ()) != ()
