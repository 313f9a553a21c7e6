"""The result as a table in Markdown, and in words: where a peer is ahead of us, and what the figures rest on."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics import Estimate
from peers.judge import Scores, summed
from peers.run import Outcome

_NOTES = (
    "An interval is a 95 % bootstrap over {turns} questions. Right: everything the case asks for, and at least one "
    "source that answers; a question that nobody can answer is right when it is refused. Peers return what they "
    "retrieved or cited, we the quotes of the answer.",
    "A peer refuses when its words say so (English, Italian, German); an answer that has what it must is no refusal, "
    "whatever it adds. We have a status.",
    "Everybody: the same generator at temperature 0, 512 tokens an answer at most, the same text files; what was said "
    "before a follow-up is the reference answer. Seconds are until the last word, without starting and indexing.",
    "Our embedding model stands in where a peer's stock one is a service, or cannot be had: it makes the peer stronger "
    "in Italian and German.",
    "Memory is the peak of the system's own process and, after the +, of the models served to it; ours runs in one.",
)


@dataclass(frozen=True)
class _Column:
    """A column in which a higher, or a lower, figure is better."""

    title: str
    figure: str  # of `_figures`
    higher: bool
    digits: int


_COLUMNS = (
    _Column("strict accuracy", "accuracy", True, 3),
    _Column("refusal precision", "refusal_precision", True, 3),
    _Column("refusal recall", "refusal_recall", True, 3),
    _Column("refusal F1", "refusal_f1", True, 3),
    _Column("citation precision", "citation_precision", True, 3),
    _Column("median s", "median_s", False, 1),
    _Column("p95 s", "p95_s", False, 1),
)
_MEMORY = "memory, GB"


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the table of all systems, ours first, with what must be said beside it."""
    ours, *others = outcomes
    head = ["system", "version", "embedder", *(column.title for column in _COLUMNS), _MEMORY]
    lines = [head, ["---"] * len(head), *(_line(outcome) for outcome in outcomes if outcome.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    body = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    said = [
        f"{outcome.title} {outcome.version}: not measured, {outcome.trouble}" for outcome in outcomes if outcome.trouble
    ]
    said += [f"{outcome.title}: {n} answers failed." for outcome in outcomes if (n := _errors(outcome))]
    said += [f"{outcome.title}: {outcome.note}" for outcome in outcomes if outcome.note and outcome.rows]
    said += [ahead(ours, other) for other in others if ours.rows and other.rows]
    turns = max((len(outcome.rows) for outcome in outcomes), default=0)
    said += [note.format(turns=turns) for note in _NOTES]
    return "\n".join(body) + "\n\n" + "".join(f"- {sentence}\n" for sentence in said)


def ahead(ours: Outcome, other: Outcome) -> str:
    """Return a sentence that names every column in which a peer is ahead of us."""
    own, its = summed(ours.rows), summed(other.rows)
    better = [_difference(column, own, its) for column in _COLUMNS if _is_better(column, own, its)]
    if _total(other) < _total(ours):
        better.append(f"{_MEMORY} ({_gigabytes(_total(other))} against {_gigabytes(_total(ours))})")
    if not better:
        return f"{other.title} is ahead of us in no column."
    return f"**{other.title} is ahead of us in {', '.join(better)}.**"


def _is_better(column: _Column, own: Scores, its: Scores) -> bool:
    mine, theirs = _value(own, column.figure), _value(its, column.figure)
    return theirs > mine if column.higher else theirs < mine


def _difference(column: _Column, own: Scores, its: Scores) -> str:
    mine, theirs = (_number(_value(scores, column.figure), column.digits) for scores in (own, its))
    a, b = getattr(own, column.figure), getattr(its, column.figure)
    overlap = isinstance(a, Estimate) and isinstance(b, Estimate) and a.low <= b.high and b.low <= a.high
    return f"{column.title} ({theirs} against {mine}{', the intervals overlap' if overlap else ''})"


def _line(outcome: Outcome) -> list[str]:
    scores = summed(outcome.rows)
    figures = [_cell(getattr(scores, column.figure), column.digits) for column in _COLUMNS]
    memory = _gigabytes(outcome.own_bytes) + (f" + {_gigabytes(outcome.served_bytes)}" if outcome.served_bytes else "")
    return [outcome.title, outcome.version, outcome.embedder, *figures, memory]


def _cell(figure: Estimate | float, digits: int) -> str:
    if not isinstance(figure, Estimate):
        return _number(figure, digits)
    if not figure.n:
        return "-"
    low, high = (_number(end, digits) for end in (figure.low, figure.high))
    return f"{_number(figure.value, digits)} [{low}, {high}]"


def _value(scores: Scores, figure: str) -> float:
    found = getattr(scores, figure)
    return float(found.value if isinstance(found, Estimate) else found)


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"


def _errors(outcome: Outcome) -> int:
    return sum(row.error is not None for row in outcome.rows)


def _total(outcome: Outcome) -> int:
    return outcome.own_bytes + outcome.served_bytes


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f}"
