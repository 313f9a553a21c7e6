"""Measure the served page as a user has it: how long until it answers, until evidence, answer and passages show, how
much memory it takes.

Starts `app.py` as its own process and asks in Chromium. Linux only: memory is read from /proc.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from corpus.errors import ProjectError
from eval.metrics import median_and_p95

QUESTIONS = (
    "Who founded HIT?",
    "Chi gestisce il Polo Meccatronica?",
    "Wie viele Unternehmen zählt die Mechatronik im Trentino?",
    "What is the machinery of ProM worth?",
    "How much is invested in research each year?",
)
_PORT = 7861
_START_SECONDS = 120
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


def measure_page(browser_path: str | None, rounds: int, report: Callable[[str], None]) -> dict[str, Any]:
    """Return seconds to start, milliseconds (median, p95), and peak memory in MB.

    The milliseconds are those from a question to its evidence and to its answer, and from a click on a mark to the
    highlighted passage.
    """
    started = time.monotonic()
    with _served() as (process, url):
        ready = time.monotonic() - started
        report(f"the page answers after {ready:.1f} s")
        evidence, answers, passages = _ask_all(browser_path, url, rounds, report)
        return {
            "start_s": round(ready, 1),
            "evidence_ms": median_and_p95(evidence),
            "answer_ms": median_and_p95(answers),
            "passage_ms": median_and_p95(passages),
            "peak_memory_mb": _peak_memory(process.pid),
        }


@contextmanager
def _served() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    url = f"http://127.0.0.1:{_PORT}/"
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(_PORT)], cwd=Path(__file__).parent.parent)
    try:
        _wait_for(url, process)
        yield process, url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise ProjectError("The page did not start. Run `make chat` to see why.")


def _ask_all(
    browser_path: str | None, url: str, rounds: int, report: Callable[[str], None]
) -> tuple[list[float], list[float], list[float]]:
    from playwright.sync_api import sync_playwright

    evidence, answers, passages = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for number in range(rounds):
            for question in QUESTIONS:
                page = browser.new_page(locale="en-GB")
                page.goto(url)
                page.locator("#question textarea").fill(question)
                asked = time.monotonic()
                page.keyboard.press("Enter")
                page.locator("#sources blockquote").first.wait_for(timeout=_ANSWER_MILLISECONDS)
                evidence.append(1000 * (time.monotonic() - asked))
                page.locator("#current .origin").wait_for(timeout=_ANSWER_MILLISECONDS)
                answers.append(1000 * (time.monotonic() - asked))
                passages += page.evaluate(_OPEN_SOURCES)
                page.close()
            report(f"asked round {number + 1} of {rounds}")
        browser.close()
    return evidence, answers, passages


def _peak_memory(pid: int) -> int:
    """Return the largest resident size of a process so far, in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0
