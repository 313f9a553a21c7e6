"""One page about a run of `answers`: what was asked, the scores, plots of them, what another run did better or worse,
and every failure. The page is a single file that opens offline; the same rows give the same bytes.
"""

import html
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
_LANGUAGE = "language "  # how the scores call the languages
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
    "judgement": "The quotes were taken to answer what was to be refused, or not to answer what they do.",
    "composition": "A quote held what the answer must say; the answer does not, or cites no right document.",
}
_UNKNOWN = "unknown"
_TIMED = {"first_evidence": "first evidence", "total": "whole answer"}


class Markup(str):
    """Text that is HTML already. All other text becomes HTML through `tag` and `join`, which escape it."""


def tag(name: str, *inside: str, **attributes: str) -> Markup:
    """Return an element. An attribute that Python has another use for ends in `_`; other `_` stand for `-`."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(text)}"' for key, text in attributes.items())
    return Markup(f"<{name}{given}>{join(inside)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Return parts one after the other, the text among them escaped."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in parts))


@dataclass(frozen=True)
class Section:
    """A part of the page under its heading."""

    id: str
    heading: str
    inside: Markup


def write_report(run: Path, file: Path, against: Path | None = None) -> None:
    """Write the report on the run in a folder, compared with the run in `against` if there is one.

    UsageError when a folder holds no run of `answers`, or the two have no question in common.
    """
    described, rows = _read(run)
    sections = [_about(run, described, rows), _headline(rows), _plots(rows)]
    if against is not None:
        described_before, before = _read(against)
        sections.append(_comparison(compare(before, rows), described_before, described))
    sections.append(_failures(rows))
    title = f"Evaluation of answers: {Path(described.get('set', run)).name}"
    page = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=join([title]), contents=_contents(sections), body="\n".join(map(_markup, sections))
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


def _contents(sections: Sequence[Section]) -> Markup:
    links = [tag("li", tag("a", section.heading, href=f"#{section.id}")) for section in sections]
    return tag("nav", tag("ul", *links), aria_label="On this page")


def _markup(section: Section) -> Markup:
    return tag("section", tag("h2", section.heading), section.inside, id=section.id)


# What was run


def _about(run: Path, described: Mapping[str, Any], rows: Sequence[Row]) -> Section:
    asked = f"{len(rows)} questions in {len({row.case for row in rows})} cases"
    days = sorted({quote["as_of"] for row in rows for quote in _quotes(row) if quote["as_of"]})
    facts = {
        "asked": asked if (run / SCORES).exists() else f"{asked} so far; the run is not finished",
        "quotes as of": f"{days[0]} to {days[-1]}" if days else "–",
        **{name: _setting(value) for name, value in described.items()},
    }
    lines = [tag("tr", tag("th", name, scope="row"), tag("td", text, class_="said")) for name, text in facts.items()]
    return Section("run", "What was run", tag("table", tag("tbody", *lines), class_="settings"))


def _setting(value: Any) -> str:
    return "–" if value is None else str(value)


def _quotes(row: Row) -> list[dict[str, Any]]:
    return [*row.evidence, *row.answer["citations"]]


# The scores

_Cell = Callable[[dict[str, Any]], Markup]  # from the scores of `summary` to what a cell of the table shows


def _headline(rows: Sequence[Row]) -> Section:
    scores = summary(list(rows))
    overall, *others = scores
    groups = [name for name in others if not name.startswith(_LANGUAGE)]
    languages = [name for name in others if name.startswith(_LANGUAGE)]
    columns = _columns()
    bodies = [
        tag(
            "tbody",
            tag("tr", tag("th", heading, scope="rowgroup", colspan=str(1 + len(columns)))),
            *(_scores_line(name.removeprefix(_LANGUAGE), scores[name], columns.values()) for name in names),
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
    return join([tag("strong", _share(found.value)), " ", tag("small", f"[{_share(found.low)}, {_share(found.high)}]")])


def _part(key: str) -> _Cell:
    def cell(scores: dict[str, Any]) -> Markup:
        found: Estimate = scores[key]
        return join([_share(found.value), " ", tag("small", f"of {found.n}")]) if found.n else join(["–"])

    return cell


def _time(key: str) -> _Cell:
    def cell(scores: dict[str, Any]) -> Markup:
        median, p95 = scores["timings_ms"][key]
        return join(["–"] if math.isnan(median) else [f"{median:,.0f}", " ", tag("small", f"{p95:,.0f}")])

    return cell


def _share(value: float) -> str:
    """Return a share or a difference of shares as the README writes them: .736, −.012."""
    return "–" if math.isnan(value) else f"{value:.3f}".replace("-", "−").replace("0.", ".", 1)


# Plots


def _plots(rows: Sequence[Row]) -> Section:
    figures = (_accuracy(rows), _refusals(rows), _reliability(rows), _latency(rows), _lost(rows))
    return Section("plots", "Plots", tag("div", *figures, class_="plots"))


def _figure(heading: str, svg: str, caption: str) -> Markup:
    return tag("figure", tag("h3", heading), Markup(svg), tag("figcaption", caption))


def _accuracy(rows: Sequence[Row]) -> Markup:
    scores = {n: found["strict_accuracy"] for n, found in summary(list(rows)).items() if not n.startswith(_LANGUAGE)}
    caption = "Share strictly right with its 95 % interval; in brackets the number of questions; dashed: all of them."
    return _figure("Accuracy by group", plots.accuracy(scores), caption)


def _refusals(rows: Sequence[Row]) -> Markup:
    heading = "Refusals: precision and recall"
    weighed = sum(odds_of(row) is not None for row in rows)
    if not weighed or all(map(is_answerable, rows)):
        return _figure(heading, "", "No curve: no question was weighed, or none was to be refused.")
    _, (recall, precision) = plots.refusals(rows)
    caption = (
        f"What refusing by the odds alone gives, at every threshold. At ours, 0, precision is {_share(precision)} and "
        f"recall {_share(recall)}. The {len(rows) - weighed} of {len(rows)} questions that were decided without being "
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
    counts = {stage: len(found) for stage, found in _by_stage(rows).items()}
    caption = (
        f"{sum(counts.values())} of {len(rows)} are wrong. A stage lost those that no later one could have made right."
    )
    return _figure("What each stage lost", plots.lost(counts), caption)


# Another run


@dataclass(frozen=True)
class Comparison:
    """The questions that two runs have in common, as (before, now), and how many only one of them has."""

    pairs: Sequence[tuple[Row, Row]]
    only_before: int
    only_now: int

    def which(self, *, before: bool, now: bool) -> list[tuple[Row, Row]]:
        """The pairs that were right or wrong before and are right or wrong now."""
        return [(old, new) for old, new in self.pairs if (old.right, new.right) == (before, now)]

    @property
    def difference(self) -> Estimate:
        """How much strict accuracy rose; the interval is that of a seeded bootstrap over the pairs."""
        return mean([float(new.right) - float(old.right) for old, new in self.pairs])


def compare(before: Sequence[Row], now: Sequence[Row]) -> Comparison:
    """Match the rows of two runs by case and turn; what asks or wants something else now is not the same question.

    UsageError when they have no question in common.
    """
    old, new = ({(row.case, row.turn, row.question, row.behaviour): row for row in rows} for rows in (before, now))
    pairs = [(old[key], row) for key, row in new.items() if key in old]
    if not pairs:
        raise UsageError("The two runs have no question in common: compare runs over the same cases.")
    return Comparison(pairs, len(old) - len(pairs), len(new) - len(pairs))


def mcnemar(better: int, worse: int) -> float:
    """Return the exact two-sided p-value of McNemar's test: how likely so uneven a split is if it were all chance."""
    changed = better + worse
    tail = sum(math.comb(changed, count) for count in range(min(better, worse) + 1))
    both_tails: float = 2 * tail / 2**changed
    return min(1.0, both_tails)


