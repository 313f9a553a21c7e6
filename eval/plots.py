"""Plots of the rows of a run, as SVG that stands inside a page.

Their colours are the page's own (CSS variables), so that one picture is legible in light, in dark and on paper.
"""

import html
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.answers import Row
from eval.metrics import Estimate, mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# What matplotlib draws in on the left stands in the page for what is on the right.
_INK, _LINE, _PAPER, _FIRST, _SECOND = (f"#01010{number}" for number in range(1, 6))
_VARIABLES = {_INK: "ink", _LINE: "line-strong", _PAPER: "paper", _FIRST: "accent", _SECOND: "second"}
_AIM: dict[str, Any] = {"color": _LINE, "linestyle": "--", "linewidth": 1}
_BINS = 10
_LABEL = 28  # characters of a name beside an axis


def accuracy(scores: Mapping[str, Estimate]) -> str:
    """Draw each score with its interval, in the order given; the first is the one to hold the others to."""
    names = list(scores)

    def draw(axes: "Axes") -> None:
        axes.axvline(scores[names[0]].value, **_AIM)
        for place, score in enumerate(scores.values()):
            axes.hlines(place, score.low, score.high, color=_FIRST, linewidth=2)
            axes.plot(score.value, place, "o", color=_FIRST)
            axes.annotate(_share(score.value), (score.value, place), (0, 6), textcoords="offset points", ha="center")
        axes.set_yticks(range(len(names)), [f"{_short(name)} ({scores[name].n})" for name in names])
        axes.set(xlim=(-0.03, 1.03), ylim=(len(names) - 0.5, -0.7), xlabel="strictly right")
        axes.grid(axis="x")

    told = ", ".join(f"{name} {_share(score.value)}" for name, score in scores.items())
    return _svg("accuracy", f"Strict accuracy by group: {told}", draw, height=1.1 + 0.42 * len(names))


def refusals(rows: Sequence[Row]) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """Return (recall, precision) of refusing at every threshold of the odds, and at ours, which is 0.

    A row that was never weighed keeps its outcome at every threshold. Precision of no refusals at all is NaN.
    """
    should = np.array([not is_answerable(row) for row in rows])
    odds = np.array([_odds_or_certain(row) for row in rows])

    def at(threshold: float) -> tuple[float, float]:
        refused = odds < threshold
        both = float((refused & should).sum())
        return both / float(should.sum()), both / float(refused.sum()) if refused.any() else math.nan

    curve = [at(float(threshold)) for threshold in np.unique([*odds, 0.0, math.inf])]
    return [point for point in curve if not math.isnan(point[1])], at(0.0)


def refusal_curve(rows: Sequence[Row]) -> str:
    """Draw precision over recall of refusing, with our threshold."""
    curve, (recall, precision) = refusals(rows)

    def draw(axes: "Axes") -> None:
        axes.axhline(1 - mean([is_answerable(row) for row in rows]).value, label="refusing everything", **_AIM)
        axes.plot(*zip(*curve, strict=True), color=_FIRST, label="by the odds")
        if not math.isnan(precision):
            axes.plot(recall, precision, "D", color=_SECOND, label="our threshold")
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.05), xlabel="recall of refusals", ylabel="precision of refusals")
        axes.grid()
        axes.legend()

    told = f"our threshold has precision {_share(precision)} at recall {_share(recall)}"
    return _svg("refusals", f"Precision over recall of refusals: {told}", draw)


def reliability(rows: Sequence[Row]) -> list[tuple[float, Estimate]]:
    """Return, for each tenth of the predicted probability that has rows, its mean and the share really answerable."""
    weighed = [row for row in rows if odds_of(row) is not None]
    predicted = np.array([_probability(row) for row in weighed])
    answerable = np.array([is_answerable(row) for row in weighed], dtype=float)
    places = np.minimum((predicted * _BINS).astype(int), _BINS - 1)
    return [
        (float(predicted[places == place].mean()), mean(answerable[places == place].tolist()))
        for place in np.unique(places)
    ]


