"""Fitting the judgement."""

import json
import random
from dataclasses import replace

from assistant.calibration import Weighing
from eval.calibrate import ENOUGH, Weighed, cross_validated, fit, vote, write


def rows(count: int = 200, noise: float = 1.0) -> list[Weighed]:
    """Cases whose reading tells the truth, a little noisy, and whose noise tells nothing."""
    rng = random.Random(0)
    made = []
    for n in range(count):
        answers = n % 2 == 0
        reading = (2.0 if answers else -2.0) + rng.gauss(0, noise)
        made.append(Weighed(str(n), {"reading": reading, "noise": rng.gauss(0, 1)}, answers))
    return made


def test_the_signal_that_tells_gets_the_weight_and_the_threshold_parts_the_cases():
    given = rows()
    found = fit(given, 0.05)
    assert found["weights"]["reading"] > 5 * abs(found["weights"]["noise"])
    assert found["area_under_curve"] > 0.97
    assert found["cases"] == {"answered": 100, "not": 100}
    assert sum(judged(found, row) == row.answers for row in given) > 185
    assert found["at_threshold"]["wrongly_refused"] <= 0.05
    assert found["at_threshold"]["wrongly_answered"] < 0.1


def judged(found: dict, row: Weighed) -> bool:
    """What the assistant makes of it."""
    weighing = Weighing(found["weights"], found["bias"], found["threshold"], found["usual"], found["furthest"])
    return weighing.judge(row.values).answers


def test_with_enough_cases_two_signals_are_weighed_together():
    rng = random.Random(0)
    given = []
    for n in range(ENOUGH):  # one signal tells the truth where the other is high, and the contrary where it is low
        signals = {"told": rng.gauss(0, 1), "turned": rng.choice((-1.0, 1.0))}
        given.append(Weighed(str(n), signals, signals["told"] * signals["turned"] > 0))
    found = fit(given, 0.05)
    assert found["weights"]["told*turned"] > 5 * abs(found["weights"]["told"])
    assert sum(judged(found, row) == row.answers for row in given) > 0.9 * ENOUGH
    assert "told*turned" not in fit(given[: ENOUGH - 1], 0.05)["weights"]


def test_the_less_may_be_refused_the_lower_the_threshold():
    assert fit(rows(noise=3.0), 0.01)["threshold"] < fit(rows(noise=3.0), 0.3)["threshold"]


def test_the_same_cases_give_the_same_calibration():
    assert fit(rows(), 0.05) == fit(rows(), 0.05)


def test_what_was_not_fitted_stays(tmp_path):
    file = tmp_path / "calibration.json"
    write({"reader": {"threshold": 1}}, file)
    write({"vote": {"threshold": 2}}, file)
    assert json.loads(file.read_text()) == {"reader": {"threshold": 1}, "vote": {"threshold": 2}}


def test_it_is_sure_where_it_is_hardly_ever_wrong():
    no, yes = fit(rows(noise=3.0), 0.1)["sure"]
    assert no < 0 < yes
    surer, clearly = fit(rows(noise=0.5), 0.1)["sure"]
    assert yes - no > clearly - surer


class Voting:
    """A generator that knows every answer, and keeps what it was asked."""

    trained = True

    def __init__(self, given: list[Weighed]) -> None:
        self._right = {row.question: row.answers for row in given}
        self.asked: list[str] = []

    def yes_no_gap(self, messages) -> float:
        said = "\n".join(str(message.content) for message in messages)
        question = next(question for question in self._right if f"{question}?" in said)
        self.asked.append(question)
        return 3.0 if self._right[question] else -3.0


def test_a_vote_is_asked_for_where_the_signals_leave_it_open_and_weighed_against_them():
    given = [replace(row, question=f"Question {row.case} of them") for row in rows(noise=3.0)]
    asked = [replace(row, question=f"{row.question}?") for row in given]
    unvoted, generator = fit(asked, 0.1), Voting(given)
    voted = vote(asked, unvoted, generator, print)
    no, yes = unvoted["sure"]
    beyond = [odds - unvoted["threshold"] for odds in cross_validated(asked)]
    unsure = [row.question for row, odds in zip(given, beyond, strict=True) if no < odds < yes]
    assert 0 < len(unsure) < len(given)
    assert generator.asked == unsure
    assert [set(row.values) for row in voted] == [{"unvoted", "gap"}] * len(unsure)
    found = fit(voted, 0.1)
    assert found["weights"]["gap"] > found["weights"]["unvoted"]
    assert found["area_under_curve"] > 0.97


def test_where_it_is_never_sure_every_case_is_asked_about():
    given = [replace(row, question=f"Question {row.case} of them?") for row in rows(20)]
    generator = Voting([replace(row, question=row.question.rstrip("?")) for row in given])
    vote(given, {"threshold": 0.0}, generator, print)
    assert len(generator.asked) == 20
