"""A reader judges an answer: they see what would be stored, store it on a click, withdraw it."""

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from assistant.feedback import LONGEST_COMMENT, FeedbackStore
from corpus.errors import ProjectError
from tests.ui.axe import violations
from tests.ui.conftest import HOSTILE, serving
from tests.ui.fakes import FOUNDERS, HUB, INVESTMENT, FakeEngine
from ui.texts import texts

WORDS = texts("en")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
THUMB_UP, THUMB_DOWN = "#current .thumb.up", "#current .thumb.down"


class Refusing(FeedbackStore):
    """A store on a disk that takes nothing while `full`."""

    full = False

    def add(self, given):
        if self.full:
            raise ProjectError("The file of feedback cannot be used: /secret/path is full.")
        super().add(given)

    def delete(self, feedback_id):
        if self.full:
            raise ProjectError("The file of feedback cannot be used: /secret/path is full.")
        return super().delete(feedback_id)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Refusing(tmp_path_factory.mktemp("feedback") / "feedback.sqlite", lambda: NOON)


@pytest.fixture(scope="module")
def judged_site(store):
    with serving(store) as served:
        yield served


@pytest.fixture
def tab(judged_site, store, open_tab_of):
    for item in store.all():
        store.delete(item.id)
    judged_site.gate.set()
    yield open_tab_of(judged_site)
    store.full = False
    judged_site.gate.set()


def ask(tab, question):
    tab.ask(question)
    expect(tab.page.locator(THUMB_DOWN)).to_be_visible()


pytestmark = [pytest.mark.browser, pytest.mark.thorough]


def test_what_would_be_stored_is_shown_and_nothing_is_stored_before_the_click(tab, store):
    page = tab.page
    ask(tab, "Who set up HIT?")
    page.locator(THUMB_DOWN).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#feedback-heading")).to_be_focused()
    shown = page.locator("#feedback-preview")
    for text in (
        "Who set up HIT?",
        "Who founded HIT – Hub Innovazione Trentino?",
        "HIT was set up by the University of Trento, FEM, FBK and Trentino Sviluppo. [1]",
        FOUNDERS,
        HUB,
        FakeEngine.index_version,
        "answered",
    ):
        expect(shown).to_contain_text(text)
    expect(page.locator("#feedback-head")).to_contain_text("at most 30 days")
    assert store.all() == []

    page.get_by_label(WORDS.feedback_wrong_figure).check()
    page.get_by_label(WORDS.feedback_comment).fill("It was 2021.\x07")
    page.locator("#feedback-store").click()
    expect(page.locator("#current .judged")).to_contain_text("Not helpful (Wrong figure)")
    expect(page.locator("#announcement")).to_contain_text(WORDS.feedback_thanks)
    expect(page.locator("#feedback")).to_have_count(0)
    expect(page.locator("#sources .card")).to_have_count(2)
    (stored,) = store.all()
    assert (stored.verdict, stored.reason, stored.comment) == ("down", "wrong figure", "It was 2021.")
    assert (stored.question, stored.question_used) == ("Who set up HIT?", "Who founded HIT – Hub Innovazione Trentino?")
    assert (stored.language, stored.status, stored.index_version) == ("en", "answered", FakeEngine.index_version)
    assert [cited["quote"] for cited in stored.citations] == [FOUNDERS, HUB]

    withdraw = page.get_by_role("button", name=WORDS.feedback_withdraw)
    expect(withdraw).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(THUMB_UP)).to_be_focused()
    expect(page.locator("#announcement")).to_contain_text(WORDS.feedback_deleted)
    assert store.all() == []


def test_every_value_stored_was_shown(tab, store):
    page = tab.page
    ask(tab, "How much is invested?")
    page.locator(THUMB_UP).click()
    expect(page.locator("#feedback-reason")).to_be_hidden()
    shown = page.locator("#feedback-preview").inner_text()
    page.locator("#feedback-store").click()
    expect(page.locator("#current .judged")).to_contain_text("Stored: Helpful.")
    (stored,) = store.all()
    values = [stored.id, stored.language, stored.question, stored.question_used, stored.status, stored.answer]
    values += [stored.index_version, *(str(value) for cited in stored.citations for value in cited.values())]
    assert [value for value in values if value not in shown] == []
    assert (stored.verdict, stored.reason, stored.comment) == ("up", "", "")


def test_nothing_is_stored_when_the_reader_decides_so(tab, store):
    page = tab.page
    ask(tab, "How much is invested?")
    page.locator(THUMB_UP).click()
    page.locator("#feedback-cancel").click()
    expect(page.locator("#feedback")).to_have_count(0)
    expect(page.locator(THUMB_UP)).to_be_focused()
    expect(page.locator("#sources .card")).to_have_count(1)
    assert store.all() == []


def test_what_was_typed_stays_while_the_reader_looks_at_a_source(tab, store):
    page = tab.page
    ask(tab, "How much is invested?")
    page.locator(THUMB_DOWN).click()
    page.get_by_label(WORDS.feedback_out_of_date).check()
    page.get_by_label(WORDS.feedback_comment).fill("Let me look.")
    page.locator("#current .mark").click()
    expect(page.locator("#sources .text mark")).to_have_text(INVESTMENT)
    expect(page.locator("#sources [data-focus]")).to_be_focused()
    page.locator(THUMB_DOWN).click()
    expect(page.get_by_label(WORDS.feedback_comment)).to_have_value("Let me look.")
    expect(page.get_by_label(WORDS.feedback_out_of_date)).to_be_checked()
    ask(tab, "Who set up HIT?")
    expect(page.locator("#feedback")).to_have_count(0)
    page.locator(THUMB_DOWN).click()
    expect(page.get_by_label(WORDS.feedback_comment)).to_have_value("")
    expect(page.get_by_label(WORDS.feedback_out_of_date)).not_to_be_checked()
    assert store.all() == []


