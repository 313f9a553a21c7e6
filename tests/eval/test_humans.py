"""People's grades: how they are read, and how judge and people are held to each other."""

import json

import pytest

from corpus.errors import UsageError
from eval import __main__ as program
from eval import metrics
from eval.judging import belief
from eval.judging.ask import Asked, Grades
from eval.judging.humans import agreement, among_people, read_humans
from eval.judging.kept import Verdicts
from eval.judging.support import support
from tests.provider import address, completion, serving


def response(text, faithful, complete, people=("p", "q", "r")):
    def given(grades):
        return {name: {"value": str(grade), "duration": 9.0} for name, grade in zip(people, grades, strict=False)}

    annotations = {"faithfulness": given(faithful), "completeness": given(complete), "RougeL": {"system": {"value": 1}}}
    return {"response": text, "annotations": annotations}


def task(number, *grades):
    """A question whose responses got these grades of three people, for both things alike."""
    told = {f"model-{n}": response(f"response {number}.{n}", given, given) for n, given in enumerate(grades)}
    return {"task_id": f"t{number}", "models": {"reference": response("As written.", (4, 4, 4), (4, 4, 4)), **told}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A function that writes a set with people's grades; the file of the grades."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(metrics, "_RESAMPLES", 20)
    for name in ("URL", "MODEL", "KEY"):
        monkeypatch.delenv(f"ASSISTANT_JUDGE_{name}", raising=False)

    def write(*tasks):
        query = {"text": "And who?", "history": [{"role": "user", "text": "What?"}], "given_ids": ["d1"], "answers": []}
        lines = {
            "human_eval": tasks,
            "queries": [{"id": task["task_id"]} | query for task in tasks],
            "corpus": [{"id": "d1", "title": "D", "text": "A passage."}, {"id": "d2", "title": "", "text": "Another."}],
        }
        for name, rows in lines.items():
            (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return tmp_path / "human_eval.jsonl"

    return write


def judged(tasks, *grades) -> Verdicts:
    ids = [item.asked.id for task in tasks for item in task]
    return Verdicts({id_: Grades(faithful=g, answers=g) for id_, g in zip(ids, grades, strict=True)}, 0, 0)


def test_responses_come_with_all_that_people_saw(folder):
    ((first, second),) = read_humans(folder(task(1, (4, 3, 4), (1, 2, 1))))
    assert [item.asked.id for item in (first, second)] == ["t1 model-0", "t1 model-1"]
    assert first.people == {name: {"p": 4.0, "q": 3.0, "r": 4.0} for name in ("faithful", "answers")}
    asked = first.asked
    assert (asked.conversation, asked.question, asked.quotes) == ((("user", "What?"),), "And who?", ("A passage.",))
    assert (asked.answer, asked.reference) == ("response 1.0", "As written.")


def test_a_judge_that_sees_what_people_see_is_ahead_of_each_of_them(folder):
    tasks = read_humans(folder(*(task(n, (4, 4, 4 - n % 2), (1, 2, 1 + n % 3)) for n in range(6))))
    found = agreement(tasks, "strong", judged(tasks, *[4, 1] * 6)).grades["faithful"]
    assert found.judge.value > found.people.value > 0.5
    assert found.ahead.value == pytest.approx(found.judge.value - found.people.value)
    assert (found.judge_orders.value, found.judge.n) == (1.0, 6)
    assert among_people(tasks)["faithful"] == found.people


def test_a_judge_that_sees_the_opposite_is_behind(folder):
    tasks = read_humans(folder(*(task(n, (4, 4, 3), (1, 2, 1)) for n in range(4))))
    found = agreement(tasks, "strong", judged(tasks, *[1, 4] * 4))
    assert found.grades["answers"].judge.value < 0
    assert found.grades["answers"].judge_orders.value == 0
    assert any("'answers'" in doubt for doubt in found.doubts())


def test_a_judge_that_always_says_the_same_agrees_with_nobody(folder):
    tasks = read_humans(folder(*(task(n, (4, 4, 3), (1, 2, 1)) for n in range(4))))
    found = agreement(tasks, "strong", judged(tasks, *[4] * 8))
    assert found.grades["faithful"].judge_orders.value == 0.5
    assert any("nan" in doubt for doubt in found.doubts())


def test_a_response_without_a_verdict_or_with_one_person_counts_for_nothing(folder):
    tasks = read_humans(folder(task(1, (4, 4, 4), (1, 1, 2)), task(2, (3,), (2,)), task(3, (4, 3, 3), (1, 2, 2))))
    verdicts = judged(tasks, 4, 1, 3, 2, 4, 1)
    del verdicts.grades["t1 model-1"]
    found = agreement(tasks, "strong", Verdicts(verdicts.grades, 1, 0))
    assert (found.answers, found.failed) == (5, 1)
    assert found.grades["faithful"].judge.value > 0


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("human_eval", "{\n", "line 1 is not JSON"),
        ("human_eval", '{"task_id": "t1"}\n', "line 1: models: Field required"),
        ("corpus", "", "of t1 the question, a passage or the reference is missing"),
        ("queries", "", "of t1 the question"),
        ("queries", None, "There is no .*queries.jsonl"),
        ("human_eval", None, "There is no .*human_eval.jsonl"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder, name, text, complaint):
    file = folder(task(1, (4, 4, 4)))
    broken = file.with_name(f"{name}.jsonl")
    broken.unlink() if text is None else broken.write_text(text)
    with pytest.raises(UsageError, match=complaint):
        read_humans(file)


def test_the_command_measures_says_and_remembers(folder, monkeypatch, capsys):
    file = folder(*(task(n, (4, 4, 3), (1, 2, 1)) for n in range(4)))
    grades = completion(said='{"faithful": 4, "answers": 4, "why": ""}')
    with serving(200, "application/json", grades) as server:
        monkeypatch.setenv("ASSISTANT_JUDGE_URL", address(server))
        monkeypatch.setenv("ASSISTANT_JUDGE_MODEL", "strong")
        assert program.main(["agreement", "--humans", str(file), "--limit", "3"]) == 0
        assert program.main(["agreement", "--humans", str(file), "--limit", "3"]) == 0
        assert len(server.requests) == 6  # two responses of each of three questions, once
    shown = capsys.readouterr().out
    assert "rank correlation of one person with the others" in shown
    assert "strong judged 6 of 6" in shown
    assert "not to be believed: only 6 answers were judged" in shown
    assert "only 6 answers" in belief.doubts("strong")[0]


def test_without_an_endpoint_people_are_still_held_to_one_another(folder, capsys):
    file = folder(*(task(n, (4, 4, 3), (1, 2, 1)) for n in range(4)))
    assert program.main(["agreement", "--humans", str(file)]) == program.WRONG_USE
    told = capsys.readouterr()
    assert "faithful: 0." in told.out
    assert "Set ASSISTANT_JUDGE_URL" in told.err


def test_support_is_the_share_of_sentences_that_a_quote_carries():
    class Reader:
        def supported(self, claims):
            return [9.0 if claim.startswith(quote[:4]) else -9.0 for claim, quote in claims]

    asked = [
        Asked("half", (), "?", ("Some other.", "Cats sleep."), "", "Cats sleep a lot. Dogs do not."),
        Asked("all", (), "?", ("Cats sleep.", "Dogs bark."), "", "Cats sleep a lot. Dogs bark."),
        Asked("nothing to hold it to", (), "?", (), "", "Cats sleep."),
    ]
    assert list(support(Reader(), asked, lambda line: None).values()) == [0.5, 1.0, 0.0]
