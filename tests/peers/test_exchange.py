import json

from assistant.answer import Turn
from assistant.batch import read_questions
from eval.cases import Case
from peers.exchange import Reply, asked_of, in_order, read_answers, read_replies, write_corpus, write_questions
from tests.peers.fakes import CASES, DOCUMENTS


def test_a_follow_up_is_asked_after_the_reference_answer():
    before = [Turn("user", "Hello"), Turn("assistant", "Good morning")]
    one = Case(id="one", group="main", lang="en", question="Who?", history=before)
    asked = asked_of([*CASES, one])
    assert [a.id for a in asked] == ["firms.0", "firms.1", "price.0", "one.0"]
    assert asked[1].history == (Turn("user", "How many firms are in the hub?"), Turn("assistant", "50"))
    assert asked[3].history == tuple(before)


def test_our_own_command_reads_the_questions(tmp_path):
    write_questions(asked_of(CASES), tmp_path / "in.jsonl")
    read = read_questions(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert [question.id for question in read] == ["firms.0", "firms.1", "price.0"]
    assert [said.content for said in read[1].history] == ["How many firms are in the hub?", "50"]


def test_each_language_of_a_document_is_a_text_file_with_its_title(tmp_path):
    names = write_corpus(DOCUMENTS, tmp_path)
    assert names == {"en/hub.txt": "hub", "it/hub.txt": "hub", "en/tax%2Frate.txt": "tax/rate"}
    assert (tmp_path / "it/hub.txt").read_text(encoding="utf-8") == "# Il polo\n\nIl polo ospita 50 imprese."
    assert sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.txt")) == sorted(names)


def test_a_peer_s_sources_become_documents_and_a_line_cut_off_is_left_out(tmp_path):
    line = {"id": "a", "answer": "50", "sources": ["en/hub.txt", "en/none.txt"], "seconds": 1.5, "error": None}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n" + '{"id": "b", "ans')
    assert read_replies(tmp_path / "a.jsonl", {"en/hub.txt": "hub"}) == [Reply("a", "50", ("hub", ""), 1.5)]
    assert read_replies(tmp_path / "none.jsonl", {}) == []


def test_our_answers_carry_their_status(tmp_path):
    answered = {"status": "partial", "answer": "50 [1]", "citations": [{"document": "hub"}]}
    asks_back = {"status": "clarify", "answer": "Which?", "citations": []}
    lines = [
        {"id": "a", "timings_ms": {"total": 20}, **answered},
        {"id": "b", "timings_ms": {"total": 10}, **asks_back},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_answers(tmp_path / "a.jsonl") == [
        Reply("a", "50 [1]", ("hub",), 0.02, abstained=False),
        Reply("b", "Which?", (), 0.01, abstained=True),
    ]


def test_replies_are_put_in_order_or_missed():
    asked = asked_of(CASES)
    replies = [Reply(a.id, "", (), 1.0) for a in reversed(asked)]
    assert in_order(replies, asked) == replies[::-1]
    assert in_order(replies[1:], asked) is None
