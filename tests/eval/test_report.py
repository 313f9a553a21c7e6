import html
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Answer, Citation, Status, Timings
from corpus.errors import UsageError
from eval.__main__ import main
from eval.answers import Row, judge, summary
from eval.cases import Case
from eval.plots import refusals, reliability
from eval.report import write_report
from eval.report.comparison import compare, mcnemar
from eval.run import Run
from tests.assistant.fakes import HUB

FIRMS = "It hosts 30 companies on 12.000 square metres."
HOSTILE = "</p><script>alert(1)</script><img src=x onerror='alert(2)'>\"&amp; $x_1$ #010101 \u202e"
CASE = Case(
    id="c1",
    group="main",
    lang="en",
    question="How many?",
    facts=["hub.firms"],
    reference="30 firms.",
    must_include=["30|thirty"],
)
NONE = Answer(Status.NOT_IN_CORPUS, "The documents do not say.", "en", "q", timings_ms=Timings(5, 20, 30, 40, 50))


def cite(quote: str = FIRMS) -> Citation:
    start = HUB.text.index(quote)
    place = (start, start + len(quote))
    return Citation(1, HUB.id, "en", HUB.title, "", quote, *place, HUB.as_of, None, "current", None)


@pytest.fixture
def asked(assistant):
    """Judge one more answer: to a case that is named, with the odds that are told."""

    def ask(name: str, text: str | None = "30 firms. [1]", odds: float | None = 1.0, **about: object) -> Row:
        case = CASE.model_copy(update={"id": name, **about})
        answer = NONE if text is None else replace(NONE, status=Status.ANSWERED, answer=text, citations=(cite(),))
        answer = replace(answer, odds=odds, question_used=case.question)
        return judge(case, 0, case.questions()[0], answer, assistant, [cite()])

    return ask


@pytest.fixture
def rows(asked):
    unanswerable = {"group": "unanswerable", "behaviour": "abstain", "must_include": [], "facts": []}
    return [
        asked("right"),
        asked("refused", None, -0.5, lang="it"),
        asked("vague", "Some firms. [1]", 2.0),
        asked("known", None, -2.0, **unanswerable),
        asked("near", odds=0.25, question="How many in Bozen?", **unanswerable),
        asked("greeting", None, None, **unanswerable),
    ]


def keep(folder: Path, rows: list[Row], described: dict | None = None) -> Path:
    run = Run(folder, {"set": "eval/cases/own.jsonl", "composer": "auto"} | (described or {}))
    run.append(rows)
    run.close(summary(rows))
    return folder


def text_of(markup: str) -> str:
    """Return what a reader sees, one space between words."""
    without = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without)).split())


def report(run: Path, against: Path | None = None) -> str:
    file = run / "report.html"
    write_report(run, file, against)
    return file.read_text(encoding="utf-8")