def _comparison(found: Comparison, described_before: Mapping[str, Any], described: Mapping[str, Any]) -> Section:
    better, worse = found.which(before=False, now=True), found.which(before=True, now=False)
    right_before, right_now = (mean([row.right for row in rows]).value for rows in zip(*found.pairs, strict=True))
    rise = found.difference
    told = (
        f"{len(found.pairs)} questions are common to both runs: {len(better)} got better, {len(worse)} got worse. "
        f"Not common: {found.only_now} only in this run, {found.only_before} only in the other."
    )
    tested = (
        f"Strict accuracy on the common questions went from {_share(right_before)} to {_share(right_now)}, a "
        f"difference of {_share(rise.value)} [{_share(rise.low)}, {_share(rise.high)}] (95 %, paired bootstrap). "
        f"McNemar’s exact test: p = {mcnemar(len(better), len(worse)):.3g}."
    )
    tables = (_outcomes(found), _differing(described_before, described))
    lists = (*_changed("Got worse", worse), *_changed("Got better", better))
    inside = join([tag("p", told), tag("p", tested), tag("div", *tables, class_="tables"), *lists])
    return Section("comparison", "Compared with another run", inside)


def _outcomes(found: Comparison) -> Markup:
    named = {True: "right", False: "wrong"}
    head = [tag("th", f"{word} now", scope="col") for word in named.values()]
    lines = [
        tag(
            "tr",
            tag("th", f"{word} before", scope="row"),
            *(tag("td", str(len(found.which(before=before, now=now)))) for now in named),
        )
        for before, word in named.items()
    ]
    caption = tag("caption", "Common questions, in the other run (before) and in this one (now)")
    return tag("table", caption, tag("thead", tag("tr", tag("td"), *head)), tag("tbody", *lines))


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Markup:
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    if not names:
        return tag("p", "Both runs were made with the same settings.")
    head = [tag("th", name, scope="col", class_="first") for name in ("setting", "before", "now")]
    lines = [
        tag("tr", tag("th", name, scope="row"), *(tag("td", _setting(run.get(name))) for run in (before, now)))
        for name in names
    ]
    caption = tag("caption", "Settings that differ")
    return tag("table", caption, tag("thead", tag("tr", *head)), tag("tbody", *lines), class_="settings")