def reliability_curve(rows: Sequence[Row]) -> str:
    """Draw what the odds say against what was so."""
    points = reliability(rows)

    def draw(axes: "Axes") -> None:
        axes.plot((0, 1), (0, 1), **_AIM)
        axes.plot([x for x, _ in points], [share.value for _, share in points], "-o", color=_FIRST)
        for x, share in points:
            axes.vlines(x, share.low, share.high, color=_FIRST, linewidth=1)
            axes.text((int(min(x * _BINS, _BINS - 1)) + 0.5) / _BINS, 1.1, str(share.n), ha="center", va="center")
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.05, 1.17), xlabel="probability from the odds", ylabel="really answerable")
        axes.grid()

    told = ", ".join(f"{_share(x)} said, {_share(share.value)} so ({share.n})" for x, share in points)
    return _svg("reliability", f"Reliability of the odds: {told}", draw)


def latency(timings: Mapping[str, Sequence[float]]) -> str:
    """Draw the share of answers that were there after so many milliseconds, one curve a timing."""

    def draw(axes: "Axes") -> None:
        from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

        for share in (0.5, 0.95):
            axes.axhline(share, **_AIM)
        for (name, values), color, line in zip(timings.items(), (_FIRST, _SECOND), ("-", "-."), strict=False):
            axes.ecdf(values, color=color, linestyle=line, label=name)
        every = [value for values in timings.values() for value in values]
        axes.set(xscale="log", xlim=(min(every) / 2, max(every) * 2), ylim=(0, 1.04), xlabel="milliseconds")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_yticks((0, 0.25, 0.5, 0.75, 0.95))
        axes.set_ylabel("share of answers")
        axes.legend(loc="lower right")

    return _svg("latency", "Distribution of latency: " + " and ".join(timings), draw)


def lost(counts: Mapping[str, int]) -> str:
    """Draw how many wrong answers each stage lost."""
    names = list(counts)

    def draw(axes: "Axes") -> None:
        from matplotlib.ticker import MaxNLocator

        bars = axes.barh(range(len(names)), list(counts.values()), height=0.6, color=_FIRST)
        axes.bar_label(bars, padding=4)
        axes.set_yticks(range(len(names)), [_short(name) for name in names])
        axes.set(xlim=(0, 1.15 * max(1, *counts.values())), ylim=(len(names) - 0.5, -0.5), xlabel="wrong answers")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    return _svg("lost", f"Wrong answers by the stage that lost them: {told}", draw, height=1.1 + 0.36 * len(names))


def is_answerable(row: Row) -> bool:
    """Whether an answer was wanted."""
    return row.behaviour not in ("abstain", "refuse")


def odds_of(row: Row) -> float | None:
    """Return the log-odds beyond the threshold, None where nothing was weighed."""
    odds: float | None = row.answer.get("odds")
    return odds


def _odds_or_certain(row: Row) -> float:
    odds = odds_of(row)
    return odds if odds is not None else -math.inf if row.abstained else math.inf


def _probability(row: Row) -> float:
    return 0.5 * (1 + math.tanh((odds_of(row) or 0.0) / 2))  # the logistic function, and no overflow


def _share(value: float) -> str:
    return f"{value:.2f}"


def _short(name: str) -> str:
    return name if len(name) <= _LABEL else name[: _LABEL - 1] + "…"


def _svg(name: str, described: str, draw: Callable[["Axes"], None], height: float = 3.2) -> str:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    inks = ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor")
    lines = ("axes.edgecolor", "xtick.color", "ytick.color", "grid.color")
    style: dict[Any, Any] = {
        **dict.fromkeys(inks, _INK),
        **dict.fromkeys(lines, _LINE),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.linewidth": 0.4,
        "legend.facecolor": _PAPER,
        "legend.edgecolor": "none",
        "font.size": 9,
        "svg.fonttype": "none",
        "svg.hashsalt": name,  # the same rows give the same bytes
        "text.parse_math": False,  # names come from a file: a dollar is a dollar
    }
    drawn = io.StringIO()
    with mpl.rc_context(style):
        figure = Figure(figsize=(4.8, height), layout="constrained", facecolor="none")
        axes = figure.subplots()
        axes.set_facecolor("none")
        draw(axes)
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(drawn, format="svg", metadata=nothing)
    return _for_a_page(drawn.getvalue(), name, described)


def _for_a_page(svg: str, name: str, described: str) -> str:
    """Free a picture of what belongs to a file of its own, and keep its ids apart from those of its neighbours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|href="#)', rf"\g<1>{name}-", svg).replace("url(#", f"url(#{name}-")
    for color, variable in _VARIABLES.items():
        svg = svg.replace(color, f"var(--{variable})")
    return svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(described)}"', 1)
