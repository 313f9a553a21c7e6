"""Fitting the judgement."""

import json
import random

import pytest

from assistant.calibration import TRAINED, WITH_QUESTIONS, Weighing, read_calibration
from corpus.errors import UsageError
from eval.calibrate import ENOUGH, REFUSED_BY_VOTE, Weighed, fit, rechosen, write


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


def test_another_threshold_is_chosen_on_the_kept_curve_and_what_was_sure_stays_so():
    found = fit(rows(noise=3.0), 0.1)
    milder = rechosen(found, 0.02)
    assert milder["threshold"] < found["threshold"]
    assert milder["at_threshold"]["wrongly_refused"] <= 0.02
    for side in (0, 1):
        before, after = (found["threshold"] + found["sure"][side], milder["threshold"] + milder["sure"][side])
        assert after == pytest.approx(before, abs=0.001)
    with pytest.raises(UsageError, match="without --kept"):
        rechosen(found, -1.0)


def test_the_vote_that_ships_is_the_one_that_the_command_chooses():
    judge = read_calibration()[TRAINED + WITH_QUESTIONS]
    assert rechosen(judge, REFUSED_BY_VOTE) == judge
