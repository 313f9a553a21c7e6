"""Ask every case of a set, judge each answer by the rules of the contract, and sum up."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Citation, Evidence, Status, Turn
from assistant.assistant import Assistant
from assistant.compose import CITED_SENTENCE
from corpus.figures import figures
from eval.cases import Case, includes
from eval.cases import Turn as CaseTurn
from eval.metrics import mean, median_and_p95
from weights.progress import Meter

_GROUNDED = (Status.ANSWERED, Status.PARTIAL)
ANSWERING = ("answer", "answer-corrected")
TIMINGS = ("retrieve", "first_evidence", "first_token", "total")


@dataclass(frozen=True)
class Row:
    """One answered turn and its judgement; `answer` is the answer object, `evidence` are the quotes it was made from.

    `included` says that the text has what it must, whatever it cites. `lost` names the stage that lost a wrong answer.
    """

    case: str
    turn: int
    group: str
    lang: str
    question: str
    behaviour: str
    reference: str
    must_include: list[str]
    right: bool
    abstained: bool
    citations_hit: float | None
    verbatim: bool
    unsupported: list[str]
    language_matches: bool
    included: bool
    lost: str | None
    evidence: list[dict[str, Any]]
    answer: dict[str, Any]


def ask_cases(assistant: Assistant, cases: Sequence[Case], report: Callable[[str], None]) -> Iterator[list[Row]]:
    """Ask each case and yield the rows of its turns. A conversation goes on from what the case says was said before,
    and from the assistant's own answers.
    """
    meter = Meter(report, "asked", len(cases))
    for case in cases:
        history = list(case.history)
        rows: list[Row] = []
        for number, turn in enumerate(case.questions()):
            answer, evidence = _ask(assistant, turn.user, history)
            rows.append(judge(case, number, turn, answer, assistant, evidence))
            history += [Turn("user", turn.user), Turn("assistant", answer.answer)]
        meter.advance(1)
        yield rows


def _ask(assistant: Assistant, question: str, history: Sequence[Turn]) -> tuple[Answer, tuple[Citation, ...]]:
    evidence: tuple[Citation, ...] = ()
    for event in assistant.stream(question, history):
        if isinstance(event, Evidence):
            evidence = event.citations
    assert isinstance(event, Answer)
    return event, evidence


def judge(
    case: Case,
    number: int,
    turn: CaseTurn,
    answer: Answer,
    assistant: Assistant,
    evidence: Sequence[Citation] = (),
) -> Row:
    """Judge one answer."""
    abstained = answer.status not in _GROUNDED
    hits = [citation.document in turn.documents for citation in answer.citations]
    wants_answer = turn.behaviour in ANSWERING
    right = is_right(turn, answer.status, answer.answer, [citation.document for citation in answer.citations])
    return Row(
        case=case.id,
        turn=number,
        group=case.group,
        lang=case.lang,
        question=turn.user,
        behaviour=turn.behaviour,
        reference=turn.reference,
        must_include=turn.must_include,
        right=right,
        abstained=abstained,
        citations_hit=sum(hits) / len(hits) if hits and wants_answer else None,
        verbatim=all(
            assistant.document(c.document, c.language).text[c.start : c.end] == c.quote for c in answer.citations
        ),
        unsupported=unsupported_figures(answer),
        language_matches=answer.language == case.lang,
        included=not abstained and includes(answer.answer, turn.must_include),
        lost=None if right else _lost(turn, answer, evidence) if wants_answer else "judgement",
        evidence=[asdict(citation) for citation in evidence],
        answer=answer.to_dict(),
    )


def is_right(turn: CaseTurn, status: Status, text: str, cited: Sequence[str]) -> bool:
    """Whether an answer has all it must and cites a document that tells it, or abstains where there is nothing."""
    abstained = status not in _GROUNDED
    if turn.behaviour not in ANSWERING:
        return abstained
    return not abstained and includes(text, turn.must_include) and not turn.documents.isdisjoint(cited)


def _lost(turn: CaseTurn, answer: Answer, evidence: Sequence[Citation]) -> str:
    """Name the first stage after which the right answer could not be had any more."""
    documents = turn.documents
    told = " ".join(citation.quote for citation in evidence if citation.document in documents)
    if answer.status in (Status.REFUSED, Status.OUT_OF_SCOPE, Status.CLARIFY):
        return "routing"
    if not any(found.document in documents for found in answer.retrieved):
        return "retrieval"
    if not includes(told, turn.must_include):
        return "evidence"
    return "judgement" if answer.status not in _GROUNDED else "composition"


def replayed(before: Row, now: Row) -> str:
    """Return both rows of one turn, to be read side by side."""
    lines = [f"{now.case}.{now.turn}  {now.question}"]
    for name, row in (("then", before), ("now", now)):
        verdict = "right" if row.right else f"wrong, lost in {row.lost}"
        odds = row.answer.get("odds")
        lines.append(f"{name}: {verdict}, {row.answer['status']}, odds {odds}, {row.answer['timings_ms']['total']} ms")
        lines.append(f"  {row.answer['answer']}")
        lines += [f"  [{quote['n']}] {quote['document']}: {' '.join(quote['quote'].split())}" for quote in row.evidence]
    return "\n".join(lines)


def unsupported_figures(answer: Answer) -> list[str]:
    """Return the figures of a grounded answer that stand in no quote cited by the same sentence."""
    quotes = {citation.n: citation.quote for citation in answer.citations}
    missing: list[str] = []
    end = 0
    for match in CITED_SENTENCE.finditer(answer.answer) if quotes else []:
        cited = " ".join(quotes.get(int(n), "") for n in match[2].strip("[]").split("]["))
        missing += sorted(set(figures(match[1])) - set(figures(cited)))
        end = match.end()
    return missing + (figures(answer.answer[end:]) if quotes else [])


def summary(rows: list[Row]) -> dict[str, Any]:
    """Sum up rows: overall and by group and language, with intervals."""
    groups = {"all": rows}
    for name in dict.fromkeys(row.group for row in rows):
        groups[name] = [row for row in rows if row.group == name]
    for name in dict.fromkeys(row.lang for row in rows):
        groups[f"language {name}"] = [row for row in rows if row.lang == name]
    return {name: _scores(group) for name, group in groups.items()}


def _scores(rows: list[Row]) -> dict[str, Any]:
    should = [row for row in rows if row.behaviour in ("abstain", "refuse")]
    answerable = [row for row in rows if row not in should]
    abstained = [row for row in rows if row.abstained]
    timed = {t: [row.answer["timings_ms"][t] for row in rows if row.answer["timings_ms"][t]] for t in TIMINGS}
    return {
        "strict_accuracy": mean([row.right for row in rows]),
        "answerable_right": mean([row.right for row in answerable]),
        "answer_included": mean([row.included for row in answerable]),
        "answer_in_two_sentences": mean([_told_in_two_sentences(row) for row in answerable]),
        "wrongly_answered": mean([not row.abstained for row in should]),
        "wrongly_refused": mean([row.abstained for row in answerable]),
        "abstention_precision": mean([row in should for row in abstained]),
        "abstention_recall": mean([row.abstained for row in should]),
        "citation_precision": mean([row.citations_hit for row in rows if row.citations_hit is not None]),
        "verbatim": mean([row.verbatim for row in rows]),
        "unsupported_figures": sum(len(row.unsupported) for row in rows),
        "language_match": mean([row.language_matches for row in rows]),
        "lost": dict(Counter(row.lost for row in rows if row.lost).most_common()),
        "timings_ms": {name: median_and_p95(values) for name, values in timed.items()},
    }


def _told_in_two_sentences(row: Row) -> bool:
    """Whether the first two sentences have what the answer must: it may show up to four."""
    first = list(islice(CITED_SENTENCE.finditer(row.answer["answer"]), 2))
    return row.included and includes(" ".join(sentence[1] for sentence in first), row.must_include)


def write_rows(rows: Sequence[Any], file: Path) -> None:
    """Write every row (a dataclass) with all it holds, one JSON object a line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
