"""A peer that answers from a small script, run as a program of its own; a model that nobody has to load."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.document import Document
from eval.cases import Case
from peers.embedders import Embedder
from peers.roster import Peer
from peers.run import Bench
from peers.serve import Service

DOCUMENTS = [
    Document("hub", "en", "The hub", "The hub hosts 50 firms."),
    Document("hub", "it", "Il polo", "Il polo ospita 50 imprese."),
    Document("tax/rate", "en", "The tax", "The rate is 2.68 %."),
]


def _turn(user: str, answer: str, fact: str) -> dict:
    return {"user": user, "reference": answer, "facts": [fact], "must_include": [answer]}


CASES = [
    Case(
        id="firms",
        group="main",
        lang="en",
        turns=[
            {
                "user": "How many firms are in the hub?",
                "reference": "50",
                "facts": ["hub.firms"],
                "must_include": ["50"],
            },
            {"user": "And the tax?", "reference": "2.68", "facts": ["tax/rate.rate"], "must_include": ["2,68"]},
        ],
    ),
    Case(id="price", group="unanswerable", lang="en", behaviour="abstain", question="What does a metre cost?"),
]
WRITTEN = """
from loop import answer_all
ANSWERS = {answers!r}
def build(given):
    assert given.url == "http://127.0.0.1:9/v1" and given.key == "secret" and given.model == "small"
    assert (given.corpus / "en" / "hub.txt").read_text() == "# The hub\\n\\nThe hub hosts 50 firms."
    def ask(question, history):
        {before}
        return ANSWERS[question], [given.name_of(file) for file in sorted(given.corpus.rglob("*.txt"))[:2]]
    return ask
answer_all(build)
"""
KNOWS = {
    "How many firms are in the hub?": "It hosts 50 firms.",
    "And the tax?": "The rate is 3 %.",
    "What does a metre cost?": "I don't know.",
}
OURS = """
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    asked = json.loads(line)
    known = "firms" in asked["question"]
    answer = {"id": asked["id"], "status": "answered" if known else "not_in_corpus", "answer": "50 firms [1].",
              "citations": [{"document": "hub"}] if known else [], "timings_ms": {"total": 250.0}}
    open(sys.argv[2], "a", encoding="utf-8").write(json.dumps(answer) + "\\n")
"""


def peer(systems: Path, name: str = "fake", program: str | None = None, before: str = "pass", **more: object) -> Peer:
    (systems / name).mkdir(parents=True)
    (systems / name / "requirements.txt").write_text("# none\nfake-package==1.2\n")
    written = WRITTEN.format(answers=KNOWS, before=before) if program is None else program
    (systems / name / "answer.py").write_text(written)
    return Peer(name, name.title(), "fake-package", systems=systems, **more)


def bench(folder: Path, **replaced: object) -> Bench:
    (folder / "ours.py").write_text(OURS)
    parts = {
        "prepare": lambda peer: Path(sys.executable),
        "embedder": lambda peer: Embedder(folder, "no model", prompted=False),
        "serving": served,
        "ours": (sys.executable, str(folder / "ours.py")),
    }
    return Bench(**parts | replaced)


@contextmanager
def served(what: str, room: int, log: Path) -> Iterator[Service]:
    service = Service("http://127.0.0.1:9/v1", "small", "secret")
    yield service
    service.peak_bytes = 7_000_000_000


def rows(out: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (out / name / "rows.jsonl").read_text(encoding="utf-8").splitlines()]


def runs(pid: int) -> bool:
    """Whether a process is still there, and not only waiting to be noticed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
