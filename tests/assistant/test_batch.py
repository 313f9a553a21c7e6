import json

import pytest

from assistant import factory
from assistant.__main__ import main
from assistant.assistant import Assistant
from tests.assistant import fakes

WHO = {"id": "who", "question": "Who runs the Mechatronics Hub?"}
GRAPES = {"id": "grapes", "question": "When are grapes picked?", "language": "en"}
FOLLOWS = {
    "id": "follows",
    "question": "How many companies does it host?",
    "history": [{"role": "user", "content": "What is the Mechatronics Hub?"}],
}


@pytest.fixture(autouse=True)
def asked(found, tmp_path, monkeypatch):
    """The questions that reach the assistant."""
    monkeypatch.chdir(tmp_path)
    questions: list[str] = []
    answer = Assistant.answer

    def noted(self, question, *rest):
        questions.append(question)
        return answer(self, question, *rest)

    monkeypatch.setattr(Assistant, "answer", noted)
    monkeypatch.setattr(factory, "build_assistant", lambda settings: fakes.assistant(found))
    return questions


@pytest.fixture
def batch(tmp_path):
    """Run the command on these lines; return its exit code and the objects in the output."""

    def run(*lines: dict | str) -> tuple[int, list[dict]]:
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
        code = main(["batch", str(tmp_path / "in.jsonl"), str(out(tmp_path))])
        return code, answers(tmp_path) if out(tmp_path).exists() else []

    return run


def out(folder):
    return folder / "results" / "out.jsonl"


def answers(folder) -> list[dict]:
    return [json.loads(line) for line in out(folder).read_bytes().splitlines()]


def test_every_question_gets_its_answer_object_and_id(batch):
    code, rows = batch(WHO, GRAPES, FOLLOWS)
    assert code == 0
    assert [(row["id"], row["status"]) for row in rows] == [(id_, "answered") for id_ in ("who", "grapes", "follows")]
    assert rows[2]["question_used"].endswith("(Mechatronics Hub)")
    assert list(rows[0])[:3] == ["id", "status", "answer"]


def test_standard_output_stays_empty(batch, capsys):
    batch(WHO)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "answered 1 of 1" in shown.err


def test_a_second_run_answers_only_what_is_new(batch, asked):
    batch(WHO)
    code, rows = batch(WHO, GRAPES)
    assert (code, [row["id"] for row in rows]) == (0, ["who", "grapes"])
    assert asked == [WHO["question"], GRAPES["question"]]


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_half_written_last_line_is_answered_again(batch, tmp_path, asked, cut):
    batch(WHO, GRAPES)
    whole = out(tmp_path).read_bytes()
    out(tmp_path).write_bytes(whole[:-cut])
    code, rows = batch(WHO, GRAPES)
    assert (code, [row["id"] for row in rows]) == (0, ["who", "grapes"])
    assert asked.count(GRAPES["question"]) == 2


def test_a_line_cut_within_a_character_is_answered_again(batch, tmp_path):
    batch(WHO)
    with out(tmp_path).open("ab") as file:
        file.write('{"id": "grapes", "answer": "ü'.encode()[:-1])
    code, rows = batch(WHO, GRAPES)
    assert (code, [row["id"] for row in rows]) == (0, ["who", "grapes"])


def test_other_line_separators_in_a_text_do_not_end_a_line(batch):
    odd = {"id": "odd", "question": "Who runs\u2028 the\x85 Mechatronics Hub?"}
    line = json.dumps(odd, ensure_ascii=False)
    assert batch(line)[0] == 0
    code, rows = batch(line, GRAPES)
    assert (code, [row["id"] for row in rows]) == (0, ["odd", "grapes"])


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        '"text"',
        '{"id": "x"}',
        '{"question": "Who?"}',
        '{"id": 7, "question": "Who?"}',
        '{"id": "x", "question": ""}',
        '{"id": "x", "question": " \\u0000"}',
        '{"id": "x", "question": "Who?", "language": "fr"}',
        '{"id": "x", "question": "Who?", "history": [{"role": "robot", "content": "x"}]}',
        json.dumps({"id": "x", "question": "x" * 4001}),
    ],
)
def test_a_bad_line_is_named_before_anything_is_answered(batch, capsys, asked, bad):
    assert batch(WHO, "", bad)[0] == 2
    assert "in.jsonl, line 3: " in capsys.readouterr().err
    assert asked == []


def test_an_input_that_is_not_there_is_wrong_use(tmp_path, capsys):
    assert main(["batch", str(tmp_path / "none.jsonl"), str(out(tmp_path))]) == 2
    assert "none.jsonl cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["a shopping list\n", '{"no": "id"}\n', "[1]\n", "\x00\n"])
def test_an_output_that_holds_something_else_is_left_as_it_is(batch, tmp_path, capsys, asked, other):
    out(tmp_path).parent.mkdir()
    out(tmp_path).write_text(other, encoding="utf-8")
    (tmp_path / "in.jsonl").write_text(json.dumps(WHO), encoding="utf-8")
    assert main(["batch", str(tmp_path / "in.jsonl"), str(out(tmp_path))]) == 2
    assert "holds something else than answers" in capsys.readouterr().err
    assert (out(tmp_path).read_text(encoding="utf-8"), asked) == (other, [])
