import copy
import json
from dataclasses import asdict, replace
from datetime import date

import pytest

from eval import gate
from eval.__main__ import main
from eval.answers import Row
from eval.commands import asking
from eval.gate import CASES, OWN, Baseline, baseline_file, broken, chance, changes, read_baseline, regressions, told
from eval.metrics import Estimate, mean, median_and_p95
from tests.assistant import fakes

DAY = date(2026, 1, 31)
CASE = {
    "id": "c", "group": "main", "lang": "en", "question": "Who runs the Mechatronics Hub?", "facts": ["hub.run"],
    "must_include": ["Trentino Sviluppo"],
}  # fmt: skip
ABSENT = {"id": "a", "group": "unanswerable", "lang": "en", "question": "Should I invest?", "behaviour": "abstain"}


def row(number: int, right: bool = True, behaviour: str = "answer", **about: object) -> Row:
    asked = Row(
        case=f"q{number}", turn=0, group="main", lang="en", question="Who?", behaviour=behaviour, reference="",
        must_include=[], right=right,
        abstained=(behaviour == "abstain") == right, citations_hit=None, verbatim=True, unsupported=[],
        language_matches=True, included=right, lost=None, evidence=[],
        answer={"answer": "", "timings_ms": dict.fromkeys(("retrieve", "first_evidence", "first_token", "total"), 1.0)},
    )  # fmt: skip
    return replace(asked, **about)


def rows(wrong: set[int] = frozenset(), count: int = 400) -> list[Row]:
    """Every tenth is not to be answered; those named are wrong."""
    return [row(n, n not in wrong, "abstain" if n % 10 == 0 else "answer") for n in range(count)]


def held(now: list[Row], before: list[Row]) -> list[str]:
    baseline = Baseline.of(before, DAY)
    return regressions(now, baseline) + gate.unrecorded(now, baseline)


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


@pytest.mark.parametrize(
    ("more", "fewer", "p"), [(0, 0, 1.0), (1, 0, 0.5), (4, 0, 0.0625), (5, 0, 0.03125), (2, 2, 0.6875), (0, 5, 1.0)]
)
def test_chance_is_the_upper_tail_of_a_fair_coin(more, fewer, p):
    assert chance(more, fewer) == p


def test_a_run_like_the_baseline_passes():
    assert held(rows({1, 2}), rows({1, 2})) == []


@pytest.mark.parametrize("wrong", [{1, 2, 3, 4}, {1, 2, 3, 4, 5, 6, 12}])
def test_what_may_be_chance_passes(wrong):
    # Four worse and none better, or seven worse and three better.
    assert held(rows(wrong), rows({7, 8, 9} if len(wrong) > 4 else set())) == []


def test_more_worse_than_chance_allows_is_a_regression_and_each_question_is_named():
    now = rows({1, 2, 3, 4, 5})
    assert held(now, rows()) == ["regression: 5 questions got worse and 0 better (p = 0.031)"]
    assert told(now, Baseline.of(rows(), DAY))[0] == "worse: q1.0 (right, answered -> wrong, abstained) Who?"


def test_more_better_than_chance_allows_must_be_recorded():
    before = rows({1, 2, 3, 4, 5})
    (line,) = held(rows(), before)
    assert line.startswith("improvement: 5 questions got better and 0 worse (p = 0.031): record it on purpose with")
    assert told(rows(), Baseline.of(before, DAY))[-1] == "better: q5.0 (wrong, abstained -> right, answered) Who?"


def test_a_share_that_fell_by_more_than_two_points_fails_though_it_may_be_chance():
    assert held(rows({10}), rows()) == ["abstention_recall fell from 1.000 to 0.975"]
    # Two of 100 are two points and no more; three of 90 answerable ones are more.
    assert held(rows({1, 2}, 100), rows(count=100)) == ["answerable_right fell from 1.000 to 0.978"]
    assert held(rows({1}, 100), rows(count=100)) == []


def test_what_must_always_be_so_is_held_whatever_the_baseline():
    bad = [row(0, unsupported=["7", "8"]), row(1, verbatim=False)]
    wanted = ["2 figures in answers stand in no cited quote", "a quote is not verbatim at its offsets"]
    assert broken(bad) == wanted
    assert held(bad, bad) == wanted


