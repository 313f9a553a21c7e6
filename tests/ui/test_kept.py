import dataclasses
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from assistant.answer import Notice, NoticeKind, Turn
from tests.ui.axe import violations
from tests.ui.conftest import HOSTILE
from tests.ui.fakes import DOCUMENT, FOUNDERS, HUB, answered, cite
from ui.conversation import Conversation, Exchange
from ui.kept import kept_json, read_sent, reopened
from ui.server import MAX_BODY
from ui.texts import texts

WORDS = texts("en")
ID = "0123456789abcdef"
HISTORIC = Notice(NoticeKind.HISTORIC, "It is of 2019.")


def exchange(question="Who runs the hub?", *citations, number=1, text="Trentino Sviluppo. [1]"):
    made = Exchange(number, question)
    made.take(answered(text, *(citations or (cite(1, HUB, section="Mechatronics"),)), notices=(HISTORIC,)))
    return made


def sent(talk: object, on: bool = True, items: list[object] | None = None) -> str:
    told = {"n": 1, "shelf": {"on": on, "items": items or []}, "opened": talk}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def reopen(*exchanges, find=lambda name, language: DOCUMENT):
    told = read_sent(sent(json.loads(kept_json(ID, exchanges))))
    assert told is not None
    return reopened(told.opened, find, WORDS)


def test_a_conversation_is_opened_as_it_was_and_its_citations_are_read_anew():
    (again,) = reopen(exchange())
    assert (again.question, again.answer.answer) == ("Who runs the hub?", "Trentino Sviluppo. [1]")
    assert again.answer.notices == (HISTORIC,)
    (citation,) = again.answer.citations
    assert (citation.quote, citation.section, citation.as_of) == (HUB, "Mechatronics", "2019")
    assert (citation.url, citation.status) == (DOCUMENT.url, DOCUMENT.status)
    assert DOCUMENT.text[citation.start : citation.end] == HUB


def test_a_quote_that_moved_is_found_again():
    longer = dataclasses.replace(DOCUMENT, text="A new beginning.\n\n" + DOCUMENT.text)
    (again,) = reopen(exchange(), find=lambda name, language: longer)
    (citation,) = again.answer.citations
    assert longer.text[citation.start : citation.end] == HUB
    assert again.answer.notices == (HISTORIC,)


@pytest.mark.parametrize("now", [None, dataclasses.replace(DOCUMENT, text=DOCUMENT.text.replace("run by", "led by"))])
def test_a_quote_that_no_longer_stands_is_shown_as_changed_and_told_once(now):
    (again,) = reopen(exchange(), find=lambda name, language: now)
    (citation,) = again.answer.citations
    assert (citation.quote, citation.status, citation.url, citation.as_of) == (HUB, "changed", None, "")
    told = Notice(NoticeKind.UNVERIFIED, WORDS.quote_changed.format(n=1))
    assert again.answer.notices == (HISTORIC, told)
    (later,) = reopen(again, find=lambda name, language: now)
    assert later.answer.notices == (HISTORIC, told)


def test_what_was_not_answered_is_not_kept():
    assert kept_json(ID, [Exchange(1, "stopped", failure="No.")]) == ""
    assert len(reopen(exchange(), Exchange(2, "stopped", failure="No."))) == 1


@pytest.mark.parametrize("text", ['"' * 3000, "ü\n\\" * 1000, "plain words " * 250])
def test_the_newest_exchanges_are_kept_as_many_as_a_request_can_carry(text):
    talk = kept_json(ID, [exchange(f"{n} {text}", number=n) for n in range(1, 41)])
    body = json.dumps({"data": [sent(json.loads(talk))]}, ensure_ascii=False).encode()
    assert 10_000 < len(body) < MAX_BODY * 3 / 4
    assert json.loads(talk)["exchanges"][-1]["question"].startswith("40 ")


def change(path, value):
    """The JSON of a good conversation, changed at one place; ... takes the field away."""
    talk = json.loads(kept_json(ID, [exchange()]))
    *way, last = path
    place = talk
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return talk


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["version"], 2),
        (["id"], "../../etc"),
        (["exchanges"], []),
        (["exchanges", 0, "question"], ""),
        (["exchanges", 0, "question"], "x" * 4001),
        (["exchanges", 0, "answer"], 5),
        (["exchanges", 0, "answer"], ...),
        (["exchanges", 0, "status"], "certain"),
        (["exchanges", 0, "language"], "fr"),
        (["exchanges", 0, "quotes"], []),
        (["exchanges", 0, "quotes", 0, "start"], -1),
        (["exchanges", 0, "quotes", 0, "url"], "https://evil.example/"),
        (["exchanges", 0, "notices", 0, "kind"], "promise"),
        (["more"], True),
    ],
)
def test_what_is_not_of_our_form_is_not_opened(path, value):
    assert read_sent(sent(change(path, value))) is None


