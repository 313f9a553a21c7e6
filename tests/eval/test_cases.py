import json
from pathlib import Path

import pytest

import eval as package
from corpus.errors import UsageError
from eval.cases import Case, includes, read_cases
from eval.lint import Checked, complaints

COMMITTED = sorted((Path(package.__file__).parent / "cases").glob("*.jsonl"))
GOOD = {"id": "q1", "group": "main", "lang": "en", "question": "Who runs the hub?"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The hub hosts 214 firms in MAY 2025.", ["214", "may 2025|2025"]),
        ("Almost 10,000 people", ["10.000"]),
        ("Almost 10 000 people", ["10,000"]),
        ("fast 10.000 Menschen", ["10000"]),
        ("1,8 % of GDP", ["1.8"]),
        ("agrifood and mechatronics", ["agri|Lebensmittel", "mechatroni|meccatroni"]),
        ("run by\nTrentino   Sviluppo", ["trentino sviluppo"]),
        ("STRASSE", ["straße"]),
        ("(Rovereto)", ["Rovereto"]),
        ("costs 6 million (net)", ["6 million (net)|none"]),
        ("anything", []),
    ],
)
def test_an_answer_that_says_it_is_accepted(text, wanted):
    assert includes(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The hub hosts 214 firms.", ["214", "2025"]),
        ("mechatronics", ["tronics"]),
        ("unemployment", ["employment"]),
        ("1214 firms", ["214"]),
        ("10.500 people", ["10.000"]),
        ("2.68", ["268"]),
        ("214 firms", ["21"]),
        ("30,000 firms", ["30"]),
        ("a.b", ["a+b"]),
        ("", ["214"]),
    ],
)
def test_an_answer_that_does_not_say_it_is_rejected(text, wanted):
    assert not includes(text, wanted)


@pytest.mark.parametrize("file", COMMITTED, ids=lambda file: file.stem)
def test_the_committed_cases_can_be_read(file):
    cases = read_cases(file)
    assert len(cases) >= 40
    for turn in (turn for case in cases for turn in case.questions()):
        assert turn.user.strip()
        answered = turn.behaviour in ("answer", "answer-corrected")
        assert bool(turn.facts) == answered, turn.user
        assert answered or not turn.must_include, turn.user


def test_no_id_or_question_occurs_in_two_committed_cases():
    cases = [case for file in COMMITTED for case in read_cases(file)]
    assert len({case.id for case in cases}) == len(cases)
    questions = [(case.question or case.turns[0].user).casefold() for case in cases]
    assert len(set(questions)) == len(questions)


def test_the_reference_answer_passes_its_own_case():
    failing = [
        (case.id, turn.must_include)
        for file in COMMITTED
        for case in read_cases(file)
        for turn in case.questions()
        if not includes(turn.reference, turn.must_include)
    ]
    assert failing == []


def test_a_single_question_is_one_turn_and_a_conversation_all_of_its_own():
    single = Case(**GOOD, facts=["d.f"], must_include=["x"], behaviour="answer-corrected")
    (turn,) = single.questions()
    assert (turn.user, turn.facts, turn.must_include) == (GOOD["question"], ["d.f"], ["x"])
    assert turn.behaviour == "answer-corrected"
    turns = [{"user": "What is it?"}, {"user": "And where?"}]
    talk = Case(id="c", group="multi-turn", lang="en", turns=turns)
    assert [turn.user for turn in talk.questions()] == ["What is it?", "And where?"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        json.dumps({**GOOD, "question": None}),
        json.dumps({**GOOD, "turns": [{"user": "x"}]}),
        json.dumps({**GOOD, "group": "other"}),
        json.dumps({**GOOD, "lang": "fr"}),
        json.dumps({**GOOD, "behaviour": "sing"}),
        json.dumps({**GOOD, "must_inlcude": ["x"]}),
    ],
)
def test_a_bad_case_is_named_by_its_line(tmp_path, line):
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"cases\.jsonl, line 3"):
        read_cases(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.jsonl"):
        read_cases(tmp_path / "none.jsonl")


def test_other_line_separators_in_a_text_do_not_end_a_line(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({**GOOD, "question": "Who\u2028 runs it?"}, ensure_ascii=False), encoding="utf-8")
    assert [case.question for case in read_cases(file)] == ["Who\u2028 runs it?"]


def test_a_case_that_asks_what_a_known_question_asks_is_complained_of():
    case = Case(**GOOD, facts=["d.f"], must_include=["x"], reference="x")
    (same,) = complaints({"dev": [case]}, Checked([], frozenset(["d.f"]), frozenset(), [GOOD["question"].upper()]))
    assert "is a known question" in same
    assert complaints({"dev": [case]}, Checked([], frozenset(["d.f"]), frozenset(), ["Where is it?"])) == []
