"""Every wrong answer, under the stage that lost it, beside its evidence."""

from collections.abc import Iterator, Sequence

from eval.answers import Row
from eval.report.markup import Markup, Section, join, tag
from eval.report.turns import STAGES, folded_summary, name_of, outcome, place_of, quote_item, stage_of, verdict_of

_WANTED = {
    "answer": "An answer.",
    "answer-corrected": "An answer that corrects what the question takes for granted.",
    "abstain": "To say that the documents do not answer.",
    "refuse": "A refusal.",
}


def by_stage(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the wrong rows by the stage that lost them; all stages are there, in their order."""
    wrong = [row for row in rows if not row.right]
    stages = dict.fromkeys([*STAGES, *map(stage_of, wrong)])
    return {stage: [row for row in wrong if stage_of(row) == stage] for stage in stages}


def failures(rows: Sequence[Row]) -> Section:
    """Return the wrong answers by stage, with an index to them."""
    stages = {stage: found for stage, found in by_stage(rows).items() if found}
    if not stages:
        return Section("failures", "Failures", tag("p", "There are none."))
    index = [_index_entry(stage, found) for stage, found in stages.items()]
    lists = [part for stage, found in stages.items() for part in _stage_failures(stage, found)]
    nav = tag("nav", tag("ul", *index, class_="index"), aria_label="Failures by stage")
    return Section("failures", "Failures", join([nav, *lists]))


def _index_entry(stage: str, rows: Sequence[Row]) -> Markup:
    links = [tag("li", tag("a", name_of(row), href=f"#lost-{stage}-{number}")) for number, row in enumerate(rows, 1)]
    cases = tag("details", tag("summary", "cases"), tag("ul", *links, class_="said"))
    return tag("li", tag("a", f"{stage} ({len(rows)})", href=f"#lost-{stage}"), cases)


def _stage_failures(stage: str, rows: Sequence[Row]) -> Iterator[Markup]:
    yield tag("h3", f"Lost in {stage} ({len(rows)})", id=f"lost-{stage}")
    yield tag("p", STAGES.get(stage, "No stage is named."), class_="soft")
    for number, row in enumerate(rows, 1):
        yield _failure(f"lost-{stage}-{number}", row)


def _failure(name: str, row: Row) -> Markup:
    cited = {place_of(quote) for quote in row.answer["citations"]}
    quotes = [quote_item(quote, place_of(quote) in cited) for quote in row.evidence]
    wanted = [tag("p", text, class_="said") for text in _wanted(row)]
    sides = [
        tag("div", tag("h4", "Wanted"), *wanted, *outcome("Answered", row)),
        tag("div", tag("h4", "Evidence"), tag("ol", *quotes) if quotes else tag("p", "No quotes.")),
    ]
    # The name stands inside what is folded away, so that a link to it unfolds it.
    return tag("details", folded_summary(row, verdict_of(row)), tag("div", *sides, class_="sides", id=name))


def _wanted(row: Row) -> Iterator[str]:
    yield _WANTED.get(row.behaviour, row.behaviour)
    if row.reference:
        yield row.reference
    if row.must_include:
        yield f"It must say: {'; '.join(entry.replace('|', ' or ') for entry in row.must_include)}"
