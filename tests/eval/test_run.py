import json
from dataclasses import asdict
from datetime import date

import pytest

from corpus.errors import UsageError
from eval.answers import ask_cases, summary
from eval.cases import Case
from eval.run import Run, read_described, read_rows

CASE = Case(id="c1", group="main", lang="en", question="Who runs the Mechatronics Hub?", facts=["hub.run"])
DESCRIBED = {"set": "cases.jsonl"}


@pytest.fixture
def rows(assistant):
    return next(ask_cases(assistant, [CASE], lambda line: None))


def same(kept: list, rows: list) -> bool:
    """Whether rows are the same to the last value; tuples come back as lists."""
    return json.dumps([asdict(row) for row in kept]) == json.dumps([asdict(row) for row in rows])


def test_rows_come_back_as_they_were(tmp_path, rows):
    Run(tmp_path, DESCRIBED).append(rows)
    assert same(list(read_rows(tmp_path)), rows)


def test_an_interrupted_run_goes_on_and_a_row_that_was_cut_off_is_asked_again(tmp_path, rows):
    Run(tmp_path, DESCRIBED).append(rows)
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write('{"case": "c2", "tu')
    assert same(Run(tmp_path, DESCRIBED).rows(), rows)


def test_rows_after_a_cut_off_one_are_kept(tmp_path, rows):
    Run(tmp_path, DESCRIBED).append(rows)
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write('{"case": "c2", "tu')
    again = Run(tmp_path, DESCRIBED)
    again.append(rows)
    assert same(again.rows(), [*rows, *rows])


def test_a_finished_run_begins_anew(tmp_path, rows):
    run = Run(tmp_path, DESCRIBED)
    run.append(rows)
    run.close(summary(rows))
    assert json.loads((tmp_path / "scores.json").read_text())["all"]["strict_accuracy"]["n"] == 1
    assert Run(tmp_path, {"set": "other.jsonl"}).rows() == []


def test_the_beginning_of_another_run_is_not_gone_on_with(tmp_path, rows):
    Run(tmp_path, DESCRIBED).append(rows)
    with pytest.raises(UsageError, match="beginning of another run"):
        Run(tmp_path, {"set": "other.jsonl"})


def test_a_folder_without_a_run_says_how_to_make_one(tmp_path):
    with pytest.raises(UsageError, match="eval answers --set"):
        list(read_rows(tmp_path))


def test_a_run_keeps_the_day_it_was_begun_on(tmp_path, rows):
    Run(tmp_path, DESCRIBED, date(2026, 11, 26)).append(rows)
    run = Run(tmp_path, DESCRIBED, date(2026, 11, 27))
    assert read_described(tmp_path) == DESCRIBED | {"begun": "2026-11-26"}
    run.close(summary(rows))
    Run(tmp_path, DESCRIBED, date(2026, 11, 28))
    assert read_described(tmp_path)["begun"] == "2026-11-28"
