"""Run every system over the same questions, one after the other; one that fails is reported, and the others go on."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from corpus.document import Document
from corpus.errors import ProjectError
from eval.answers import write_rows
from eval.cases import Case
from peers import environment, serve
from peers.embedders import Embedder, embedder_for
from peers.exchange import Asked, Reply, asked_of, in_order, read_answers, read_replies, write_corpus, write_questions
from peers.judge import Row, judged
from peers.process import Child, last_line
from peers.roster import SYSTEMS, Peer
from weights.progress import Report
from weights.store import WeightStore

ROWS, LOG = "rows.jsonl", "log.txt"
OURS = "ours"
_START_SECONDS, _QUESTION_SECONDS = 1800, 300  # at most: to start and index, for each question
_QUIET = {  # nothing is fetched from a hub, and nothing is told to anybody
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGCHAIN_TRACING_V2": "false",
    "LOGFIRE_IGNORE_NO_CONFIG": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
}


@dataclass(frozen=True)
class Outcome:
    """What came of one system: its rows, or the `trouble` that kept it from having any."""

    name: str
    title: str
    version: str
    embedder: str = ""
    rows: list[Row] = field(default_factory=list)
    own_bytes: int = 0  # peak of its own process
    served_bytes: int = 0  # peaks of the models that were served to it
    trouble: str = ""
    note: str = ""


@dataclass(frozen=True)
class Bench:
    """What a run stands on; replaced in tests."""

    prepare: Callable[[Peer], Path]
    embedder: Callable[[Peer], Embedder]
    serving: Callable[[serve.What, int, Path], AbstractContextManager[serve.Service]] = serve.serving
    ours: Sequence[str] = (sys.executable, "-m", "assistant", "batch")


def bench(store: WeightStore, report: Report) -> Bench:
    """The real one."""
    home = environment.default_home()
    return Bench(
        prepare=lambda peer: environment.prepare(peer, home, report),
        embedder=lambda peer: embedder_for(peer, store, home, report),
    )


def compare(
    peers: Iterable[Peer],
    cases: Sequence[Case],
    documents: Iterable[Document],
    out: Path,
    stands_on: Bench,
    report: Report,
) -> list[Outcome]:
    """Return what came of each system, ours first; rows and logs are kept in a folder of `out` for each."""
    asked = asked_of(cases)
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        run = _Run(asked, Path(scratch), out, stands_on, report, write_corpus(documents, Path(scratch) / "corpus"))
        write_questions(asked, run.questions)
        return [run.ours(), *(run.peer(peer) for peer in peers)]


@dataclass(frozen=True)
class _Run:
    asked: list[Asked]
    scratch: Path
    out: Path
    stands_on: Bench
    report: Report
    names: dict[str, str]  # document by name of its file

    @property
    def questions(self) -> Path:
        return self.scratch / "questions.jsonl"

    def ours(self) -> Outcome:
        nobody = Outcome(OURS, "this assistant", _checkout(), "our multilingual-e5-small")
        answers = self.scratch / f"{OURS}.jsonl"
        command = [*self.stands_on.ours, str(self.questions), str(answers)]
        try:
            peak = self._run(nobody, command, None)
            rows = self._judged(nobody, read_answers(answers))
        except ProjectError as error:
            return self._failed(nobody, error)
        return Outcome(nobody.name, nobody.title, nobody.version, nobody.embedder, rows, peak)

    def peer(self, peer: Peer) -> Outcome:
        nobody = Outcome(peer.name, peer.title, peer.version)
        try:
            python = self.stands_on.prepare(peer)
            embedder = self.stands_on.embedder(peer)
            return self._answered(nobody, peer, python, embedder)
        except (ProjectError, OSError) as error:
            return self._failed(nobody, error)

    def _answered(self, nobody: Outcome, peer: Peer, python: Path, embedder: Embedder) -> Outcome:
        answers = self.scratch / f"{peer.name}.jsonl"
        (work := self.scratch / peer.name).mkdir()
        given = {"corpus": self.scratch / "corpus", "work": work, "embedder": embedder.folder}
        given |= {"questions": self.questions, "answers": answers}
        command = [str(python), str(peer.folder / "answer.py")]
        command += [word for name, value in given.items() for word in (f"--{name}", str(value))]
        with ExitStack() as models:
            serving = self.stands_on.serving
            served = [models.enter_context(serving("generator", peer.room, self._log(peer, "generator")))]
            if peer.embedder_served:
                served.append(models.enter_context(serving("embedder", 0, self._log(peer, "embedder"))))
            peak = self._run(nobody, [*command, *(["--prompted"] if embedder.prompted else [])], _told(served))
        rows = self._judged(nobody, read_replies(answers, self.names))
        memory = sum(service.peak_bytes for service in served)
        return Outcome(nobody.name, nobody.title, nobody.version, embedder.title, rows, peak, memory, note=peer.note)

    def _run(self, system: Outcome, command: list[str], environment: dict[str, str] | None) -> int:
        self.report(f"{system.title}: {len(self.asked)} questions ...")
        log = self.out / system.name / LOG
        patience = _START_SECONDS + _QUESTION_SECONDS * len(self.asked)
        with Child(command, log, environment) as child:
            finished = child.wait(patience)
        if finished.late:
            raise ProjectError(f"it was stopped after {patience} s: {last_line(log)} (all of it in {log})")
        if finished.code:
            raise ProjectError(f"it ended with code {finished.code}: {last_line(log)} (all of it in {log})")
        return finished.peak_bytes

    def _judged(self, system: Outcome, replies: list[Reply]) -> list[Row]:
        ordered = in_order(replies, self.asked)
        if ordered is None:
            raise ProjectError(f"it answered {len(replies)} of {len(self.asked)} questions")
        rows = judged(self.asked, ordered)
        write_rows(rows, self.out / system.name / ROWS)
        return rows

    def _failed(self, system: Outcome, error: Exception) -> Outcome:
        self.report(f"{system.title}: {error}")
        return Outcome(system.name, system.title, system.version, trouble=" ".join(str(error).split()))

    def _log(self, peer: Peer, what: str) -> Path:
        return self.out / peer.name / f"{what}.log"


def _checkout() -> str:
    """The commit that is running, where git can tell."""
    try:
        command = ["git", "-C", str(SYSTEMS), "describe", "--always", "--dirty"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "this checkout"


def _told(served: Sequence[serve.Service]) -> dict[str, str]:
    """The environment of a peer: where its models are, and none of our settings, which may hold a key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASSISTANT_", "PYTHON"))}
    generator, last = served[0], served[-1]
    told = {"OPENAI_BASE_URL": generator.url, "OPENAI_API_KEY": generator.key, "OPENAI_MODEL": generator.name}
    if last is not generator:
        told["EMBEDDER_BASE_URL"] = last.url
    return kept | _QUIET | told | {"PYTHONPATH": str(SYSTEMS), "PYTHONDONTWRITEBYTECODE": "1"}
