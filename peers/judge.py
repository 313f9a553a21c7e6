"""Judge what every system answered by the rules of `eval.answers`, and sum up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.cases import includes
from eval.metrics import Estimate, mean, median_and_p95
from peers.exchange import Asked, Reply
from peers.refusal import refuses

_ANSWERED = ("answer", "answer-corrected")


@dataclass(frozen=True)
class Row:
    """One answered turn and its judgement. `sources_hit` is the share of its sources that answer."""

    case: str
    turn: int
    group: str
    lang: str
    question: str
    behaviour: str
    right: bool
    abstained: bool
    included: bool
    sources_hit: float | None
    seconds: float
    answer: str
    documents: tuple[str, ...]
    error: str | None


@dataclass(frozen=True)
class Scores:
    """What the rows of one system come to."""

    accuracy: Estimate
    answerable: Estimate
    refusal_precision: Estimate
    refusal_recall: Estimate
    citation_precision: Estimate
    median_s: float
    p95_s: float
    errors: int

    @property
    def refusal_f1(self) -> float:
        """Harmonic mean of the precision and the recall of refusals; 0 when nothing was rightly refused."""
        both = (self.refusal_precision.value, self.refusal_recall.value)
        return 2 * both[0] * both[1] / sum(both) if sum(both) > 0 else 0.0


def judge(asked: Asked, reply: Reply) -> Row:
    """Judge one answer.

    Where words must tell, doubt is the system's: an answer that has what it must is no refusal, whatever it adds. An
    answer that failed is neither right nor a refusal.
    """
    turn = asked.turn
    wants_answer = turn.behaviour in _ANSWERED
    contained = reply.error is None and includes(reply.answer, turn.must_include)
    abstained = reply.abstained
    if abstained is None:
        abstained = reply.error is None and refuses(reply.answer) and not (wants_answer and contained)
    hits = [document in turn.documents for document in reply.documents]
    included = contained and not abstained
    return Row(
        case=asked.case.id,
        turn=asked.number,
        group=asked.case.group,
        lang=asked.case.lang,
        question=turn.user,
        behaviour=turn.behaviour,
        right=included and any(hits) if wants_answer else abstained,
        abstained=abstained,
        included=included,
        sources_hit=sum(hits) / len(hits) if hits and wants_answer and not abstained else None,
        seconds=reply.seconds,
        answer=reply.answer,
        documents=reply.documents,
        error=reply.error,
    )


def judged(asked: Sequence[Asked], replies: Iterable[Reply]) -> list[Row]:
    """Judge every answer, given in the order of the questions."""
    return [judge(one, reply) for one, reply in zip(asked, replies, strict=True)]


def summed(rows: Sequence[Row]) -> Scores:
    """Sum up the rows of one system, with intervals."""
    should = [row for row in rows if row.behaviour not in _ANSWERED]
    answerable = [row for row in rows if row.behaviour in _ANSWERED]
    median_s, p95_s = median_and_p95([row.seconds for row in rows])
    return Scores(
        accuracy=mean([row.right for row in rows]),
        answerable=mean([row.right for row in answerable]),
        refusal_precision=mean([row.behaviour not in _ANSWERED for row in rows if row.abstained]),
        refusal_recall=mean([row.abstained for row in should]),
        citation_precision=mean([row.sources_hit for row in rows if row.sources_hit is not None]),
        median_s=median_s,
        p95_s=p95_s,
        errors=sum(row.error is not None for row in rows),
    )
