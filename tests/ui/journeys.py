"""Ten journeys through the page with the real engine, in every language, width and theme; a picture of each.

python -m tests.ui.journeys OUT_DIR [--port PORT]

What axe-core finds, and whatever is wider than the screen, is printed; then the exit status is 1.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from eval.served import served
from tests.browser import FLAGS, installed
from tests.ui.axe import violations
from ui.texts import INTERFACE_LANGUAGES, texts

WIDTHS = {375: 720, 768: 1024, 1440: 900}
FOLLOW_UP = {
    "en": "And how many companies are there?",
    "it": "E quante aziende ci sono?",
    "de": "Und wie viele Unternehmen gibt es dort?",
}
UNANSWERED = {
    "en": "What does a tram ticket in Melbourne cost?",
    "it": "Quanto costa un biglietto del tram a Melbourne?",
    "de": "Was kostet eine Straßenbahnfahrt in Melbourne?",
}
SEARCH = {"en": "apprenticeship", "it": "apprendistato", "de": "Lehre"}


class Journeys:
    """One reader's way through the page, in the order of the methods named in `ALL`."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language, self.words = page, language, texts(language)

    def _ask(self, question: str) -> None:
        self.page.locator("#question textarea").fill(question)
        self.page.locator("#question textarea").press("Enter")
        expect(self.page.locator("#current .question")).to_contain_text(question)
        expect(self.page.locator("#current .tools")).to_be_visible()

    def _press(self, selector: str) -> Locator:
        """Press what may lie under the drawer of a phone, once that is closed."""
        self.page.keyboard.press("Escape")
        found = self.page.locator(selector).first
        found.click()
        return found

    def start(self) -> None:
        expect(self.page.locator(".ai-notice")).to_have_text(self.words.ai_notice)

    def example(self) -> None:
        self.page.get_by_role("button", name=self.words.examples[3]).click()
        expect(self.page.locator("#current .tools")).to_be_visible()

    def source(self) -> None:
        self._press("#current .answer .mark:not(.idle)")
        expect(self.page.locator("#sources .text mark").first).to_be_in_viewport()

    def follow_up(self) -> None:
        self.page.keyboard.press("Escape")
        self._ask(FOLLOW_UP[self.language])
        expect(self.page.locator("#past .exchange")).to_have_count(1)

    def unanswered(self) -> None:
        self._ask(UNANSWERED[self.language])

    def documents(self) -> None:
        self._press("#masthead [data-send='documents']")
        expect(self.page.locator("#sources [data-send^='document:']").first).to_be_visible()

    def search(self) -> None:
        self.page.locator("#search-text").fill(SEARCH[self.language])
        self.page.locator("#search-text").press("Enter")
        expect(self.page.locator("#sources .results")).to_be_visible()

    def judgement(self) -> None:
        self._press("#log [data-send^='judge:'][data-send$='.down']")
        expect(self.page.locator("#feedback .stored")).to_be_visible()

    def another_language(self) -> None:
        other = next(code for code in INTERFACE_LANGUAGES if code != self.language)
        self._press(f"[data-send='language:{other}']")
        expect(self.page.locator("html")).to_have_attribute("lang", other)

    def conversations(self) -> None:
        self._press("#masthead [popovertarget='conversations']")
        expect(self.page.locator("#conversations")).to_be_visible()


ALL: tuple[Callable[[Journeys], None], ...] = (
    Journeys.start,
    Journeys.example,
    Journeys.source,
    Journeys.follow_up,
    Journeys.unanswered,
    Journeys.documents,
    Journeys.search,
    Journeys.judgement,
    Journeys.another_language,
    Journeys.conversations,
)


def travel(browser: Browser, url: str, out: Path, language: str, width: int, scheme: str) -> list[str]:
    """Go all journeys in one look; keep a picture of each and return what is wrong."""
    look = {"viewport": {"width": width, "height": WIDTHS[width]}, "locale": language, "color_scheme": scheme}
    page = browser.new_page(**look, reduced_motion="reduce")
    page.goto(url)
    journeys, wrong = Journeys(page, language), []
    for number, journey in enumerate(ALL, 1):
        name = f"{number:02}-{journey.__name__}.{language}.{width}.{scheme}"
        journey(journeys)
        page.screenshot(path=out / f"{name}.png")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [f"{name}: {line}" for line in (*violations(page), *([f"{wide} px too wide"] if wide > 0 else ()))]
    page.close()
    return wrong


def main() -> int:
    """Return 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.journeys", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--port", type=int, default=7861)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wrong = []
    expect.set_options(timeout=60_000)
    settings = {"ASSISTANT_MODEL": "none", "ASSISTANT_COMPOSER": "extractive"}
    with served(settings, options.port) as (_, url), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        for look in product(INTERFACE_LANGUAGES, WIDTHS, ("light", "dark")):
            found = travel(browser, url, options.out, *look)
            sys.stderr.write("\n".join([f"{' '.join(map(str, look))}: {len(found)} wrong", *found, ""]))
            wrong += found
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
