"""Hold a judge to people: the responses of MTRAG that three of them each graded from 1 to 4 (`human_eval.jsonl`).

The bar is how people agree with one another. Each of them in turn is left out and compared with the mean of the
others; so is the judge, on the same answers. The responses of the benchmark's own writers are left out: they are the
reference that the judge is shown. What is resampled for the intervals are questions, whose responses belong together.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError
from scipy.stats import rankdata

from corpus.errors import UsageError
from eval.judging.ask import Asked, Grades, prompt_id
from eval.judging.belief import Agreement, Alike
from eval.judging.kept import Verdicts
from eval.metrics import Estimate, bootstrap
from eval.sets import CORPUS, QUERIES

_WRITERS = "reference"
_T = TypeVar("_T", bound=BaseModel)
_Floats = NDArray[np.float64]


class _Given(BaseModel):
    value: float


class _Annotations(BaseModel):
    faithfulness: dict[str, _Given]
    completeness: dict[str, _Given]


class _Response(BaseModel):
    response: str
    annotations: _Annotations


class _Task(BaseModel):
    task_id: str
    models: dict[str, _Response]


class _Said(BaseModel):
    role: str
    text: str


class _Query(BaseModel):
    id: str
    text: str
    history: list[_Said] = []
    given_ids: list[str] = []


class _Passage(BaseModel):
    id: str
    text: str


@dataclass(frozen=True)
class Graded:
    """A response, what the judge is asked about it, and what each person gave it, by the judge's names of grades."""

    task: str
    asked: Asked
    people: dict[str, dict[str, float]]


# What people were asked, by what the judge is. On appropriateness, the third, they do not agree with one another.
GRADES: dict[str, Callable[[Grades], int]] = {"faithful": lambda g: g.faithful, "answers": lambda g: g.answers}


def read_humans(file: Path) -> list[list[Graded]]:
    """Read the responses to each question, which stands beside the file in the form of the other sets.

    Raises `UsageError` naming the file, and the line where there is one, that is not as it should be.
    """
    queries = {query.id: query for query in _read(file.with_name(QUERIES), _Query)}
    passages = {passage.id: passage.text for passage in _read(file.with_name(CORPUS), _Passage)}
    tasks = list(_read(file, _Task))
    for task in tasks:
        query = queries.get(task.task_id)
        if query is None or _WRITERS not in task.models or not passages.keys() >= set(query.given_ids):
            raise UsageError(f"{file}: of {task.task_id} the question, a passage or the reference is missing.")
    return [list(_graded(task, queries[task.task_id], passages)) for task in tasks]


def agreement(tasks: Sequence[Sequence[Graded]], model: str, verdicts: Verdicts) -> Agreement:
    """Return how far the judge agrees with people, on the responses it gave grades to."""
    judged = [[item for item in task if item.asked.id in verdicts.grades] for task in tasks]
    found = {
        name: alike(judged, name, {id_: grade_of(grades) for id_, grades in verdicts.grades.items()})
        for name, grade_of in GRADES.items()
    }
    return Agreement(model, prompt_id(), len(verdicts.grades), verdicts.failed, found)


def among_people(tasks: Sequence[Sequence[Graded]]) -> dict[str, Estimate]:
    """Return the bar, for which no judge is needed: the rank correlation of a person with the others."""
    found = {}
    for name in GRADES:
        by_task = [_held_out(task, name) for task in tasks]
        found[name] = bootstrap(lambda places, by=by_task: _rank_correlation(_rows(by, places), 0), len(by_task))  # type: ignore[misc]
    return found


