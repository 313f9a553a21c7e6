from dataclasses import replace

from peers.exchange import Reply, asked_of
from peers.judge import judged
from peers.run import Outcome
from peers.table import ahead, table
from tests.peers.fakes import CASES

ASKED = asked_of(CASES)
RIGHT = ("50", "2.68", "I don't know")


def outcome(title: str, answers=RIGHT, seconds=2.0, own=3_000_000_000, served=0, error=None) -> Outcome:
    documents = ("hub", "tax/rate")
    replies = [Reply(a.id, text, documents, seconds, error=error) for a, text in zip(ASKED, answers, strict=True)]
    return Outcome(title.lower(), title, "1.0", "a model", judged(ASKED, replies), own, served)


def test_each_system_has_its_line_with_intervals_time_and_memory():
    text = table([outcome("Ours"), outcome("Peer", ("50", "3", "3 euro"), own=1_000_000_000, served=2_500_000_000)])
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.split("\n") if line.startswith("|")]
    assert lines[2] == [
        "Ours", "1.0", "a model", "1.000 [1.000, 1.000]", "1.000 [1.000, 1.000]", "1.000 [1.000, 1.000]", "1.000",
        "0.500 [0.500, 0.500]", "2.0", "2.0", "3.0",
    ]  # fmt: skip
    assert lines[3][:4] == ["Peer", "1.0", "a model", "0.333 [0.000, 1.000]"]
    assert lines[3][4:7] == ["-", "0.000 [0.000, 0.000]", "0.000"]
    assert lines[3][-1] == "1.0 + 2.5"
    assert "Peer is ahead of us in no column." in text


def test_where_a_peer_wins_it_says_so():
    ours = outcome("Ours", ("50", "I don't know", "I don't know"))
    said = ahead(ours, outcome("Peer", seconds=1.0, own=1_000_000_000, served=500_000_000))
    assert said.startswith("**Peer is ahead of us in strict accuracy (1.000 against 0.667, the intervals overlap), ")
    assert "refusal precision (1.000 against 0.500" in said
    assert "median s (1.0 against 2.0), p95 s (1.0 against 2.0), memory, GB (1.5 against 3.0)" in said
    assert "recall" not in said


def test_who_never_refuses_is_not_ahead_in_the_precision_of_refusals():
    assert "precision" not in ahead(outcome("Ours"), outcome("Peer", ("50", "2.68", "3 euro")))


def test_what_a_reader_must_know_of_a_peer_is_told():
    noted = replace(outcome("Peer"), note="an agent.")
    assert "- Peer: an agent.\n" in table([outcome("Ours"), noted])


def test_what_was_not_measured_and_what_failed_is_told():
    absent = Outcome("absent", "Absent", "2.0", trouble="it needs Python 3.97")
    text = table([outcome("Ours"), absent, outcome("Peer", error="TimeoutError")])
    assert "- Absent 2.0: not measured, it needs Python 3.97\n" in text
    assert "- Peer: 3 answers failed.\n" in text
    assert "| Absent" not in text


def test_a_table_is_made_even_when_nothing_was_measured():
    text = table([Outcome("ours", "Ours", "1.0", trouble="no index"), Outcome("p", "Peer", "1.0", trouble="no disk")])
    assert text.startswith("| system")
    assert "Ours 1.0: not measured, no index" in text