def _changed(heading: str, pairs: Sequence[tuple[Row, Row]]) -> Iterator[Markup]:
    yield tag("h3", f"{heading} ({len(pairs)})")
    for old, new in pairs:
        sides = [tag("div", *_outcome(when, row)) for when, row in (("Before", old), ("Now", new))]
        yield tag("details", _summary(new, _verdict(old if new.right else new)), tag("div", *sides, class_="sides"))


# Failures


def _by_stage(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the wrong rows by the stage that lost them; all stages are there, in their order."""
    wrong = [row for row in rows if not row.right]
    stages = dict.fromkeys([*_STAGES, *map(_stage, wrong)])
    return {stage: [row for row in wrong if _stage(row) == stage] for stage in stages}


def _stage(row: Row) -> str:
    return row.lost if row.lost in _STAGES else _UNKNOWN


def _failures(rows: Sequence[Row]) -> Section:
    stages = {stage: found for stage, found in _by_stage(rows).items() if found}
    if not stages:
        return Section("failures", "Failures", tag("p", "There are none."))
    index = [_index_entry(stage, found) for stage, found in stages.items()]
    lists = [part for stage, found in stages.items() for part in _stage_failures(stage, found)]
    nav = tag("nav", tag("ul", *index, class_="index"), aria_label="Failures by stage")
    return Section("failures", "Failures", join([nav, *lists]))


def _index_entry(stage: str, rows: Sequence[Row]) -> Markup:
    links = [tag("li", tag("a", _name(row), href=f"#lost-{stage}-{number}")) for number, row in enumerate(rows, 1)]
    cases = tag("details", tag("summary", "cases"), tag("ul", *links, class_="said"))
    return tag("li", tag("a", f"{stage} ({len(rows)})", href=f"#lost-{stage}"), cases)


def _stage_failures(stage: str, rows: Sequence[Row]) -> Iterator[Markup]:
    yield tag("h3", f"Lost in {stage} ({len(rows)})", id=f"lost-{stage}")
    yield tag("p", _STAGES.get(stage, "No stage is named."), class_="soft")
    for number, row in enumerate(rows, 1):
        yield _failure(f"lost-{stage}-{number}", row)


def _failure(name: str, row: Row) -> Markup:
    cited = {_place(quote) for quote in row.answer["citations"]}
    quotes = [_quote(quote, _place(quote) in cited) for quote in row.evidence]
    wanted = tag("p", _WANTED.get(row.behaviour, row.behaviour), class_="said")
    sides = [
        tag("div", tag("h4", "Wanted"), wanted, *_outcome("Answered", row)),
        tag("div", tag("h4", "Evidence"), tag("ol", *quotes) if quotes else tag("p", "No quotes.")),
    ]
    # The name stands inside what is folded away, so that a link to it unfolds it.
    return tag("details", _summary(row, _verdict(row)), tag("div", *sides, class_="sides", id=name))


def _summary(row: Row, verdict: str) -> Markup:
    name = tag("span", _name(row), class_="name said")
    question = tag("span", row.question, class_="said", lang=row.lang)
    return tag("summary", name, " ", question, " ", tag("span", verdict, class_="verdict"))


def _name(row: Row) -> str:
    return f"{row.case}.{row.turn}"


def _verdict(row: Row) -> str:
    if row.right:
        return "right"
    if not is_answerable(row):
        return "wrongly answered"
    return "wrongly refused" if row.abstained else "answered, not right"


def _outcome(heading: str, row: Row) -> list[Markup]:
    """What was answered, under a heading, and what is known about how it came to be."""
    answer = row.answer
    parts = [tag("h4", heading), tag("p", answer["answer"], class_="said answer", lang=answer["language"])]
    if answer["question_used"] != row.question:
        parts += [tag("h4", "Searched for"), tag("p", answer["question_used"], class_="said")]
    return [*parts, tag("p", tag("small", "; ".join(_remarks(row)), class_="said"))]


def _remarks(row: Row) -> Iterator[str]:
    odds = odds_of(row)
    yield _verdict(row) if row.right else f"{_verdict(row)}, lost in {_stage(row)}"
    yield f"status {row.answer['status']}"
    yield "not weighed" if odds is None else f"odds {odds:+.3f}".replace("-", "−")
    yield f"{row.answer['timings_ms']['total']:,.0f} ms"
    if row.unsupported:
        yield f"unsupported figures: {', '.join(row.unsupported)}"
    if not row.verbatim:
        yield "a quote is not verbatim"
    if not row.language_matches:
        yield f"answered in another language ({row.answer['language']})"


def _place(quote: dict[str, Any]) -> tuple[str, str, int, int]:
    return quote["document"], quote["language"], quote["start"], quote["end"]


def _quote(quote: dict[str, Any], cited: bool) -> Markup:
    place = f"[{quote['n']}] {quote['document']} ({quote['language']}), as of {quote['as_of']}"
    words = tag("blockquote", " ".join(quote["quote"].split()), class_="said", lang=quote["language"])
    return tag("li", words, tag("small", f"{place}{', cited' if cited else ''}"), class_="cited" if cited else "shown")