def test_questions_that_are_new_or_gone_are_no_change_but_must_be_recorded():
    before = rows(count=3)
    assert changes([row(7, right=False)], Baseline.of(before, DAY).turns) == gate.Changes((), ())
    (line,) = held([*before[1:], row(7)], before)
    assert line.startswith("other questions: 1 are not in the baseline, 1 of it were not asked: record it")


def test_a_baseline_keeps_every_outcome_a_line_and_nothing_that_differs_from_run_to_run(tmp_path):
    slower = [
        replace(r, answer=r.answer | {"timings_ms": dict.fromkeys(r.answer["timings_ms"], 9.0)}) for r in rows({3}, 11)
    ]
    for name, asked in (("one", rows({3}, 11)), ("two", slower)):
        Baseline.of(asked, DAY).write(baseline_file(name, tmp_path))
    one, two = (baseline_file(name, tmp_path).read_text(encoding="utf-8") for name in ("one", "two"))
    assert one == two
    assert '\n  "q3.0": "wrong, abstained",\n' in one
    assert '\n  "q10.0": "right, abstained"\n' in one
    json.loads(one, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
    assert read_baseline(baseline_file("one", tmp_path)) == Baseline.of(rows({3}, 11), DAY)


def test_an_assistant_takes_a_day_for_today_for_a_while(assistant):
    before = assistant._today(), assistant._retriever._today()
    with gate.on_day(assistant, date(2031, 5, 1)):
        assert (assistant._today(), assistant._retriever._today()) == (date(2031, 5, 1), date(2031, 5, 1))
    assert (assistant._today(), assistant._retriever._today()) == before


@pytest.fixture
def run(monkeypatch, tmp_path, assistant):
    """The commands, on two cases and with baselines of their own."""
    monkeypatch.chdir(tmp_path)
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f"{json.dumps(CASE)}\n{json.dumps(ABSENT)}\n", encoding="utf-8")
    monkeypatch.setattr(asking, "CASES", cases)
    monkeypatch.setattr(asking, "BASELINES", tmp_path / "baselines")
    monkeypatch.setattr(asking, "build_assistant", lambda settings: copy.copy(assistant))
    return lambda *arguments: main([str(argument) for argument in arguments])


@pytest.fixture
def worse(monkeypatch, tmp_path):
    """Makes the assistant one that knows nothing of hubs."""
    found = fakes.retriever(tmp_path / "other", [fakes.LAKES])
    return lambda: monkeypatch.setattr(asking, "build_assistant", lambda settings: fakes.assistant(found))


def many(tmp_path):
    lines = [json.dumps({**CASE, "id": f"c{n}"}) + "\n" for n in range(5)]
    (tmp_path / "cases.jsonl").write_text("".join(lines), encoding="utf-8")


def test_the_gate_passes_on_the_run_it_recorded_and_two_runs_record_the_same(run, capsys, tmp_path):
    assert run("gate", "--accept") == 0
    assert "gate: recorded" in capsys.readouterr().out
    recorded = baseline_file(OWN, tmp_path / "baselines").read_bytes()
    assert run("gate", "--out", tmp_path / "out") == 0
    assert "corpus.dev: no question changed\ngate: passed" in capsys.readouterr().out
    assert run("gate", "--accept") == 0
    assert baseline_file(OWN, tmp_path / "baselines").read_bytes() == recorded


def test_the_gate_asks_on_the_day_of_its_baseline(run, monkeypatch, tmp_path):
    run("gate", "--accept")
    file = baseline_file(OWN, tmp_path / "baselines")
    replace(read_baseline(file), day="2031-05-01").write(file)
    days, on_day = [], gate.on_day
    monkeypatch.setattr(gate, "on_day", lambda assistant, day: days.append(day) or on_day(assistant, day))
    assert run("gate") == 0
    assert days == [date(2031, 5, 1)]


