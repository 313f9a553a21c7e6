"""What the programs of all peers share: read the questions, answer one after the other, write each answer as it comes.

Runs in the environment of a peer, so it knows the standard library alone.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ANSWER_TOKENS = 512  # the most that any peer may write: a small model may not find an end


@dataclass(frozen=True)
class Given:
    """What a peer is built from: documents, embedding model, generator."""

    corpus: Path
    work: Path  # an empty folder of its own
    embedder: Path
    embedder_url: str  # where the same weights are served, for a peer that takes them from a service
    prompted: bool  # whether the embedding model was trained with "query: " and "passage: " in front
    url: str
    key: str
    model: str

    def name_of(self, file: str | Path) -> str:
        """Name of a file of the corpus, as the answer has to give it."""
        return Path(file).resolve().relative_to(self.corpus.resolve()).as_posix()


Message = dict[str, str]  # role ("user" or "assistant") and content
Ask = Callable[[str, list[Message]], tuple[str, list[str]]]  # question, history -> answer, names of its sources


def answer_all(build: Callable[[Given], Ask]) -> None:
    """Build the peer, then answer every question. What goes wrong with one of them is written in its place."""
    parser = argparse.ArgumentParser()
    for name in ("corpus", "work", "embedder", "questions", "answers"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--prompted", action="store_true")
    options = parser.parse_args()
    ask = build(
        Given(
            corpus=options.corpus,
            work=options.work,
            embedder=options.embedder,
            embedder_url=os.environ.get("EMBEDDER_BASE_URL", ""),
            prompted=options.prompted,
            url=os.environ["OPENAI_BASE_URL"],
            key=os.environ["OPENAI_API_KEY"],
            model=os.environ["OPENAI_MODEL"],
        )
    )
    with options.answers.open("w", encoding="utf-8") as file:
        for line in options.questions.read_text(encoding="utf-8").split("\n"):
            if line:
                file.write(json.dumps(_answered(ask, json.loads(line)), ensure_ascii=False) + "\n")
                file.flush()


def _answered(ask: Ask, asked: dict[str, object]) -> dict[str, object]:
    started = time.perf_counter()
    answer, sources, error = "", [], None
    try:
        answer, sources = ask(asked["question"], asked["history"])
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"[:500]
    seconds = round(time.perf_counter() - started, 3)
    return {"id": asked["id"], "answer": answer, "sources": sources, "seconds": seconds, "error": error}
