"""One page about a run of `answers`: what was asked, the scores, plots of them, every failure, and what another run did
better or worse. The page is a single file that opens offline; the same rows give the same bytes.
"""

import html
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from corpus.errors import UsageError
from eval import plots
from eval.answers import Row, summary
from eval.metrics import Estimate, mean
from eval.plots import is_answerable, odds_of
from eval.run import ROWS, RUN, SCORES, read_described, read_rows

_TEMPLATE = Path(__file__).with_name("report.html")
_LANGUAGE = "language "  # how `summary` calls the languages
_WANTED = {
    "answer": "An answer.",
    "answer-corrected": "An answer that corrects what the question takes for granted.",
    "abstain": "To say that the documents do not answer.",
    "refuse": "A refusal.",
}
_STAGES = {
    "routing": "The question was turned away before anything was looked for.",
    "retrieval": "No passage of a right document was found.",
    "evidence": "A right document was found, but no quote from it holds what the answer must say.",
    "judgement": "The quotes were taken to answer what should have been refused, or not to answer what they do.",
    "composition": "A quote held what the answer must say; the answer does not, or does not cite a right document.",
}
_UNKNOWN = "unknown stage"
_TIMED = {"first_evidence": "first evidence", "total": "whole answer"}
# Headings of the table, each with its columns and how a column reads in the scores of `summary`.
_Cell = Callable[[dict[str, Any]], "Markup"]


class Markup(str):
    """Text that is HTML already. All other text becomes HTML by `tag`, which escapes it."""


def tag(name: str, *inside: str, **attributes: str) -> Markup:
    """Return an element; an attribute's name may end in `_` where Python has the word for itself."""
    given = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{given}>{join(inside)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Return parts one after the other, text among them escaped."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in parts))


def write_report(run: Path, file: Path, against: Path | None = None) -> None:
    """Write the report on the run in a folder, held `against` another run if there is one.

    UsageError when a folder holds no run of `answers`, or the two have no question in common.
    """
    described, rows = _read(run)
    body = [_about(run, described, rows), _headline(rows), _plots(rows)]
    if against is not None:
        before, old = _read(against)
        body.append(_comparison(Comparison.of(rows, old), _differing(described, before), against))
    body.append(_failures([row for row in rows if not row.right]))
    title = f"Evaluation of answers: {Path(described.get('set', run)).name}"
    page = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=html.escape(title), contents=_contents(body), body="\n".join(body)
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, encoding="utf-8", errors="replace")  # JSON can hold half a character, a file cannot


def _read(run: Path) -> tuple[dict[str, Any], list[Row]]:
    try:
        rows = list(read_rows(run))
    except TypeError:  # rows of another command, or of an older form
        raise UsageError(f"{run / ROWS} does not hold rows of `python -m eval answers` as they are now.") from None
    if not rows:
        raise UsageError(f"{run} holds no answers yet: `python -m eval answers --set CASES --out {run}` goes on.")
    if not (run / RUN).is_file():
        raise UsageError(f"{run} does not say what was asked: {RUN} is missing.")
    return read_described(run), rows


def _contents(sections: Sequence[str]) -> Markup:
    found = [match for section in sections for match in re.findall(r'<h2 id="([\w-]+)">([^<]+)</h2>', section)]
    items = [tag("li", tag("a", Markup(heading), href=f"#{name}")) for name, heading in found]
    return tag("nav", tag("ul", *items), aria_label="On this page")


def _section(name: str, heading: str, *inside: str) -> Markup:
    return tag("section", tag("h2", heading, id=name), *inside)


# What was run


def _about(run: Path, described: dict[str, Any], rows: Sequence[Row]) -> Markup:
    asked = f"{len(rows)} questions of {len({row.case for row in rows})} cases"
    finished = "" if (run / SCORES).exists() else "; the run is not finished"
    days = sorted({day for row in rows for quote in _quotes(row) if (day := quote.get("as_of"))})
    facts = {
        "asked": asked + finished,
        "quotes are as of": f"{days[0]} to {days[-1]}" if days else "–",
        **{name: "–" if value is None else str(value) for name, value in described.items()},
    }
    lines = [tag("tr", tag("th", name, scope="row"), tag("td", value, class_="said")) for name, value in facts.items()]
    return _section("run", "What was run", tag("table", tag("tbody", *lines), class_="settings"))


def _quotes(row: Row) -> list[dict[str, Any]]:
    return [*row.evidence, *row.answer["citations"]]


# The scores


def _headline(rows: Sequence[Row]) -> Markup:
    scores = summary(list(rows))
    overall, *others = scores
    groups = [name for name in others if not name.startswith(_LANGUAGE)]
    languages = [name for name in others if name.startswith(_LANGUAGE)]
    blocks = (("Overall", [overall]), ("By group", groups), ("By language", languages))
    bodies = [
        tag(
            "tbody",
            tag("tr", tag("th", heading, scope="rowgroup", colspan=str(1 + len(_COLUMNS)))),
            *(_scores_line(name.removeprefix(_LANGUAGE), scores[name]) for name in names),
        )
        for heading, names in blocks
    ]
    heads = [tag("th", name, scope="col") for name, _ in _COLUMNS]
    table = tag("table", _SCORES_CAPTION, tag("thead", tag("tr", tag("th", "", scope="col"), *heads)), *bodies)
    return _section(
        "scores", "Scores", tag("div", table, class_="wide", tabindex="0", role="region", aria_label="Scores")
    )


