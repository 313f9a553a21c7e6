"""One page about a run of `answers`: what was asked, the scores, plots of them, what another run did better or worse,
and every failure. The page is a single file that opens offline; the same rows give the same bytes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from corpus.errors import UsageError
from eval.answers import Row
from eval.report.comparison import compare, comparison
from eval.report.failures import failures
from eval.report.figures import plotted
from eval.report.markup import Markup, Section, join, setting, tag
from eval.report.scores import headline
from eval.run import ROWS, RUN, SCORES, read_described, read_rows

_TEMPLATE = Path(__file__).with_name("report.html")


def write_report(run: Path, file: Path, against: Path | None = None) -> None:
    """Write the report on the run in a folder, compared with the run in `against` if there is one.

    UsageError when a folder holds no run of `answers`, or the two have no question in common.
    """
    described, rows = _read(run)
    sections = [_about(run, described, rows), headline(rows), plotted(rows)]
    if against is not None:
        described_before, before = _read(against)
        sections.append(comparison(compare(before, rows), described_before, described))
    sections.append(failures(rows))
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


def _about(run: Path, described: Mapping[str, Any], rows: Sequence[Row]) -> Section:
    asked = f"{len(rows)} questions in {len({row.case for row in rows})} cases"
    days = sorted({quote["as_of"] for row in rows for quote in _quotes(row) if quote["as_of"]})
    facts = {
        "asked": asked if (run / SCORES).exists() else f"{asked} so far; the run is not finished",
        "quotes as of": f"{days[0]} to {days[-1]}" if days else "–",
        **{name: setting(value) for name, value in described.items() if value not in (None, "")},
    }
    lines = [tag("tr", tag("th", name, scope="row"), tag("td", text, class_="said")) for name, text in facts.items()]
    return Section("run", "What was run", tag("table", tag("tbody", *lines), class_="settings"))


def _quotes(row: Row) -> list[dict[str, Any]]:
    return [*row.evidence, *row.answer["citations"]]