def test_the_gate_fails_when_the_assistant_got_worse_and_when_a_gain_is_not_recorded(
    run, worse, capsys, monkeypatch, tmp_path
):
    many(tmp_path)
    run("gate", "--accept")
    good = asking.build_assistant
    worse()
    assert run("gate") == 1
    out = capsys.readouterr().out
    assert "corpus.dev, worse: c0.0 (right, answered -> wrong, answered) Who runs the Mechatronics Hub?" in out
    assert "gate: corpus.dev: regression: 5 questions got worse and 0 better (p = 0.031)" in out
    assert "gate: corpus.dev: answerable_right fell from 1.000 to 0.000" in out
    run("gate", "--accept")
    monkeypatch.setattr(asking, "build_assistant", good)
    assert run("gate") == 1
    assert "gate: corpus.dev: improvement: 5 questions got better" in capsys.readouterr().out


def test_other_cases_than_those_recorded_fail_until_they_are_recorded(run, capsys, tmp_path):
    run("gate", "--accept")
    many(tmp_path)
    assert run("gate") == 1
    assert "other questions: 5 are not in the baseline, 2 of it were not asked" in capsys.readouterr().out


def test_what_must_never_be_is_not_recorded(run, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(gate, "broken", lambda rows: ["a quote is not verbatim at its offsets"])
    assert run("gate", "--accept") == 1
    assert "gate: corpus.dev: a quote is not verbatim" in capsys.readouterr().out
    assert not baseline_file(OWN, tmp_path / "baselines").exists()


@pytest.mark.parametrize("kept", [None, {"all": {"verbatim": {"value": 1.0}}}])
def test_without_a_baseline_of_this_form_the_gate_says_how_to_make_one(run, capsys, tmp_path, kept):
    if kept:
        file = baseline_file(OWN, tmp_path / "baselines")
        file.parent.mkdir()
        file.write_text(json.dumps(kept), encoding="utf-8")
    assert run("gate") == 2
    assert "record it on purpose with `python -m eval gate --accept`" in capsys.readouterr().err


def test_rows_of_an_interrupted_run_are_not_taken_over(run, tmp_path, monkeypatch):
    run("gate", "--accept")
    run("gate", "--out", tmp_path / "out")
    (tmp_path / "out" / "scores.json").unlink()
    file = tmp_path / "out" / "rows.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace('"right": true', '"right": false'), encoding="utf-8")
    assert run("gate", "--out", tmp_path / "out") == 0


@pytest.fixture
def sets(monkeypatch, tmp_path, assistant):
    """Two public sets of two questions each, about the documents of the fakes."""
    for name in gate.SETS:
        folder = tmp_path / "sets" / name
        folder.mkdir(parents=True)
        (folder / "corpus.jsonl").write_text("{}\n", encoding="utf-8")
        asked = [
            {"id": "s1", "text": "Who runs the Hub?", "lang": "en", "gold_ids": ["hub"], "answers": ["Trentino"]},
            {"id": "s2", "text": "Should I invest?", "lang": "en", "gold_ids": None},
        ]
        lines = "".join(json.dumps(question) + "\n" for question in asked)
        (folder / "queries.jsonl").write_text(lines, encoding="utf-8")
    monkeypatch.setattr(asking.retrieval, "build_set_index", lambda corpus, *_: corpus.parent / "index")
    monkeypatch.setattr(asking, "embedder_of", lambda report: None)
    return tmp_path / "sets"


def test_public_sets_at_hand_are_held_to_baselines_of_their_own(run, worse, sets, capsys, tmp_path):
    assert run("gate", "--accept", "--sets", sets) == 0
    kept = read_baseline(baseline_file("squad_it", tmp_path / "baselines"))
    assert kept.turns == {"s1.0": "right, answered", "s2.0": "right, abstained"}
    assert "Hub" not in baseline_file("squad_it", tmp_path / "baselines").read_text(encoding="utf-8")
    assert run("gate", "--sets", sets) == 0
    worse()
    assert run("gate", "--sets", sets) == 1
    assert "gate: squad2_dev: answerable_right fell from 1.000 to 0.000" in capsys.readouterr().out


def test_a_set_without_a_baseline_says_how_to_make_one(run, sets, capsys):
    run("gate", "--accept")
    assert run("gate", "--sets", sets) == 2
    assert "squad2_dev.extractive.json: record it on purpose" in capsys.readouterr().err


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