def test_a_store_that_refuses_loses_nothing_and_says_so_plainly(tab, store):
    page = tab.page
    ask(tab, "How much is invested?")
    page.locator(THUMB_DOWN).click()
    page.get_by_label(WORDS.feedback_wrong_source).check()
    page.get_by_label(WORDS.feedback_comment).fill("Another page says so.")
    store.full = True
    page.locator("#feedback-store").click()
    expect(page.locator("#feedback [role=alert]")).to_have_text(WORDS.feedback_refused)
    assert "/secret/path" not in page.content()
    expect(page.get_by_label(WORDS.feedback_comment)).to_have_value("Another page says so.")
    expect(page.get_by_label(WORDS.feedback_wrong_source)).to_be_checked()
    store.full = False
    page.locator("#feedback-store").click()
    expect(page.locator("#current .judged")).to_contain_text("Wrong source")
    store.full = True
    page.get_by_role("button", name=WORDS.feedback_withdraw).click()
    expect(page.locator("#message")).to_contain_text(WORDS.feedback_not_deleted)
    assert len(store.all()) == 1


def test_a_long_comment_is_refused_and_kept(tab, store):
    page = tab.page
    ask(tab, "How much is invested?")
    page.locator(THUMB_UP).click()
    page.get_by_label(WORDS.feedback_comment).fill("x" * (LONGEST_COMMENT + 1))
    page.locator("#feedback-store").click()
    expect(page.locator("#feedback [role=alert]")).to_contain_text("longer than 1000 characters")
    expect(page.get_by_label(WORDS.feedback_comment)).to_have_value("x" * (LONGEST_COMMENT + 1))
    assert store.all() == []


def test_the_form_speaks_the_language_of_the_page(tab, store):
    page = tab.page
    ask(tab, "How much is invested?")
    page.locator(THUMB_DOWN).click()
    page.get_by_role("button", name="Deutsch").click()
    german = texts("de")
    expect(page.locator("#feedback-heading")).to_have_text(german.feedback_heading)
    expect(page.get_by_label(german.feedback_wrong_figure)).to_be_visible()
    expect(page.locator("#feedback-reason")).to_contain_text(german.feedback_reason)
    expect(page.locator("#feedback-store")).to_have_text(german.feedback_store)
    page.locator("#feedback-store").click()
    expect(page.get_by_role("button", name=german.feedback_withdraw)).to_be_visible()
    expect(page.locator("#current .judged")).to_contain_text(german.feedback_down)
    (stored,) = store.all()
    assert stored.verdict == "down"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_is_accessible(tab, scheme):
    page = tab.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("body.dark")).to_have_count(int(scheme == "dark"))
    ask(tab, "Who set up HIT?")
    page.locator(THUMB_DOWN).click()
    expect(page.locator("#feedback-reason")).to_be_visible()
    assert violations(page) == []
    page.locator("#feedback-store").click()
    expect(page.get_by_role("button", name=WORDS.feedback_withdraw)).to_be_visible()
    assert violations(page) == []


def test_on_a_phone_the_form_is_a_drawer(judged_site, open_tab_of):
    judged_site.gate.set()
    tab = open_tab_of(judged_site, 375, 720)
    page = tab.page
    ask(tab, "Who set up HIT?")
    page.locator(THUMB_DOWN).click()
    expect(page.locator("#feedback-heading")).to_be_in_viewport()
    page.locator("#feedback-cancel").scroll_into_view_if_needed()
    expect(page.locator("#feedback-cancel")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    for target in page.locator("#feedback :is(button, label:has(input))").all():
        assert target.bounding_box()["height"] >= 24
    page.locator("#feedback-cancel").click()
    expect(page.locator("#page.drawer-open")).to_have_count(0)
    expect(page.locator(THUMB_DOWN)).to_be_focused()


def test_hostile_text_is_shown_as_text_and_stored_as_it_is(tab, store):
    page = tab.page
    ask(tab, HOSTILE)
    page.locator(THUMB_DOWN).click()
    expect(page.locator("#feedback-preview")).to_contain_text("<script>window.ran=1</script>")
    page.get_by_label(WORDS.feedback_comment).fill(HOSTILE)
    page.locator("#feedback-store").click()
    expect(page.locator("#current .judged")).to_contain_text("Stored: Not helpful")
    assert page.evaluate("window.ran") is None
    assert page.locator("#feedback-preview :is(script, img, svg, style, iframe, form)").count() == 0
    (stored,) = store.all()
    assert stored.comment == HOSTILE
    json.dumps(stored.citations)


def test_without_a_store_there_is_nothing_to_judge_with(open_tab, site):
    site.gate.set()
    tab = open_tab()
    tab.ask("How much is invested?")
    expect(tab.page.locator("#current .mark:not(.idle)")).to_have_count(1)
    expect(tab.page.locator(".judged")).to_have_count(0)
    assert WORDS.feedback_ask not in tab.page.inner_text("body")