_SCORES_CAPTION = tag(
    "caption",
    "Strictly right: an answer says what it must and cites a right document; a refusal was wanted. Intervals are 95 % "
    "bootstrap. Below a share stands of how many it is. Times are median and 95th percentile in milliseconds.",
)


def _scores_line(name: str, scores: dict[str, Any]) -> Markup:
    return tag("tr", tag("th", name, scope="row", class_="said"), *(tag("td", cell(scores)) for _, cell in _COLUMNS))


def _interval(scores: dict[str, Any]) -> Markup:
    found: Estimate = scores["strict_accuracy"]
    return join([tag("strong", _share(found.value)), tag("small", f"[{_share(found.low)}, {_share(found.high)}]")])


def _part(key: str) -> _Cell:
    def cell(scores: dict[str, Any]) -> Markup:
        found: Estimate = scores[key]
        return join([_share(found.value), tag("small", f"of {found.n}")]) if found.n else Markup("–")

    return cell


def _time(key: str) -> _Cell:
    def cell(scores: dict[str, Any]) -> Markup:
        median, p95 = scores["timings_ms"][key]
        return Markup("–") if math.isnan(median) else join([f"{median:,.0f}", tag("small", f"{p95:,.0f}")])

    return cell


_COLUMNS: Sequence[tuple[str, _Cell]] = (
    ("n", lambda scores: join([str(scores["strict_accuracy"].n)])),
    ("strictly right", _interval),
    ("refusals: precision", _part("abstention_precision")),
    ("refusals: recall", _part("abstention_recall")),
    ("wrongly answered", _part("wrongly_answered")),
    ("wrongly refused", _part("wrongly_refused")),
    ("citations that hit", _part("citation_precision")),
    ("unsupported figures", lambda scores: join([str(scores["unsupported_figures"])])),
    ("first evidence, ms", _time("first_evidence")),
    ("whole answer, ms", _time("total")),
)


def _share(value: float) -> str:
    """Return a share or a difference as the README writes them: .736, −.012."""
    if math.isnan(value):
        return "–"
    return f"{value:.3f}".replace("-", "−").replace("0.", ".", 1)


# Plots


def _plots(rows: Sequence[Row]) -> Markup:
    figures = (_accuracy(rows), _refusals(rows), _reliability(rows), _latency(rows), _lost(rows))
    return _section("plots", "Plots", tag("div", *figures, class_="plots"))


def _figure(heading: str, svg: str, caption: str) -> Markup:
    return tag("figure", tag("h3", heading), Markup(svg), tag("figcaption", caption))


def _accuracy(rows: Sequence[Row]) -> Markup:
    scores = {n: found["strict_accuracy"] for n, found in summary(list(rows)).items() if not n.startswith(_LANGUAGE)}
    caption = "Share strictly right with its 95 % interval; in brackets the number of questions; dashed: all of them."
    return _figure("Accuracy by group", plots.accuracy(scores), caption)


def _refusals(rows: Sequence[Row]) -> Markup:
    heading = "Refusals: precision and recall"
    if all(odds_of(row) is None for row in rows) or all(map(is_answerable, rows)):
        return _figure(heading, "", "No curve: no question was weighed, or none was to be refused.")
    _, (recall, precision) = plots.refusals(rows)
    return _figure(
        heading,
        plots.refusal_curve(rows),
        f"What other thresholds of the odds would give. At ours, 0, precision is {_share(precision)} and recall "
        f"{_share(recall)}. Questions that were decided before anything was weighed "
        f"({sum(odds_of(row) is None for row in rows)} of {len(rows)}) keep their outcome at every threshold.",
    )


def _reliability(rows: Sequence[Row]) -> Markup:
    heading = "Reliability of the odds"
    weighed = sum(odds_of(row) is not None for row in rows)
    if not weighed:
        return _figure(heading, "", "No curve: no question was weighed.")
    return _figure(
        heading,
        plots.reliability_curve(rows),
        f"The {weighed} weighed questions in tenths of the probability 1/(1+exp(−odds)): its mean against the share that "
        "really has an answer in the documents, with 95 % interval and number. The odds are relative to the threshold of "
        "the judgement, not to even chances: .5 is where the assistant begins to answer. The threshold is set to refuse few "
        "questions that have an answer, and the weights come from as many of both kinds, so points beside the dashed "
        "line are no fault in themselves; a curve that does not rise would be.",
    )


def _latency(rows: Sequence[Row]) -> Markup:
    timed = {name: [row.answer["timings_ms"][key] for row in rows] for key, name in _TIMED.items()}
    timed = {name: [value for value in values if value] for name, values in timed.items()}
    timed = {name: values for name, values in timed.items() if values}
    if not timed:
        return _figure("Latency", "", "No answer was timed.")
    caption = "Share of answers that were there after so many milliseconds (logarithmic); dashed: a half and 95 %."
    return _figure("Latency", plots.latency(timed), caption)


def _lost(rows: Sequence[Row]) -> Markup:
    counts = {stage: len(found) for stage, found in _by_stage(rows).items()}
    caption = f"{sum(counts.values())} of {len(rows)} were wrong. The stage is the first after which no right answer could be had."
    return _figure("What each stage lost", plots.lost(counts), caption)


def _by_stage(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return wrong rows by the stage that lost them, in the order of the stages, every stage of ours among them."""
    wrong = [row for row in rows if not row.right]
    names = dict.fromkeys([*_STAGES, *(_stage(row) for row in wrong)])
    return {name: [row for row in wrong if _stage(row) == name] for name in names}


def _stage(row: Row) -> str:
    return row.lost or _UNKNOWN
