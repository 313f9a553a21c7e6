"""Ask every case of a set, judge each answer by the rules of the contract, and sum up."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Status, Turn
from assistant.assistant import Assistant
from assistant.compose import CITED_SENTENCE
from corpus.figures import figures
from eval.cases import Case, includes
from eval.cases import Turn as CaseTurn
from eval.metrics import mean, median_and_p95

_GROUNDED = (Status.ANSWERED, Status.PARTIAL)
TIMINGS = ("retrieve", "first_evidence", "first_token", "total")


@dataclass(frozen=True)
class Row:
    """One answered turn and its judgement; `answer` is the answer object, so that a failure can be replayed."""

    case: str
    turn: int
    group: str
    lang: str
    question: str
    behaviour: str
    right: bool
    abstained: bool
    citations_hit: float | None
    verbatim: bool
    unsupported: list[str]
    language_matches: bool
    answer: dict[str, Any]


def ask_cases(assistant: Assistant, cases: Iterable[Case], report: Callable[[str], None]) -> list[Row]:
    """Ask each case, its turns in one conversation made of the assistant's own answers."""
    rows: list[Row] = []
    for case in cases:
        history: list[Turn] = []
        for number, turn in enumerate(case.questions()):
            answer = assistant.answer(turn.user, history)
            rows.append(judge(case, number, turn, answer, assistant))
            history += [Turn("user", turn.user), Turn("assistant", answer.answer)]
        report(f"asked {len({row.case for row in rows})} cases")
    return rows


def judge(case: Case, number: int, turn: CaseTurn, answer: Answer, assistant: Assistant) -> Row:
    """Judge one answer."""
    abstained = answer.status not in _GROUNDED
    documents = {fact.partition(".")[0] for fact in turn.facts}
    hits = [citation.document in documents for citation in answer.citations]
    wants_answer = turn.behaviour in ("answer", "answer-corrected")
    answered_right = not abstained and includes(answer.answer, turn.must_include) and any(hits)
    return Row(
        case=case.id,
        turn=number,
        group=case.group,
        lang=case.lang,
        question=turn.user,
        behaviour=turn.behaviour,
        right=answered_right if wants_answer else abstained,
        abstained=abstained,
        citations_hit=sum(hits) / len(hits) if hits and wants_answer else None,
        verbatim=all(
            assistant.document(c.document, c.language).text[c.start : c.end] == c.quote for c in answer.citations
        ),
        unsupported=unsupported_figures(answer),
        language_matches=answer.language == case.lang,
        answer=answer.to_dict(),
    )


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
        "abstention_precision": mean([row in should for row in abstained]),
        "abstention_recall": mean([row.abstained for row in should]),
        "citation_precision": mean([row.citations_hit for row in rows if row.citations_hit is not None]),
        "verbatim": mean([row.verbatim for row in rows]),
        "unsupported_figures": sum(len(row.unsupported) for row in rows),
        "language_match": mean([row.language_matches for row in rows]),
        "timings_ms": {name: median_and_p95(values) for name, values in timed.items()},
    }


def write_rows(rows: Sequence[Any], file: Path) -> None:
    """Write every row (a dataclass) with all it holds, one JSON object a line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
