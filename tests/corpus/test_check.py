"""What is wrong with a document is found, wherever it is planted; what is right is left alone."""

import json
import random
import re
from datetime import date
from pathlib import Path

import pytest

from corpus.__main__ import main
from corpus.check import check_corpus, check_page
from corpus.facts import Fact, facts_beside, read_facts
from corpus.figures import FIGURE
from corpus.language import LANGUAGES
from corpus.load import DOCUMENTS
from corpus.marks import MARK
from corpus.statements import Page, read_page
from tests.corpus.small import write_small

TODAY = date(2026, 11, 23)


@pytest.fixture
def folder(tmp_path):
    return write_small(tmp_path)


def _errors(folder: Path) -> list[str]:
    return [f"{found.place}: {found.text}" for found in check_corpus(folder, TODAY).errors]


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_corpus_in_order_has_no_errors(folder):
    report = check_corpus(folder, TODAY)
    assert report.errors == []
    assert report.documents == {"en": 2, "it": 2, "de": 1}
    assert (report.facts_used, report.traced) == (3, 8)


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("en/hub.md", "1,214", "1,241", "1241 not in hub.firms"),
        ("it/hub.md", "1.214", "1.241", "1241 not in hub.firms"),
        ("de/hub.md", "1.214", "1.241", "1241 not in hub.firms"),
        ("it/hub.md", "maggio", "giugno", "6 not in hub.firms"),
        ("de/hub.md", "Im Mai 2025", "Im November 2025", "only in one of"),
        ("it/tax.md", "2,68%", "26,8%", "26.8 not in tax.rate"),
        ("it/tax.md", "due anni", "tre anni", "3 not in tax.rate"),
        ("it/tax.md", "per due anni", "per alcuni anni", "2 only in one of"),
        ("en/hub.md", "firms.\n\n## Firms\n", "firms since 1999.\n\n## Firms\n", "a figure without a mark"),
        ("en/hub.md", "1,214 firms.[^hub.firms]", "1,214 firms.", "a figure without a mark"),
        ("de/hub.md", "[^hub.old]", "[^hub.firms]", "not in hub.firms"),
        ("de/hub.md", "[^hub.old]", "[^hub.nothing]", "not in facts.jsonl"),
        ("de/hub.md", "Firmen.[^hub.old]", "Firmen. [^hub.old]", "does not stand right behind"),
        ("it/tax.md", "di norma ", "", "general knowledge"),
        ("en/hub.md", "## Firms\n", "## Firms in 1999\n", "1999 not in its facts"),
        ("en/hub.md", "title: A title", "title: 77 firms", "title: 77 not in its facts"),
        ("it/hub.md", "summary: A summary.", "summary: Nel 2018.", "other figures in"),
        ("en/hub.md", "- hub.old", "- hub.older", "facts is not what its marks say"),
        ("en/hub.md", "as_of: 2025-05", "as_of: 2025-06", "as_of is not what its marks say"),
        ("en/hub.md", "The hub is for", "See [here](example.org). The hub is for", "'example.org' is not a web"),
        ("en/hub.md", "id: hub", "id: hubs", "not named after its id"),
        ("it/hub.md", "language: it", "language: de", "language is de"),
        ("it/hub.md", "translation_of: hub", "translation_of: club", "which is no document"),
        ("it/hub.md", "(storico, 2018)", "2018", "historic in one language only"),
        ("it/hub.md", "(storico, 2018)", "(storico, 2014)", "other figures in"),
        ("it/hub.md", "review_by: 2027-02-28", "review_by: 2027-02-30", "review_by"),
        ("it/hub.md", "status: current", "status: open", "status"),
        ("it/hub.md", "\n## Imprese (storico, 2018)\n", "", "sections"),
        ("../facts.jsonl", '"hub.old", ', '"hub.old", "omitted": "old", ', "it is omitted"),
    ],
)
def test_each_planted_mistake_is_found(folder, file, old, new, named):
    _edit(folder / file, old, new)
    assert any(named in error for error in _errors(folder)), _errors(folder)