def alike(tasks: Sequence[Sequence[Graded]], name: str, scores: Mapping[str, float]) -> Alike:
    """Return how far whoever gave these scores, by the id of what was asked, agrees with people on one grade."""
    by_task = [_held_out(task, name, scores) for task in tasks]
    orders = [_orders(task, name, scores) for task in tasks]

    def of(statistic: Callable[[_Floats], float], drawn: Sequence[_Floats]) -> Estimate:
        return bootstrap(lambda places: statistic(_rows(drawn, places)), len(drawn))

    return Alike(
        judge=of(lambda rows: _rank_correlation(rows, 2), by_task),
        people=of(lambda rows: _rank_correlation(rows, 0), by_task),
        ahead=of(lambda rows: _rank_correlation(rows, 2) - _rank_correlation(rows, 0), by_task),
        judge_orders=of(lambda rows: _same_order(rows, 2), orders),
        people_order=of(lambda rows: _same_order(rows, 0), orders),
    )


def _held_out(task: Sequence[Graded], name: str, scores: Mapping[str, float] | None = None) -> _Floats:
    """Return a row for each response and person: the person's grade, the mean of the others, the judge's score."""
    rows = [
        (given, others, scores[item.asked.id] if scores else np.nan)
        for item in task
        for given, others in _left_out(item.people[name]).values()
    ]
    return np.array(rows, dtype=float).reshape(-1, 3)


def _orders(task: Sequence[Graded], name: str, scores: Mapping[str, float]) -> _Floats:
    """Return a row as `_held_out` does for each two responses and person who saw both: how the second is above the
    first.
    """
    rows = []
    for before, after in pairwise(task):
        first, second = _left_out(before.people[name]), _left_out(after.people[name])
        judged = scores[after.asked.id] - scores[before.asked.id]
        for person in first.keys() & second.keys():
            given, others = np.subtract(second[person], first[person])
            rows.append((given, others, judged))
    return np.array(sorted(rows), dtype=float).reshape(-1, 3)


def _left_out(people: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Return for each person the grade given and the mean of the others', if there are others."""
    return {
        person: (given, fmean(grade for other, grade in people.items() if other != person))
        for person, given in people.items()
        if len(people) > 1
    }


def _rows(drawn: Sequence[_Floats], places: NDArray[np.intp]) -> _Floats:
    return np.concatenate([drawn[place] for place in places])


def _rank_correlation(rows: _Floats, column: int) -> float:
    """Spearman's, of a column with what the others say; NaN when either is always the same."""
    if len(rows) < 2:
        return float("nan")
    ours, others = rankdata(rows[:, column]), rankdata(rows[:, 1])
    if not (np.ptp(ours) and np.ptp(others)):
        return float("nan")
    return float(np.corrcoef(ours, others)[0, 1])


def _same_order(rows: _Floats, column: int) -> float:
    """Share of the pairs that the others tell apart, and a column puts in the same order; who does not tell is half
    right.
    """
    told = rows[rows[:, 1] != 0]
    right = np.sign(told[:, column]) * np.sign(told[:, 1])
    return float((right.mean() + 1) / 2) if len(told) else float("nan")


def _graded(task: _Task, query: _Query, passages: dict[str, str]) -> Iterator[Graded]:
    reference = task.models[_WRITERS].response
    for system, given in sorted(task.models.items()):
        if system == _WRITERS:
            continue
        asked = Asked(
            id=f"{task.task_id} {system}",
            conversation=tuple((said.role, said.text) for said in query.history),
            question=query.text,
            quotes=tuple(passages[id_] for id_ in query.given_ids),
            reference=reference,
            answer=given.response,
        )
        people = {"faithful": given.annotations.faithfulness, "answers": given.annotations.completeness}
        yield Graded(task.task_id, asked, {name: _values(found) for name, found in people.items()})


def _values(given: dict[str, _Given]) -> dict[str, float]:
    return {person: grade.value for person, grade in given.items()}


def _read(file: Path, form: type[_T]) -> Iterator[_T]:
    if not file.is_file():
        raise UsageError(f"There is no {file}: people's grades need {QUERIES} and {CORPUS} beside them.")
    for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
        try:
            if line.strip():
                yield form.model_validate(json.loads(line))
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            raise UsageError(f"{file}, line {number}: {place}: {problem['msg']}.") from None
        except ValueError:
            raise UsageError(f"{file}, line {number} is not JSON.") from None
