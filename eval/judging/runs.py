"""Judge the answers of a run, and hold the verdicts to those of our own scorer.

Refusals are not judged: a refusal claims nothing, and whether it was wanted the case says.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from eval.answers import ANSWERING, Row
from eval.gate import name_of
from eval.judging.ask import Asked, Grades
from eval.metrics import Estimate, bootstrap, mean

_NO_ANSWER = "There is no answer in the documents."


@dataclass(frozen=True)
class Seen:
    """A row and what the judge said of it."""

    row: Row
    grades: Grades

    @property
    def alike(self) -> bool:
        """Whether scorer and judge see it alike."""
        return self.row.right == self.grades.is_right

    def told(self) -> str:
        """Say what each of them says."""
        found = self.grades
        verdict = f"faithful {found.faithful}, answers {found.answers}"
        scored = "right" if self.row.right else f"wrong ({self.row.lost})"
        return f"{name_of(self.row)}: scorer {scored}, judge {verdict}: {found.why}\n  {self.row.question}"


def questions(rows: Sequence[Row]) -> Iterator[Asked]:
    """Yield every answer of a run that claims something, with what was said before it."""
    for _, turns in groupby(rows, key=lambda row: row.case):
        said: tuple[tuple[str, str], ...] = ()
        for row in turns:
            if not row.abstained:
                yield _asked(row, said)
            said += (("user", row.question), ("assistant", row.answer["answer"]))


def seen(rows: Sequence[Row], grades: dict[str, Grades]) -> list[Seen]:
    """Pair the rows that were judged with their grades."""
    return [Seen(row, grades[name_of(row)]) for row in rows if name_of(row) in grades]


def figures(judged: Sequence[Seen]) -> dict[str, Estimate]:
    """Return what judge and scorer find, each with its interval."""
    return {
        "faithful": mean([item.grades.is_faithful for item in judged]),
        "answers": mean([item.grades.is_answer for item in judged]),
        "right": mean([item.grades.is_right for item in judged]),
        "right, says the scorer": mean([item.row.right for item in judged]),
        "they agree": mean([item.alike for item in judged]),
        "kappa": _kappa(judged),
    }


def _kappa(judged: Sequence[Seen]) -> Estimate:
    """Return Cohen's kappa of scorer and judge; NaN where both always say the same, which chance explains."""
    scored = np.array([item.row.right for item in judged])
    graded = np.array([item.grades.is_right for item in judged])

    def statistic(places: NDArray[np.intp]) -> float:
        with warnings.catch_warnings(action="ignore"):
            return float(cohen_kappa_score(scored[places], graded[places], labels=[False, True]))

    return bootstrap(statistic, len(judged))


def _asked(row: Row, said: tuple[tuple[str, str], ...]) -> Asked:
    """A follow-up whose conversation the run does not hold is told as the assistant understood it."""
    understood = row.answer["question_used"]
    leans = not said and understood != row.question
    return Asked(
        id=name_of(row),
        conversation=said,
        question=f"{row.question} (understood as: {understood})" if leans else row.question,
        quotes=tuple(citation["quote"] for citation in row.answer["citations"]),
        reference=_reference(row),
        answer=row.answer["answer"],
    )


def _reference(row: Row) -> str:
    if row.behaviour not in ANSWERING:
        return row.reference or _NO_ANSWER
    return row.reference or "; ".join(entry.replace("|", " or ") for entry in row.must_include)