@given(st.text() | st.dictionaries(st.text(), st.integers() | st.text()).map(json.dumps))
def test_anything_else_is_refused_without_an_error(text):
    assert read_sent(text) is None


def test_lists_are_bounded():
    items = [{"id": f"{n:016x}", "title": "A", "day": "2026-11-26"} for n in range(31)]
    assert read_sent(sent(None, items=items[:30])) is not None
    assert read_sent(sent(None, items=items)) is None
    assert read_sent(sent(None, items=[items[0] | {"title": "x" * 121}])) is None


def test_a_reopened_conversation_goes_on_with_its_history():
    conversation = Conversation()
    conversation.reopen(reopen(exchange(), exchange("And HIT?", cite(1, FOUNDERS), number=2)), ID)
    assert conversation.history()[0] == Turn("user", "Who runs the hub?")
    assert conversation.begin("next").number == 3


# In Chromium


def panel(page):
    page.get_by_role("button", name=WORDS.conversations).click()
    expect(page.locator("#conversations")).to_be_visible()


def switch(page):
    return page.get_by_role("switch", name=WORDS.keep_heading)


def keep(page):
    panel(page)
    switch(page).click()
    expect(switch(page)).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")


def size(page):
    return page.evaluate("localStorage.length")


TITLES = "#conversations .kept-title"
ANSWERED = "#current .mark:not(.idle)"


@pytest.fixture
def kept_tab(open_tab, site):
    """A browser that keeps one conversation of one exchange."""
    site.gate.set()
    tab = open_tab()
    keep(tab.page)
    tab.ask("Who set up HIT?")
    expect(tab.page.locator(ANSWERED)).to_have_count(2)
    expect(tab.page.locator(TITLES)).to_have_text(["Who set up HIT?"])
    return tab


@pytest.mark.browser
@pytest.mark.thorough
def test_nothing_is_kept_until_it_is_switched_on(open_tab, site):
    site.gate.set()
    tab = open_tab()
    page = tab.page
    tab.ask("Who set up HIT?")
    expect(page.locator(ANSWERED)).to_have_count(2)
    panel(page)
    expect(switch(page)).to_have_attribute("aria-checked", "false")
    expect(page.locator("#keep-hint")).to_have_text(WORDS.keep_hint.format(most=30))
    assert size(page) == 0
    switch(page).click()
    expect(page.locator(TITLES)).to_have_text(["Who set up HIT?"])
    expect(switch(page)).to_be_focused()
    switch(page).click()
    expect(switch(page)).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Escape")
    tab.ask("How much is invested?")
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator(ANSWERED)).to_have_count(1)
    assert "invested" not in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.browser
@pytest.mark.thorough
def test_a_kept_conversation_is_opened_after_a_reload_and_gone_on_with(kept_tab, site):
    page = kept_tab.page
    page.reload()
    expect(page.locator(".ai-notice")).to_be_visible()
    expect(page.locator(TITLES)).to_have_text(["Who set up HIT?"])
    panel(page)
    page.locator(TITLES).click()
    expect(page.locator("#conversations")).to_be_hidden()
    expect(page.locator("#current .question")).to_contain_text("Who set up HIT?")
    page.locator(ANSWERED).nth(1).click()
    expect(page.locator("#sources .text mark")).to_have_text(HUB)
    kept_tab.ask("How much is invested?")
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator(ANSWERED)).to_have_count(1)
    assert [turn.content for turn in site.engine.asked[-1][1] if turn.role == "user"] == ["Who set up HIT?"]
    panel(page)
    expect(page.locator(TITLES)).to_have_count(1)
    expect(page.locator("#keep [data-talk]")).to_have_attribute("data-talk", re.compile("invested"))
    assert "invested" in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.browser