class Page(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_a_report_tells_what_was_run_then_scores_plots_and_failures(tmp_path, rows):
    markup = report(keep(tmp_path, rows))

    headings = re.findall(r"<h2>(.*?)</h2>", markup)
    assert headings == ["What was run", "Scores", "Plots", "Failures"]
    seen = text_of(markup)
    assert "asked 6 questions in 6 cases quotes as of 2025-11 to 2025-11 set eval/cases/own.jsonl" in seen
    assert "Evaluation of answers: own.jsonl" in seen


def test_the_table_holds_the_scores_overall_by_group_and_by_language(tmp_path, rows):
    seen = text_of(report(keep(tmp_path, rows)))

    # n, strictly right, precision and recall of refusals, wrongly answered, wrongly refused, citations, figures, times
    line = r"all 6 \.500 \[\.\d{3}, \.\d{3}\] \.667 of 3 \.667 of 3 \.333 of 3 \.333 of 3 1\.000 of 2 0 30 30 50 50"
    assert re.search(f"Overall {line} By group main 3", seen)
    assert re.search(r"unanswerable 3 \.667 \[.*?\] 1\.000 of 2 \.667 of 3 \.333 of 3 – – 0", seen)
    assert re.search(r"By language en 5 \.600 .* it 1 \.000 \[\.000, \.000\]", seen)


def test_a_run_that_was_not_finished_says_so(tmp_path, rows):
    Run(tmp_path, {"set": "own.jsonl"}).append(rows)
    assert "6 questions in 6 cases so far; the run is not finished" in text_of(report(tmp_path))


def test_every_failure_stands_under_its_stage_with_what_tells_why(tmp_path, rows):
    lost = [replace(rows[2], lost="composition"), replace(rows[1], lost="retrieval")]
    markup = report(keep(tmp_path, [rows[0], *lost, rows[4], replace(rows[0], case="odd", right=False)]))

    failures = text_of(markup[markup.index("<h2>Failures") :])
    stages = re.findall(r"Lost in (\w+) \((\d)\)", failures)
    assert stages == [("retrieval", "1"), ("judgement", "1"), ("composition", "1"), ("unknown", "1")]
    assert failures.startswith("Failures retrieval (1) cases refused.0 judgement (1) cases near.0")
    evidence = f"Evidence {FIRMS} [1] hub (en), as of 2025-11"
    near = (
        "near.0 How many in Bozen? wrongly answered Wanted To say that the documents do not answer. 30 firms. "
        "Answered 30 firms. [1] wrongly answered, lost in judgement; status answered; odds +0.250; 50 ms "
    )
    assert f"{near}{evidence}, cited Lost in" in failures
    refused = (
        "refused.0 How many? wrongly refused Wanted An answer. 30 firms. It must say: 30 or thirty "
        "Answered The documents do not say. "
        "wrongly refused, lost in retrieval; status not_in_corpus; odds −0.500; 50 ms; "
        "answered in another language (en) "
    )
    assert f"{refused}{evidence} Lost in" in failures
    vague = "vague.0 How many? answered, not right Wanted An answer. 30 firms. It must say: 30 or thirty "
    assert f"{vague}Answered Some firms. [1]" in failures


def test_a_failure_tells_what_else_is_wrong_with_it(tmp_path, asked):
    row = replace(asked("vague", "Some. [1]"), unsupported=["31", "32"], verbatim=False)
    assert "unsupported figures: 31, 32; a quote is not verbatim" in text_of(report(keep(tmp_path, [row])))


def test_a_question_that_was_searched_in_other_words_shows_them(tmp_path, asked):
    row = asked("vague", "Some. [1]")
    row = replace(row, answer={**row.answer, "question_used": "How many? (Hub)"})
    assert "Searched for How many? (Hub)" in text_of(report(keep(tmp_path, [row])))


def test_nothing_wrong_is_told_in_a_word(tmp_path, asked):
    markup = report(keep(tmp_path, [asked("right")]))
    assert "Failures There are none." in text_of(markup)


def test_without_odds_refusals_or_times_there_is_no_curve_but_a_reason(tmp_path, asked):
    row = asked("right", odds=None)
    row = replace(row, answer={**row.answer, "timings_ms": dict.fromkeys(row.answer["timings_ms"], 0.0)})

    markup = report(keep(tmp_path, [row]))

    seen = text_of(markup)
    assert "No curve: no question was weighed, or none was to be refused." in seen
    assert "No curve: no question was weighed. Latency No answer was timed." in seen
    assert len(Page(markup).all("svg")) == 2
    assert re.search(r"0 – – By group", seen)


def test_the_point_at_our_threshold_is_told_and_drawn(tmp_path, rows):
    markup = report(keep(tmp_path, rows))
    seen = text_of(markup)
    assert "At ours, 0, precision is .667 and recall .667. The 1 of 6 questions that were decided" in seen
    assert "our threshold" in seen
    assert "The odds are relative to the threshold of the judgement, not to even chances" in seen


def test_refusals_at_every_threshold_as_counted_by_hand(rows):
    curve, ours = refusals(rows)

    # The greeting is always refused, then by the odds: known, refused (wrongly), near, right, vague.
    assert ours == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    precisions = [1 / 1, 2 / 2, 2 / 3, 2 / 3, 3 / 4, 3 / 5, 3 / 6]
    recalls = [1 / 3, 2 / 3, 2 / 3, 2 / 3, 1, 1, 1]
    assert np.allclose(curve, list(zip(recalls, precisions, strict=True)))


def test_what_is_answered_without_being_weighed_is_refused_at_no_threshold(asked):
    rows = [asked("sure", odds=None), asked("known", None, -1.0, behaviour="abstain")]
    assert refusals(rows) == ([(1.0, 1.0), (1.0, 1.0)], (1.0, 1.0))


def test_odds_are_held_to_what_was_so_in_tenths(asked):
    abstain = {"behaviour": "abstain"}
    far = [asked("a", odds=800.0), asked("b", odds=-800.0), asked("c", odds=None)]
    rows = [*far, asked("d", odds=0.01), asked("e", odds=0.03, **abstain), asked("f", odds=0.02)]

    points = reliability(rows)

    assert [x for x, _ in points] == [0.0, pytest.approx(0.505, abs=1e-4), 1.0]
    assert [(share.value, share.n) for _, share in points] == [(1.0, 1), (pytest.approx(2 / 3), 3), (1.0, 1)]


def test_hostile_text_stays_text_wherever_it_stands(tmp_path, asked):
    row = asked("x", HOSTILE + " [1]", lang="en")
    quote = {**row.evidence[0], **dict.fromkeys(("document", "quote", "language", "as_of"), HOSTILE)}
    answer = {**row.answer, **dict.fromkeys(("answer", "question_used", "language", "status"), HOSTILE)}
    names = dict.fromkeys(("case", "group", "lang", "question", "behaviour", "lost"), HOSTILE)
    wrong = {"right": False, "unsupported": [HOSTILE], "language_matches": False}
    row = replace(row, **names, **wrong, evidence=[quote], answer=answer)
    then = replace(row, right=True, answer={**answer, "answer": f"then {HOSTILE}"})
    run = keep(tmp_path / "now", [row, asked("right")], {"set": HOSTILE, HOSTILE: HOSTILE})
    before = keep(tmp_path / "before", [then], {HOSTILE: "other"})

    markup = report(run, before)

    page = Page(markup)
    assert not page.all("script") + page.all("img")
    assert not [key for _, attributes in page.found for key in attributes if key.startswith("on")]
    assert text_of(markup).count(" ".join(HOSTILE.split())) >= 12


def test_half_a_character_does_not_stop_a_report(tmp_path, asked):
    run = keep(tmp_path, [asked("right")])
    row = replace(asked("half"), right=False, question="half \ud83d")
    with (run / "rows.jsonl").open("a") as file:
        file.write(json.dumps(vars(row)) + "\n")
    assert "half.0 half ?" in text_of(report(run))


def test_the_page_needs_nothing_but_itself_and_can_be_read_without_seeing_it(tmp_path, rows):
    markup = report(keep(tmp_path, rows))

    page = Page(markup)
    assert not page.all("script") + page.all("link") + page.all("img")
    assert all(link["href"].startswith("#") for link in page.all("a"))
    assert "default-src 'none'" in markup
    assert page.all("html") == [{"lang": "en"}]
    assert all(cell.get("scope") in ("col", "row", "rowgroup") for cell in page.all("th"))
    plots = page.all("svg")
    assert len(plots) == 5
    assert all(plot["role"] == "img" and plot["aria-label"] for plot in plots)
    named = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(named) == len(set(named))
    assert {link["href"][1:] for link in page.all("a")} <= set(named)


def test_plots_take_their_colours_from_the_page(tmp_path, rows):
    markup = report(keep(tmp_path, rows))
    drawn = "".join(re.findall(r"<svg.*?</svg>", markup, re.DOTALL))
    assert "var(--ink)" in drawn
    assert not re.findall(r"(?:fill|stroke): #", drawn)


def test_the_same_rows_give_the_same_bytes(tmp_path, rows):
    old = [replace(rows[0], right=False, lost="evidence"), *rows[1:]]
    run, before = keep(tmp_path / "run", rows), keep(tmp_path / "before", old)
    assert report(run, before) == report(run, before)


def test_a_comparison_counts_and_lists_what_got_better_and_worse(tmp_path, asked):
    def outcomes(right: str) -> list[Row]:
        return [asked(f"q{n}", "30 [1]" if r == "1" else None, question=f"Ask {n}?") for n, r in enumerate(right)]

    before = [*outcomes("00000011"), asked("gone")]
    now = [*outcomes("11111101"), asked("new"), asked("newer")]
    one = keep(tmp_path / "now", now, {"composer": "model"})

    seen = text_of(report(one, keep(tmp_path / "before", before, {"composer": "extractive"})))

    assert "8 questions are common to both runs: 6 got better, 1 got worse." in seen
    assert "Not common: 2 only in this run, 1 only in the other." in seen
    # McNemar: 2 * (C(7,0) + C(7,1)) / 2**7
    assert re.search(r"went from \.250 to \.875, a difference of \.625 \[\.\d{3}, 1\.000\] \(95 %, paired", seen)
    assert "McNemar’s exact test: p = 0.125." in seen
    assert "right now wrong now right before 1 1 wrong before 6 0" in seen
    assert "setting before now composer extractive model" in seen
    assert "Got worse (1) q6.0 Ask 6? wrongly refused Before 30 [1] right; status answered" in seen
    assert "Got better (6) q0.0 Ask 0? wrongly refused Before The documents do not say." in seen
    assert seen.index("Got better") < seen.index("Failures retrieval")


def test_the_same_settings_are_told(tmp_path, rows):
    run = keep(tmp_path / "run", rows)
    seen = text_of(report(run, Path(shutil.copytree(run, tmp_path / "copy"))))
    assert "0 got better, 0 got worse" in seen
    assert "p = 1." in seen
    assert "Both runs were made with the same settings." in seen


def test_a_question_that_was_changed_is_not_the_same(asked):
    same, old = asked("same"), asked("changed", question="How many firms?")
    found = compare([same, old], [same, replace(old, question="How many hubs?")])
    assert [(old.case, new.case) for old, new in found.pairs] == [("same", "same")]
    assert (found.only_before, found.only_now) == (1, 1)


def test_turns_of_a_conversation_are_told_apart(asked):
    rows = [replace(asked("talk"), turn=turn, right=turn == 0) for turn in range(2)]
    found = compare(rows, [replace(row, right=True) for row in reversed(rows)])
    assert [(old.turn, new.turn) for old, new in found.pairs] == [(1, 1), (0, 0)]
    assert [new.turn for _, new in found.which(before=False, now=True)] == [1]


def test_the_interval_of_a_difference_comes_from_pairs(asked):
    """A run that is the same to the last question differs by nothing, however unsure both scores are."""
    rows = [asked("a"), asked("b", None), asked("c"), asked("d", None)]
    same = compare(rows, rows).difference
    assert (same.value, same.low, same.high, same.n) == (0, 0, 0, 4)
    flipped = compare(rows, [replace(row, right=not row.right) for row in rows]).difference
    assert flipped.low < flipped.value == 0 < flipped.high


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [
        (0, 0, 1.0),
        (1, 1, 1.0),
        (5, 0, 2 / 32),
        (0, 5, 2 / 32),
        (8, 2, 2 * (1 + 10 + 45) / 1024),
        (1200, 800, pytest.approx(3.2e-19, rel=0.1)),
    ],
)
def test_mcnemar_is_exact(better, worse, p):
    assert mcnemar(better, worse) == p


