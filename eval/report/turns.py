"""One answered turn as a reader sees it."""

from collections.abc import Iterator
from typing import Any

from eval.answers import Row
from eval.plots import is_answerable, odds_of
from eval.report.markup import Markup, tag

STAGES = {
    "routing": "The question was turned away before anything was looked for.",
    "retrieval": "No passage of a right document was found.",
    "evidence": "A right document was found, but no quote from it holds what the answer must say.",
    "judgement": "The quotes were taken to answer what was to be refused, or not to answer what they do.",
    "composition": "A quote held what the answer must say; the answer does not, or cites no right document.",
}
_UNKNOWN = "unknown"


def stage_of(row: Row) -> str:
    """Return the stage that lost a wrong answer."""
    return row.lost if row.lost in STAGES else _UNKNOWN


def folded_summary(row: Row, verdict: str) -> Markup:
    """Return the line of a folded turn: its name, question and verdict."""
    name = tag("span", name_of(row), class_="name said")
    question = tag("span", row.question, class_="said", lang=row.lang)
    return tag("summary", name, " ", question, " ", tag("span", verdict, class_="verdict"))


def name_of(row: Row) -> str:
    """Return how a turn is called."""
    return f"{row.case}.{row.turn}"


def verdict_of(row: Row) -> str:
    """Return what became of a turn, in words."""
    if row.right:
        return "right"
    if not is_answerable(row):
        return "wrongly answered"
    return "wrongly refused" if row.abstained else "answered, not right"


def outcome(heading: str, row: Row) -> list[Markup]:
    """What was answered, under a heading, and what is known about how it came to be."""
    answer = row.answer
    parts = [tag("h4", heading), tag("p", answer["answer"], class_="said answer", lang=answer["language"])]
    if answer["question_used"] != row.question:
        parts += [tag("h4", "Searched for"), tag("p", answer["question_used"], class_="said")]
    return [*parts, tag("p", tag("small", "; ".join(_remarks(row)), class_="said"))]


def _remarks(row: Row) -> Iterator[str]:
    odds = odds_of(row)
    yield verdict_of(row) if row.right else f"{verdict_of(row)}, lost in {stage_of(row)}"
    yield f"status {row.answer['status']}"
    yield "not weighed" if odds is None else f"odds {odds:+.3f}".replace("-", "−")
    yield f"{row.answer['timings_ms']['total']:,.0f} ms"
    if row.unsupported:
        yield f"unsupported figures: {', '.join(row.unsupported)}"
    if not row.verbatim:
        yield "a quote is not verbatim"
    if not row.language_matches:
        yield f"answered in another language ({row.answer['language']})"


def place_of(quote: dict[str, Any]) -> tuple[str, str, int, int]:
    """Return where a quote stands."""
    return quote["document"], quote["language"], quote["start"], quote["end"]


def quote_item(quote: dict[str, Any], cited: bool) -> Markup:
    """Return a quote of the evidence, told apart when the answer cites it."""
    place = f"[{quote['n']}] {quote['document']} ({quote['language']}), as of {quote['as_of']}"
    words = tag("blockquote", " ".join(quote["quote"].split()), class_="said", lang=quote["language"])
    return tag("li", words, tag("small", f"{place}{', cited' if cited else ''}"), class_="cited" if cited else "shown")
