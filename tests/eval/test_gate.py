import json
from dataclasses import asdict

import pytest

import eval.__main__ as commands
from eval.gate import CASES, read_baseline, regressions
from eval.metrics import Estimate, mean, median_and_p95
from tests.assistant import fakes

CASE = {
    "id": "c", "group": "main", "lang": "en", "question": "Who runs the Mechatronics Hub?", "facts": ["hub.run"],
    "must_include": ["Trentino Sviluppo"],
}  # fmt: skip
ABSENT = {"id": "a", "group": "unanswerable", "lang": "en", "question": "Should I invest?", "behaviour": "abstain"}
HELD = ("strict_accuracy", "abstention_recall", "answerable_right")


def scores(value: float = 0.8, n: int = 60, verbatim: float = 1.0, unsupported: int = 0, **changed: float) -> dict:
    held = {name: Estimate(changed.get(name, value), 0, 1, n) for name in HELD}
    return {"all": {**held, "verbatim": Estimate(verbatim, 0, 1, n), "unsupported_figures": unsupported}}


BASELINE = {"all": {name: {"value": 0.8} for name in HELD}}


def test_a_mean_comes_with_an_interval_around_it_and_its_count():
    estimate = mean([True] * 30 + [False] * 10)
    assert (estimate.value, estimate.n) == (0.75, 40)
    assert 0.55 < estimate.low < 0.70 < 0.80 < estimate.high < 0.92


def test_the_same_values_give_the_same_interval():
    assert mean([1, 0, 1, 1, 0.5]) == mean([1, 0, 1, 1, 0.5])


def test_values_that_agree_leave_no_doubt():
    assert mean([1, 1, 1]) == Estimate(1, 1, 1, 3)


def test_of_no_values_there_is_no_mean():
    estimate = mean([])
    assert (estimate.n, estimate.value != estimate.value, str(estimate)) == (0, True, "- (n=0)")
    assert all(value != value for value in median_and_p95([]))


def test_median_and_p95_are_those_of_the_values():
    assert median_and_p95(list(range(101))) == (50, 95)


@pytest.mark.parametrize("now", [scores(), scores(0.9), scores(0.8 - 2 / 60), scores(0.8 - 1.9 / 60)])
def test_equal_better_or_two_cases_worse_passes(now):
    assert regressions(now, BASELINE) == []


@pytest.mark.parametrize("name", HELD)
def test_a_score_that_fell_is_named(name):
    assert regressions(scores(**{name: 0.8 - 3 / 60}), BASELINE) == [f"{name} fell from 0.800 to 0.750"]


def test_what_must_always_be_so_is_held_whatever_the_baseline():
    found = regressions(scores(1.0, verbatim=59 / 60, unsupported=2), BASELINE)
    assert found == ["2 figures in answers stand in no cited quote", "a quote is not verbatim at its offsets"]


@pytest.fixture
def run(monkeypatch, tmp_path, assistant):
    """The commands, on two cases and with a baseline of their own."""
    monkeypatch.chdir(tmp_path)
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f"{json.dumps(CASE)}\n{json.dumps(ABSENT)}\n", encoding="utf-8")
    monkeypatch.setattr(commands, "CASES", cases)
    monkeypatch.setattr(commands, "BASELINE", tmp_path / "baseline" / "b.json")
    monkeypatch.setattr(commands, "read_baseline", lambda: read_baseline(tmp_path / "baseline" / "b.json"))
    monkeypatch.setattr(commands, "build_assistant", lambda settings: assistant)
    return lambda *arguments: commands.main([str(argument) for argument in arguments])


def test_the_gate_passes_on_the_run_it_accepted(run, capsys):
    assert run("gate", "--accept") == 0
    assert run("gate") == 0
    assert "gate: passed" in capsys.readouterr().out


def test_the_gate_fails_when_the_assistant_got_worse(run, capsys, monkeypatch, tmp_path):
    run("gate", "--accept")
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(json.dumps({**CASE, "id": f"c{n}"}) + "\n" for n in range(5)), encoding="utf-8")
    assert run("gate") == 0
    found = fakes.retriever(tmp_path / "other", [fakes.LAKES])
    monkeypatch.setattr(commands, "build_assistant", lambda settings: fakes.assistant(found))
    assert run("gate") == 1
    assert "gate: strict_accuracy fell from 1.000 to 0.000" in capsys.readouterr().out


def test_answers_prints_scores_and_names_what_is_wrong(run, capsys, tmp_path):
    cases = tmp_path / "own.jsonl"
    cases.write_text(json.dumps({**CASE, "must_include": ["Bolzano"]}), encoding="utf-8")
    assert run("answers", "--set", cases, "--out", tmp_path / "out") == 0
    out = capsys.readouterr().out
    assert "strict_accuracy: 0.000 [0.000, 0.000] (n=1)" in out
    assert "wrong c.0 (evidence): Who runs the Mechatronics Hub?" in out
    kept = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
    assert kept["all"]["strict_accuracy"] == asdict(Estimate(0, 0, 0, 1))


def test_a_set_that_is_not_there_is_wrong_use(run, capsys, tmp_path):
    assert run("answers", "--set", tmp_path / "none.jsonl") == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_the_gate_runs_on_committed_cases():
    assert CASES.is_file()