@pytest.mark.thorough
def test_a_kept_conversation_is_renamed_and_its_name_stays(kept_tab):
    page = kept_tab.page
    panel(page)
    page.once("dialog", lambda dialog: dialog.accept("<b>HIT</b> & more"))
    page.get_by_role("button", name=f"{WORDS.kept_rename}: Who set up HIT?").click()
    expect(page.locator(TITLES)).to_have_text(["<b>HIT</b> & more"])
    page.keyboard.press("Escape")
    kept_tab.ask("How much is invested?")
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator("#keep [data-talk]")).to_have_attribute("data-talk", re.compile("invested"))
    assert "invested" in page.evaluate("JSON.stringify(localStorage)")
    expect(page.locator(TITLES)).to_have_text(["<b>HIT</b> & more"])


@pytest.mark.browser
@pytest.mark.thorough
def test_what_is_deleted_is_gone_and_not_kept_again(kept_tab):
    page = kept_tab.page
    panel(page)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name=f"{WORDS.kept_delete}: Who set up HIT?").click()
    expect(page.locator(TITLES)).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=f"{WORDS.kept_delete}: Who set up HIT?").click()
    expect(page.locator(TITLES)).to_have_count(0)
    expect(switch(page)).to_be_focused()
    page.keyboard.press("Escape")
    kept_tab.ask("How much is invested?")
    expect(page.locator("#past .exchange")).to_have_count(1)
    expect(page.locator(ANSWERED)).to_have_count(1)
    assert size(page) == 1  # the switch alone
    page.locator(".new").click()
    expect(page.locator(".exchange")).to_have_count(0)
    kept_tab.ask("How much is invested?")
    expect(page.locator(TITLES)).to_have_text(["How much is invested?"])


@pytest.mark.browser
@pytest.mark.thorough
def test_all_are_deleted_at_once(kept_tab):
    page = kept_tab.page
    page.locator(".new").click()
    expect(page.locator(".exchange")).to_have_count(0)
    kept_tab.ask("How much is invested?")
    expect(page.locator(TITLES)).to_have_text(["How much is invested?", "Who set up HIT?"])
    panel(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=WORDS.kept_clear).click()
    expect(page.locator(TITLES)).to_have_count(0)
    assert size(page) == 1


@pytest.mark.browser
@pytest.mark.thorough
def test_what_was_tampered_with_is_text_or_refused(kept_tab):
    page = kept_tab.page
    page.evaluate(
        """hostile => {
            const key = Object.keys(localStorage).find(key => key.startsWith("assistant.talk."));
            const kept = JSON.parse(localStorage.getItem(key));
            kept.title = hostile.slice(0, 100);
            Object.assign(kept.talk.exchanges[0], { question: hostile, answer: hostile + " [1]" });
            kept.talk.exchanges[0].quotes[0].quote = hostile;
            kept.talk.exchanges[0].quotes[0].title = hostile.slice(0, 300);
            localStorage.setItem(key, JSON.stringify(kept));
            const odd = JSON.stringify({ title: "Odd", at: 1, talk: { version: 9 } });
            localStorage.setItem("assistant.talk.ffffffffffffffff", odd);
            localStorage.setItem("assistant.talk.of-no-form", odd);
            localStorage.setItem("assistant.talk.eeeeeeeeeeeeeeee", "no JSON");
        }""",
        HOSTILE,
    )
    page.reload()
    expect(page.locator(".ai-notice")).to_be_visible()
    expect(page.locator(TITLES)).to_have_text([HOSTILE[:100].strip(), "Odd"], use_inner_text=False)
    panel(page)
    page.locator(TITLES).first.click()
    expect(page.locator("#current .question")).to_contain_text("<script>window.ran=1</script>")
    expect(page.locator("#current .notices")).to_contain_text("word for word. It is shown as it was.")
    panel(page)
    page.locator(TITLES).nth(1).click()
    expect(page.locator("#message")).to_contain_text(WORDS.kept_unreadable)
    assert page.evaluate("window.ran") is None
    assert page.locator("#page :is(script, img, svg, style, iframe, code, .katex)").count() == 0


@pytest.mark.browser
@pytest.mark.thorough
def test_where_storing_is_not_allowed_that_is_said(open_tab):
    page, thrown = open_tab().page, []
    page.on("pageerror", lambda error: thrown.append(error.message))
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    panel(page)
    switch(page).click()
    expect(page.locator("[data-said]")).to_have_text(WORDS.keep_failed)
    expect(switch(page)).to_have_attribute("aria-checked", "false")
    assert page.evaluate("localStorage.length") == 0
    assert thrown == []


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_is_accessible(kept_tab, scheme):
    page = kept_tab.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("body.dark")).to_have_count(int(scheme == "dark"))
    panel(page)
    assert violations(page) == []
