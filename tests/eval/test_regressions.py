import copy
import json
from datetime import date
from unittest.mock import patch

import pytest

from assistant.coverage import set_apart
from eval import regressions
from eval.__main__ import main
from eval.cases import Case, read_cases
from eval.commands import asking
from eval.faults import FAULTS, Fault, without
from eval.gate import CASES
from eval.regressions import NOTHING, Outcome, chosen, is_wrong, plant_each, table

DAY = date(2026, 1, 31)
ASKED = [
    Case(id="run", group="main", lang="en", question="Who runs the Hub?", facts=["hub.x"], must_include=["Sviluppo"]),
    Case(id="worth", group="main", lang="en", question="What is ProM worth?", facts=["hub.x"], must_include=["6"]),
    Case(id="lago", group="italian", lang="it", question="Lungo, il lago?", facts=["laghi.x"], must_include=["52"]),
    Case(id="no", group="unanswerable", lang="en", question="Should I invest?", behaviour="abstain"),
]  # fmt: skip


def silent(line: str) -> None:
    pass


def everything(case: Case) -> bool:
    return True


BROKEN = Fault("quotes are lost", everything, lambda assistant: (patch("assistant.assistant.gather", lambda *_: []),))
HARMLESS = Fault("nothing is different", everything, lambda assistant: (patch("assistant.coverage.KIND", "cover"),))


def test_a_fault_is_planted_caught_and_taken_out_again(assistant):
    before = set_apart, assistant._today()
    control, broken, offsets = plant_each(
        assistant, ASKED, DAY, silent, [BROKEN, FAULT["places of quotes are off by one"]]
    )
    assert control == Outcome(NOTHING, 0, 0, ())
    assert (broken.worse, broken.better) == (3, 0)
    assert "answerable_right fell from 1.000 to 0.000" in broken.said
    assert offsets.said == ("a quote is not verbatim at its offsets",)
    assert (set_apart, assistant._today()) == before


FAULT = {fault.name: fault for fault in FAULTS}


def test_twelve_different_faults_or_more_are_known():
    assert len(FAULT) == len(FAULTS) >= 12


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_can_still_be_planted(assistant, fault):
    # What it replaces must be there; whether the gate notices is for the command, with the real parts.
    control, planted = plant_each(assistant, ASKED[:1], DAY, silent, [fault])
    assert (control.fault, control.said, planted.fault) == (NOTHING, (), fault.name)


def test_faults_do_what_they_say(assistant):
    gone = Fault("the document hub is gone", everything, without("hub"))
    advising = FAULT["attacks and requests for advice are not turned away"]
    _, dropped, unrouted = plant_each(assistant, ASKED, DAY, silent, [gone, advising])
    assert dropped.worse == 2
    assert unrouted.said == ("abstention_recall fell from 1.000 to 0.000",)


def test_a_fault_that_is_missed_and_a_control_that_is_not_are_wrong():
    assert is_wrong(Outcome("fault", 0, 0, ()))
    assert not is_wrong(Outcome("fault", 1, 0, ("it fell",)))
    assert is_wrong(Outcome(NOTHING, 0, 5, ("it rose",)))
    assert not is_wrong(Outcome(NOTHING, 0, 0, ()))


def test_the_table_has_a_line_a_fault_and_marks_what_is_wrong():
    lines = table([Outcome(NOTHING, 0, 0, ()), Outcome("a", 3, 1, ("it fell", "so did that")), Outcome("b", 0, 0, ())])
    assert lines.splitlines() == [
        "fault            worse  better  what the gate says",
        "nothing planted  0      0       passed",
        "a                3      1       it fell; so did that",
        "b                0      0       passed  <- wrong",
    ]


def test_the_sample_is_the_same_each_time_and_each_fault_can_show_in_it():
    cases = read_cases(CASES)
    asked = chosen(cases)
    assert asked == chosen(cases)
    assert 50 <= sum(len(case.questions()) for case in asked) <= 90
    for fault in FAULTS:
        assert any(map(fault.shows, asked)), fault.name


@pytest.fixture
def asked(monkeypatch, tmp_path, assistant):
    """The command asks these cases of this assistant."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(json.dumps(case.model_dump()) + "\n" for case in ASKED), encoding="utf-8")
    monkeypatch.setattr(asking, "CASES", cases)
    monkeypatch.setattr(asking, "build_assistant", lambda settings: copy.copy(assistant))


@pytest.mark.parametrize(("faults", "code"), [([BROKEN], 0), ([BROKEN, HARMLESS], 1)])
@pytest.mark.usefixtures("asked")
def test_the_command_fails_when_a_fault_is_missed(monkeypatch, capsys, faults, code):
    monkeypatch.setattr(regressions, "FAULTS", tuple(faults))
    assert main(["regressions", "--all"]) == code
    out = capsys.readouterr().out
    assert "4 questions in 4 cases" in out
    assert ("passed  <- wrong" in out) == bool(code)


@pytest.mark.usefixtures("asked")
def test_a_fault_that_few_cases_do_not_show_is_held_to_all_of_them(monkeypatch, capsys):
    lost = Fault("quotes are lost", lambda case: case.id == "no", BROKEN.plant, cases=1)
    monkeypatch.setattr(regressions, "FAULTS", (lost,))
    assert main(["regressions"]) == 0
    few, everyone = capsys.readouterr().out.split("4 questions in 4 cases")
    assert "1 questions in 1 cases" in few
    assert "passed  <- wrong" in few
    assert "<- wrong" not in everyone
