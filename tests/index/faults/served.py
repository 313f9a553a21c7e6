"""What an index serves, read the way the program reads it, and whether that is all of a version and nothing else."""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import index.build
from corpus.document import Document
from index.build import build_index
from index.names import collection
from index.probe import start_probe
from index.retrieve import Retriever
from index.serving import Serving, open_serving
from tests.fakes import FakeEmbedder
from tests.index.faults.children import Say
from tests.index.faults.texts import GOLDEN, IDENTITY

_CLOSE = 1e-5


@dataclass(frozen=True)
class Content:
    """All that a build holds: texts by id, vectors, and the best passage and sentence for each golden question."""

    texts: dict[str, str]
    passages: np.ndarray
    sentences: np.ndarray
    golden: list[tuple[str, str]]
    degraded: str | None

    def equals(self, other: "Content") -> bool:
        """Say whether nothing differs but the last bits of vectors."""
        return (
            self.texts == other.texts
            and self.golden == other.golden
            and _close(self.passages, other.passages)
            and _close(self.sentences, other.sentences)
        )

    def digest(self) -> str:
        """Hash of all of it, vectors rounded."""
        rounded = [np.round(vectors, 3).tobytes().hex() for vectors in (self.passages, self.sentences)]
        return hashlib.sha256(json.dumps([self.texts, self.golden, rounded]).encode()).hexdigest()


def build(say: Say, documents: list[Document], directory: Path) -> int:
    """Bring the index up to date with the documents; say when a first batch was stored."""
    index.build._BATCH = 64  # several batches, even of a small collection
    return build_index(documents, directory, FakeEmbedder(IDENTITY), lambda _: say("stored")).embedded


def served(_: Say, directory: Path, probed: bool = False) -> Content:
    """Open what is served and read all of it, from every store."""
    retriever = Retriever(directory, FakeEmbedder(IDENTITY), probing=start_probe(directory) if probed else None)
    answers = [_best(retriever, language, question) for language, question in GOLDEN]
    serving = open_serving(directory, IDENTITY)
    try:
        return _content(serving, answers)
    finally:
        serving.parts.close()


def _content(serving: Serving, answers: list[tuple[str, str]]) -> Content:
    parts = serving.parts
    held = list(parts.records.all_passages())
    passages = parts.passages.read(0, len(held))
    for language in serving.manifest.languages:
        numbers = list(parts.records.numbers(language))
        in_chroma = parts.store.vectors(collection(language), [str(number) for number in numbers])
        if not _close(np.stack([in_chroma[str(number)] for number in numbers]), passages[numbers]):
            raise AssertionError(f"vectors in Chroma are not those in the file ({language})")
    return Content(
        {passage.id: passage.chunk.text for passage in held},
        passages,
        parts.sentences.read(0, serving.manifest.sentences),
        answers,
        serving.degraded,
    )


def _best(retriever: Retriever, language: str, question: str) -> tuple[str, str]:
    found = retriever.search(question, language)
    return found.chunks[0].chunk.id, found.sentences[0].text


def _close(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, atol=_CLOSE))


if __name__ == "__main__":
    sys.stdout.write(served(lambda _: None, Path(sys.argv[1])).digest())