def test_runs_without_a_common_question_cannot_be_compared(tmp_path, asked):
    one, other = keep(tmp_path / "one", [asked("a")]), keep(tmp_path / "other", [asked("b")])
    with pytest.raises(UsageError, match="no question in common"):
        write_report(one, tmp_path / "report.html", other)


def test_what_is_no_run_of_answers_is_refused(tmp_path, asked):
    folder = tmp_path / "retrieval"
    with pytest.raises(UsageError, match="holds no run"):
        write_report(folder, tmp_path / "report.html")
    folder.mkdir()
    (folder / "rows.jsonl").write_text("")
    with pytest.raises(UsageError, match="no answers yet"):
        write_report(folder, tmp_path / "report.html")
    (folder / "rows.jsonl").write_text('{"case": "q1", "rank": 1}\n')
    with pytest.raises(UsageError, match="does not hold rows"):
        write_report(folder, tmp_path / "report.html")
    run = keep(tmp_path / "run", [asked("a")])
    (run / "run.json").unlink()
    with pytest.raises(UsageError, match="does not say what was asked"):
        write_report(run, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_the_command_writes_the_page_beside_the_run_or_where_it_is_told(tmp_path, rows, capsys):
    run = keep(tmp_path / "run", rows)
    assert main(["report", str(run)]) == 0
    assert capsys.readouterr().out == f"{run / 'report.html'}\n"
    elsewhere = tmp_path / "reports" / "one.html"
    assert main(["report", str(run), "--against", str(run), "--to", str(elsewhere)]) == 0
    assert "Compared with another run" in elsewhere.read_text(encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 2
