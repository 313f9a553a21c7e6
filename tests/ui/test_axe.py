"""axe-core on every state of the page: nothing serious, nothing critical."""

import pytest
from playwright.sync_api import expect

from tests.ui.axe import violations

pytestmark = pytest.mark.browser
ANSWERED = "#current .mark:not(.idle)"
# Every language in both themes, every width in both themes; `tests.ui.journeys` tries all eighteen.
LOOKS = [
    ("en-GB", "light", 375),
    ("en-GB", "dark", 1440),
    ("it-IT", "light", 768),
    ("it-IT", "dark", 375),
    ("de-AT", "light", 1440),
    ("de-AT", "dark", 768),
]


@pytest.mark.parametrize(
    ("locale", "scheme", "width"), [LOOKS[0], *(pytest.param(*look, marks=pytest.mark.thorough) for look in LOOKS[1:])]
)
def test_every_state_of_the_page_is_accessible(open_tab, site, locale, scheme, width):
    tab = open_tab(width, 820, locale)
    tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(tab.page.locator("body.dark")).to_have_count(int(scheme == "dark"))
    page, found = tab.page, {}
    found["start"] = violations(page)
    tab.ask("   ")
    expect(page.locator("#message .message")).to_be_visible()
    found["message"] = violations(page)
    tab.ask("Who set up HIT?")
    expect(page.locator("#current .answer")).to_contain_text("HIT was set up by")
    found["answering"] = violations(page)
    site.gate.set()
    expect(page.locator(ANSWERED)).to_have_count(2)
    found["answered"] = violations(page)
    page.locator(ANSWERED).first.click()
    expect(page.locator("#sources .text mark")).to_be_in_viewport()
    found["source open"] = violations(page)
    page.locator("#sources .back").click()
    expect(page.locator("#sources .card")).to_have_count(2)
    found["sources"] = violations(page)
    page.keyboard.press("Escape")
    tab.ask("broken")
    expect(page.locator("#current .failure")).to_be_visible()
    found["error"] = violations(page)
    assert {state: lines for state, lines in found.items() if lines} == {}


def test_a_fault_is_found(open_tab):
    page = open_tab().page
    page.locator("#page .ai-notice").evaluate("notice => notice.style.color = '#ddd'")
    page.locator("#ask").evaluate("button => button.textContent = ''")
    assert sorted(line.partition(":")[0] for line in violations(page)) == ["button-name", "color-contrast"]
