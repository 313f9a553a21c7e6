"""Measure the served page as a user has it: how long until it answers, until evidence, answer and passages show, how
much memory it takes.

Asks in Chromium. Linux only: memory is read from /proc.
"""

import time
from collections.abc import Callable
from typing import Any

from eval.metrics import median_and_p95
from eval.served import memory, served

QUESTIONS = (
    "Who founded HIT?",
    "Chi gestisce il Polo Meccatronica?",
    "Wie viele Unternehmen zählt die Mechatronik im Trentino?",
    "What is the machinery of ProM worth?",
    "How much is invested in research each year?",
)
_ANSWER_MILLISECONDS = 60_000
# Click each mark of the answer; return the milliseconds until its quote is highlighted, drawn and in place.
_OPEN_SOURCES = """async () => {
  const times = [];
  for (const mark of document.querySelectorAll("#current .answer .mark:not(.idle)")) {
    const begun = performance.now();
    mark.click();
    const shown = () => document.querySelector(`#sources [data-shows="${mark.dataset.send}"] mark`);
    for (let frames = 0; !shown() && frames < 600; frames += 1) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - begun);
  }
  return times;
}"""


# Milliseconds until the largest part of the page was drawn, once nothing larger has come for a second.
_PAINTED = """() => new Promise(resolve => {
  let painted = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { painted = entry.startTime; }))
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => resolve(painted), 1000);
})"""


def measure_page(browser_path: str | None, rounds: int, report: Callable[[str], None]) -> dict[str, Any]:
    """Return seconds to start, milliseconds (median, p95), and peak memory in MB.

    The milliseconds are those from a question to its evidence and to its answer, and from a click on a mark to the
    highlighted passage, of a warm page: a round of questions before them is not counted; and from a visit, the first
    left out, to its largest paint.
    """
    started = time.monotonic()
    with served() as (pid, url):
        ready = time.monotonic() - started
        report(f"the page answers after {ready:.1f} s")
        evidence, answers, passages = _ask_all(browser_path, url, rounds, report)
        revisits = _visit_again(browser_path, url, rounds)
        return {
            "start_s": round(ready, 1),
            "evidence_ms": median_and_p95(evidence),
            "answer_ms": median_and_p95(answers),
            "passage_ms": median_and_p95(passages),
            "revisit_ms": median_and_p95(revisits),
            "peak_memory_mb": round(memory(pid, peak=True)),
        }


def _ask_all(
    browser_path: str | None, url: str, rounds: int, report: Callable[[str], None]
) -> tuple[list[float], list[float], list[float]]:
    from playwright.sync_api import sync_playwright

    evidence, answers, passages = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for number in range(rounds + 1):
            for question in QUESTIONS:
                seen, answered, opened = _ask(browser, url, question)
                if number:  # in the round before, the language model is still being loaded
                    evidence.append(seen)
                    answers.append(answered)
                    passages += opened
            report(f"asked round {number} of {rounds}" if number else "warm")
        browser.close()
    return evidence, answers, passages


def _ask(browser: Any, url: str, question: str) -> tuple[float, float, list[float]]:
    """Return the milliseconds until evidence shows, until the answer does, and from each mark to its passage."""
    page = browser.new_page(locale="en-GB")
    page.goto(url)
    page.locator("#question textarea").fill(question)
    asked = time.monotonic()
    page.keyboard.press("Enter")
    page.locator("#sources blockquote").first.wait_for(timeout=_ANSWER_MILLISECONDS)
    evidence = time.monotonic() - asked
    page.locator("#current .origin").wait_for(timeout=_ANSWER_MILLISECONDS)
    answer = time.monotonic() - asked
    passages: list[float] = page.evaluate(_OPEN_SOURCES)
    page.close()
    return 1000 * evidence, 1000 * answer, passages


def _visit_again(browser_path: str | None, url: str, visits: int) -> list[float]:
    """Return the milliseconds until the largest paint of each visit but the first, in one browser with its cache."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page, painted = browser.new_page(), []
        for _ in range(visits + 1):
            page.goto(url)
            painted.append(page.evaluate(_PAINTED))
        browser.close()
    return painted[1:]
