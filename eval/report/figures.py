"""The plots of a run, each with what it shows."""

from collections.abc import Sequence

from eval import plots
from eval.answers import Row, summary
from eval.plots import is_answerable, odds_of
from eval.report.failures import by_stage
from eval.report.markup import Markup, Section, share, tag
from eval.report.scores import LANGUAGE

_TIMED = {"first_evidence": "first evidence", "total": "whole answer"}


def plotted(rows: Sequence[Row]) -> Section:
    """Return all plots of a run."""
    figures = (_accuracy(rows), _refusals(rows), _reliability(rows), _latency(rows), _lost(rows))
    return Section("plots", "Plots", tag("div", *figures, class_="plots"))


def _figure(heading: str, svg: str, caption: str) -> Markup:
    return tag("figure", tag("h3", heading), Markup(svg), tag("figcaption", caption))


def _accuracy(rows: Sequence[Row]) -> Markup:
    scores = {n: found["strict_accuracy"] for n, found in summary(list(rows)).items() if not n.startswith(LANGUAGE)}
    caption = "Share strictly right with its 95 % interval; in brackets the number of questions; dashed: all of them."
    return _figure("Accuracy by group", plots.accuracy(scores), caption)


def _refusals(rows: Sequence[Row]) -> Markup:
    heading = "Refusals: precision and recall"
    weighed = sum(odds_of(row) is not None for row in rows)
    if not weighed or all(map(is_answerable, rows)):
        return _figure(heading, "", "No curve: no question was weighed, or none was to be refused.")
    _, (recall, precision) = plots.refusals(rows)
    caption = (
        f"What refusing by the odds alone gives, at every threshold. At ours, 0, precision is {share(precision)} and "
        f"recall {share(recall)}. The {len(rows) - weighed} of {len(rows)} questions that were decided without being "
        "weighed keep their outcome at every threshold."
    )
    return _figure(heading, plots.refusal_curve(rows), caption)


def _reliability(rows: Sequence[Row]) -> Markup:
    heading = "Reliability of the odds"
    weighed = sum(odds_of(row) is not None for row in rows)
    if not weighed:
        return _figure(heading, "", "No curve: no question was weighed.")
    caption = (
        f"The {weighed} weighed questions by tenths of the probability 1/(1+exp(−odds)): its mean against the share "
        "that the documents really answer, with 95 % interval; on top their number. The odds are relative to the "
        "threshold of the judgement, not to even chances: at .5 the assistant begins to answer. That threshold was "
        "chosen to refuse few questions that have an answer, and both kinds weighed alike in the fit, so a distance "
        "from the dashed line is no fault in itself; a curve that does not rise would be."
    )
    return _figure(heading, plots.reliability_curve(rows), caption)


def _latency(rows: Sequence[Row]) -> Markup:
    timings = {name: [row.answer["timings_ms"][key] for row in rows] for key, name in _TIMED.items()}
    timed = {name: there for name, values in timings.items() if (there := [value for value in values if value])}
    if not timed:
        return _figure("Latency", "", "No answer was timed.")
    caption = "Share of answers that were there after so many milliseconds (logarithmic); dashed: a half and 95 %."
    return _figure("Latency", plots.latency(timed), caption)


def _lost(rows: Sequence[Row]) -> Markup:
    counts = {stage: len(found) for stage, found in by_stage(rows).items()}
    caption = (
        f"{sum(counts.values())} of {len(rows)} are wrong. A stage lost those that no later one could have made right."
    )
    return _figure("What each stage lost", plots.lost(counts), caption)
