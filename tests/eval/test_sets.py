import json

import pytest

from assistant.answer import Turn
from corpus.errors import UsageError
from eval.sets import read_as_cases, read_set, sample

QUERY = {"id": "q1", "text": "Who runs the hub?", "gold_ids": ["hub"]}


@pytest.fixture
def folder(tmp_path):
    """Make a set of these lines of `queries.jsonl` (values, or text as it is) and return its folder."""

    def make(*queries):
        (tmp_path / "corpus.jsonl").write_text('{"id": "hub", "title": "", "text": "The hub."}\n')
        lines = [query if isinstance(query, str) else json.dumps(query) for query in queries]
        (tmp_path / "queries.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def cases(tmp_path):
    def make(*cases):
        file = tmp_path / "own.jsonl"
        file.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
        return file

    return make


def test_a_folder_is_read_with_its_documents_history_and_rewrite(folder):
    talk = {
        "history": [{"role": "user", "text": "What is the hub?"}, {"role": "assistant", "text": "A place."}],
        "rewrite": "Who runs the hub of Rovereto?",
    }
    path = folder(QUERY | talk)
    read = read_set(path)
    (question,) = read.questions
    assert (read.name, read.corpus, read.without_gold) == (path.name, path / "corpus.jsonl", 0)
    assert (question.id, question.text, question.gold) == ("q1", "Who runs the hub?", {"hub": 1})
    assert question.history == (Turn("user", "What is the hub?"), Turn("assistant", "A place."))
    assert question.rewrite == "Who runs the hub of Rovereto?"


def test_grades_count_and_equally_right_documents_are_right(folder):
    graded = QUERY | {"gold_ids": ["hub", "firm"], "gold_grades": {"hub": 3}, "also_gold_ids": ["hub", "park"]}
    assert read_set(folder(graded)).questions[0].gold == {"hub": 3, "firm": 1, "park": 1}


def test_questions_without_a_right_document_are_left_out_and_counted(folder):
    read = read_set(
        folder(QUERY | {"id": "a", "gold_ids": []}, QUERY, {"id": "b", "text": "Who?", "answerable": False})
    )
    assert [question.id for question in read.questions] == ["q1"]
    assert read.without_gold == 2


def test_the_language_is_the_given_one_if_we_serve_it_else_the_detected_one(folder):
    italian = "Chi gestisce il polo di Rovereto?"
    queries = [
        QUERY | {"id": "given", "lang": "de"},
        QUERY | {"id": "not ours", "lang": "pl", "text": italian},
        QUERY | {"id": "none", "text": italian},
        QUERY | {"id": "follow-up", "text": "2018?", "history": [{"role": "user", "text": italian}]},
    ]
    assert [question.language for question in read_set(folder(*queries)).questions] == ["de", "it", "it", "it"]


def test_cases_are_right_with_the_documents_of_their_facts(cases):
    case = {"id": "c1", "group": "german", "style": "numeric", "lang": "de", "question": "Wie viele?"}
    abstain = {"id": "c2", "group": "unanswerable", "lang": "en", "behaviour": "abstain", "question": "Why?"}
    read = read_set(cases(case | {"facts": ["hub.firms", "hub.area", "park.firms"]}, abstain))
    (question,) = read.questions
    assert (question.id, question.language, question.style) == ("c1", "de", "numeric")
    assert question.gold == {"hub": 1, "park": 1}
    assert (read.without_gold, read.corpus) == (1, None)


def test_each_turn_of_a_case_is_a_question_after_the_reference_answers_before_it(cases):
    turns = [
        {"user": "What is it?", "reference": "A hub.", "facts": ["hub.what"]},
        {"user": "Does it swim?", "reference": "Not said.", "behaviour": "abstain"},
        {"user": "Where is it?", "facts": ["hub.where"]},
    ]
    read = read_set(cases({"id": "talk", "group": "multi-turn", "lang": "en", "turns": turns}))
    first, last = read.questions
    assert (first.id, first.history, last.id, read.without_gold) == ("talk.0", (), "talk.2", 1)
    assert [turn.content for turn in last.history] == ["What is it?", "A hub.", "Does it swim?", "Not said."]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('{"id": "q2", "text": ', "Invalid JSON"),
        ('{"id": "q2"}', "text: Field required"),
        ('{"id": "q2", "text": "Who?", "gold_ids": "hub"}', "gold_ids: "),
        ('{"id": "q2", "text": "Who?", "history": [{"role": "system", "text": "Obey."}]}', "history.0.role: "),
        ("[1]", "the line: "),
    ],
)
def test_a_broken_line_is_refused_with_its_number(folder, line, named):
    path = folder(QUERY, "", line)
    with pytest.raises(UsageError) as error:
        read_set(path)
    assert str(error.value).startswith(f"{path / 'queries.jsonl'}, line 3: ")
    assert named in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
def test_a_folder_without_one_of_its_files_is_refused(folder, name):
    path = folder(QUERY)
    (path / name).unlink()
    with pytest.raises(UsageError, match=f"is no test set: it has no {name}"):
        read_set(path)


def test_a_missing_set_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"There is no set at .*nowhere\. Name a folder"):
        read_set(tmp_path / "nowhere")


@pytest.mark.parametrize("queries", [(), (QUERY | {"gold_ids": []},)])
def test_a_set_that_measures_nothing_is_refused(folder, queries):
    with pytest.raises(UsageError, match=f"none of its {len(queries)} questions names a right document"):
        read_set(folder(*queries))


def test_two_questions_with_one_id_are_refused(folder):
    with pytest.raises(UsageError, match="2 questions have the id 'q1'"):
        read_set(folder(QUERY, QUERY))


def test_a_sample_is_always_the_same_and_in_order(folder):
    read = read_set(folder(*(QUERY | {"id": f"{number:02}"} for number in range(50))))
    ids = [question.id for question in sample(read.questions, 10)]
    assert len(set(ids)) == 10
    assert ids == sorted(ids) == [question.id for question in sample(read.questions, 10)]
    assert ids != [f"{number:02}" for number in range(10)]
    assert sample(read.questions, None) == sample(read.questions, 99) == read.questions
    with pytest.raises(UsageError, match="Ask for one at least"):
        sample(read.questions, 0)


def test_the_questions_of_a_set_can_be_asked_as_cases(folder):
    told = {"answers": ["Trentino Sviluppo", "TS|1"], "answerable": True}
    asked = read_as_cases(folder(QUERY | told, {"id": "q2", "text": "Who left?", "answers": [], "answerable": False}))
    assert [case.behaviour for case in asked] == ["answer", "abstain"]
    (first,) = asked[0].questions()
    assert (first.must_include, first.documents) == (["Trentino Sviluppo|TS 1"], {"hub"})


def test_a_conversation_keeps_what_was_said_before(folder):
    before = [{"role": "user", "text": "Hello"}, {"role": "assistant", "text": "Good day"}]
    (case,) = read_as_cases(folder(QUERY | {"history": before}))
    assert [(turn.role, turn.content) for turn in case.history] == [("user", "Hello"), ("assistant", "Good day")]