def test_a_fact_that_no_document_tells_needs_a_reason(folder):
    facts = folder.parent / "facts.jsonl"
    extra = json.loads(facts.read_text(encoding="utf-8").splitlines()[0]) | {"id": "hub.extra"}
    facts.write_text(facts.read_text(encoding="utf-8") + json.dumps(extra) + "\n", encoding="utf-8")
    assert any("hub.extra: no document tells" in error for error in _errors(folder))
    facts.write_text(facts.read_text(encoding="utf-8").replace('"hub.extra"', '"hub.extra", "omitted": "doubtful"'))
    assert _errors(folder) == []


def test_the_calendar_counts_the_days(folder):
    dues = {(due.what, due.day): due for due in check_corpus(folder, TODAY).calendar}
    assert dues["tax.rate", "2026-12-31"].days == 38
    assert dues["en/hub", "2027-02-28"].days == 97
    assert ("hub.old", "2018-12-31") not in dues  # told as history only
    assert check_corpus(folder, date(2027, 1, 10)).calendar[0].days == -10


def test_a_month_ends_with_its_last_day(folder):
    _edit(folder / "en/hub.md", "review_by: 2027-02-28", "review_by: 2026-11")
    assert check_corpus(folder, TODAY).calendar[0].days == 7


def test_refresh_writes_what_follows_and_keeps_the_rest(folder):
    file = folder / "en" / "hub.md"
    before = file.read_text(encoding="utf-8")
    assert "# What an operator notes is kept.\n" in before
    assert before.count("\nas_of: ") == 1
    _edit(file, "[^hub.old]", "[^hub.firms]")
    assert main(["refresh", str(folder)]) == 0
    assert "An old page" not in file.read_text(encoding="utf-8")
    assert "# What an operator notes is kept.\n" in file.read_text(encoding="utf-8")


def test_the_command_prints_json_and_fails_on_an_error(folder, capsys):
    assert main(["check", "--json", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["errors"] == []
    _edit(folder / "de/hub.md", "29", "30")
    assert main(["check", str(folder)]) == 1
    assert re.search(r"error +de/hub.md: 30 not in hub.old", capsys.readouterr().out)


def test_the_documents_of_the_project_are_in_order():
    report = check_corpus(DOCUMENTS, TODAY)
    assert [f"{found.place}: {found.text}" for found in report.errors] == []
    assert report.documents == {"en": 41, "it": 41, "de": 41}
    assert report.facts_used >= 575


@pytest.fixture(scope="module")
def pages():
    return {page.key: page for page in map(read_page, sorted(DOCUMENTS.rglob("*.md"))) if page}


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_a_wrong_figure_in_any_document_is_found(language, pages, tmp_path):
    """One digit of one figure is changed, in a sentence drawn for each document."""
    facts, draw = read_facts(facts_beside(DOCUMENTS)), random.Random(language)
    planted = {key: _misprinted(pages[key], tmp_path, draw) for key in pages if key.startswith(language)}
    missed = [key for key, page in planted.items() if page and not _is_found(page, pages | {key: page}, facts)]
    assert len(planted) - list(planted.values()).count(None) > 20
    assert missed == []


def _misprinted(page: Page, folder: Path, draw: random.Random) -> Page | None:
    head, _, marked = page.path.read_text(encoding="utf-8").partition("\n---\n")
    without_marks = MARK.sub(lambda mark: " " * len(mark[0]), marked)
    figures = list(FIGURE.finditer(without_marks))
    if not figures:
        return None
    drawn = draw.choice(figures)
    wrong = drawn[0][:-1] + str((int(drawn[0][-1]) + draw.randrange(1, 10)) % 10)
    file = folder / page.path.name
    file.write_text(f"{head}\n---\n{marked[: drawn.start()]}{wrong}{marked[drawn.end() :]}", encoding="utf-8")
    return read_page(file)


def _is_found(page: Page, pages: dict[str, Page], facts: dict[str, Fact]) -> bool:
    versions = [pages[f"{code}/{page.front.id}"] for code in LANGUAGES if f"{code}/{page.front.id}" in pages]
    return any(list(check_page(version, pages, facts)) for version in versions)
