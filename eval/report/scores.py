"""The table of scores: overall, by group, by language."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from eval.answers import Row, summary
from eval.metrics import Estimate
from eval.report.markup import Markup, Section, join, share, tag

LANGUAGE = "language "  # how the scores call the languages


_Cell = Callable[[dict[str, Any]], Markup]  # from the scores of `summary` to what a cell of the table shows


def headline(rows: Sequence[Row]) -> Section:
    """Return the table of scores."""
    scores = summary(list(rows))
    overall, *others = scores
    groups = [name for name in others if not name.startswith(LANGUAGE)]
    languages = [name for name in others if name.startswith(LANGUAGE)]
    columns = _columns()
    bodies = [
        tag(
            "tbody",
            tag("tr", tag("th", heading, scope="rowgroup", colspan=str(1 + len(columns)))),
            *(_scores_line(name.removeprefix(LANGUAGE), scores[name], columns.values()) for name in names),
        )
        for heading, names in (("Overall", [overall]), ("By group", groups), ("By language", languages))
    ]
    head = tag("tr", tag("th", "questions", scope="col", class_="first"), *(tag("th", n, scope="col") for n in columns))
    caption = tag(
        "caption",
        "Strictly right is an answer that says what it must and cites a right document, or a refusal where one was "
        "wanted; the interval is 95 %, bootstrap. Under a share stands of how many it is. Times are in "
        "milliseconds: the median, under it the 95th percentile.",
    )
    table = tag("table", caption, tag("thead", head), *bodies)
    # Reached with the keyboard, so that it can be scrolled where it is wider than the window.
    shown = tag("div", table, class_="wide", tabindex="0", role="region", aria_label="Scores")
    return Section("scores", "Scores", shown)


def _scores_line(name: str, scores: dict[str, Any], cells: Iterable[_Cell]) -> Markup:
    return tag("tr", tag("th", name, scope="row", class_="said"), *(tag("td", cell(scores)) for cell in cells))


def _columns() -> dict[str, _Cell]:
    return {
        "n": lambda scores: join([str(scores["strict_accuracy"].n)]),
        "strictly right": _interval,
        "refusals: precision": _part("abstention_precision"),
        "refusals: recall": _part("abstention_recall"),
        "wrongly answered": _part("wrongly_answered"),
        "wrongly refused": _part("wrongly_refused"),
        "citations that hit": _part("citation_precision"),
        "unsupported figures": lambda scores: join([str(scores["unsupported_figures"])]),
        "first evidence": _time("first_evidence"),
        "whole answer": _time("total"),
    }


def _interval(scores: dict[str, Any]) -> Markup:
    found: Estimate = scores["strict_accuracy"]
    return join([tag("strong", share(found.value)), " ", tag("small", f"[{share(found.low)}, {share(found.high)}]")])


def _part(key: str) -> _Cell:
    def cell(scores: dict[str, Any]) -> Markup:
        found: Estimate = scores[key]
        return join([share(found.value), " ", tag("small", f"of {found.n}")]) if found.n else join(["–"])

    return cell


def _time(key: str) -> _Cell:
    def cell(scores: dict[str, Any]) -> Markup:
        median, p95 = scores["timings_ms"][key]
        return join(["–"] if math.isnan(median) else [f"{median:,.0f}", " ", tag("small", f"{p95:,.0f}")])

    return cell
