"""How fast: embedding passages against the plain way to use the same weights, and finding, warm, for one user."""

import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.condense import Standalone
from corpus.document import Span
from corpus.errors import ProjectError
from corpus.load import load_documents
from corpus.split import split_document
from eval.cases import read_cases
from eval.metrics import median_and_p95
from index.embed import Embedder, Vectors
from index.manifest import embedded_text
from index.retrieve import Retriever, ScoredChunk

PEER = "langchain-huggingface==1.2.3"
_WARM_UPS = 5
_BLOCK = 128  # passages embedded in one way before it is the other's turn

Embed = Callable[[list[str]], Any]  # texts to vectors, shape (len(texts), dimension)


@dataclass(frozen=True)
class EmbeddingSpeed:
    """Passages a second of both, how many times as fast ours is (over all and in each block), cosine of the vectors."""

    passages: int
    ours_per_s: float
    plain_per_s: float
    ratio: float
    ratio_by_block: tuple[float, ...]
    cosine_mean: float
    cosine_min: float


@dataclass(frozen=True)
class TimedSearch:
    """Passages, best first, and the milliseconds they took; `embedding_ms` of these went into the question's vector."""

    chunks: list[ScoredChunk]
    ms: float
    embedding_ms: float


class TimedEmbedder:
    """An embedder that adds up how long its questions took, in seconds."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.identity, self.dimension = embedder.identity, embedder.dimension
        self.seconds = 0.0

    def passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found; not timed."""
        return self._embedder.passages(texts)

    def passages_with_parts(self, texts: list[str], parts: list[list[Span]]) -> list[Vectors]:
        """Embed texts and parts of them; not timed."""
        return self._embedder.passages_with_parts(texts, parts)

    def query(self, text: str) -> Vectors:
        """Embed one question, timed."""
        return self._timed(lambda: self._embedder.query(text))

    def queries(self, texts: list[str]) -> Vectors:
        """Embed some questions at once, timed."""
        return self._timed(lambda: self._embedder.queries(texts))

    def alike(self, texts: list[str]) -> Vectors:
        """Embed questions to be compared, timed."""
        return self._timed(lambda: self._embedder.alike(texts))

    def _timed(self, embed: Callable[[], Vectors]) -> Vectors:
        started = time.perf_counter()
        vectors = embed()
        self.seconds += time.perf_counter() - started
        return vectors


def warm_up(retriever: Retriever) -> None:
    """Search a few times, each time for something else: a repeated question would find its vector remembered."""
    for number in range(_WARM_UPS):
        retriever.search(f"warm up {number}", "en")


def search_timed(
    retriever: Retriever, embedder: TimedEmbedder, question: Standalone, language: str, k: int = 10
) -> TimedSearch:
    """Search once; `embedder` must be the one that `retriever` asks."""
    embedder.seconds = 0.0
    started = time.perf_counter()
    chunks = retriever.search(question.question, language, k, question.context).chunks
    seconds = time.perf_counter() - started
    return TimedSearch(chunks, round(1000 * seconds, 3), round(1000 * embedder.seconds, 3))


def passages_of(corpus: Path, count: int) -> list[str]:
    """Return the texts that `count` passages of a corpus are embedded by, spread evenly; all if it has fewer."""
    texts = [embedded_text(chunk) for document in load_documents(corpus) for chunk in split_document(document)]
    spread = np.linspace(0, len(texts) - 1, min(count, len(texts))).astype(int)
    return [texts[number] for number in spread]


def plain_embedder(folder: Path) -> Embed:
    """Return `HuggingFaceEmbeddings.embed_documents` with the same weights in float32 and the same prompt.

    Raises `ProjectError` when LangChain's package is not installed.
    """
    try:
        peer = importlib.import_module("langchain_huggingface")
    except ImportError:
        raise ProjectError(
            "Comparing needs a package whose pins contradict ours, so it is installed apart: "
            f"run `.venv/bin/python -m pip install --no-deps {PEER}`."
        ) from None
    embeddings = peer.HuggingFaceEmbeddings(
        model_name=str(folder),
        model_kwargs={"device": "cpu", "local_files_only": True, "model_kwargs": {"torch_dtype": "float32"}},
        encode_kwargs={"prompt_name": "passage"},
    )
    return lambda texts: embeddings.embed_documents(texts)


def compare_embedding(
    ours: Embed, plain: Embed, texts: Sequence[str], report: Callable[[str], None], block: int = _BLOCK
) -> EmbeddingSpeed:
    """Embed the same texts both ways, block by block in turns, so that whatever else the machine does hits both."""
    cosines: list[float] = []
    seconds: list[tuple[float, float]] = []
    for embed in (ours, plain):
        embed([*texts[:2]])  # warm
    for start in range(0, len(texts), block):
        part = [*texts[start : start + block]]
        # Who goes first alternates, too.
        pair = {name: _timed(embed, part) for name, embed in _in_turn(ours, plain, start // block)}
        seconds.append((pair["ours"][0], pair["plain"][0]))
        cosines += _cosines(pair["ours"][1], pair["plain"][1])
        report(f"embedded {min(start + block, len(texts))} of {len(texts)} passages in both ways")
    ours_s, plain_s = (sum(column) for column in zip(*seconds, strict=True))
    return EmbeddingSpeed(
        passages=len(texts),
        ours_per_s=round(len(texts) / ours_s, 1),
        plain_per_s=round(len(texts) / plain_s, 1),
        ratio=round(plain_s / ours_s, 3),
        ratio_by_block=tuple(round(plain / own, 2) for own, plain in seconds),
        cosine_mean=round(float(np.mean(cosines)), 5),
        cosine_min=round(min(cosines), 5),
    )


def _in_turn(ours: Embed, plain: Embed, number: int) -> list[tuple[str, Embed]]:
    both = [("ours", ours), ("plain", plain)]
    return both if number % 2 == 0 else both[::-1]


def _timed(embed: Embed, texts: list[str]) -> tuple[float, np.ndarray]:
    started = time.perf_counter()
    vectors = embed(texts)
    return time.perf_counter() - started, np.asarray(vectors, dtype=np.float64)


def _cosines(a: np.ndarray, b: np.ndarray) -> list[float]:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return list(map(float, (a * b).sum(axis=1) / lengths))


def retrieval_latency(directory: Path, cases: Path, embedder: Embedder) -> dict[str, Any]:
    """Return milliseconds (median, p95) of finding, and of its query embedding, over the questions of a file of cases.

    Each question is asked once, as the chat asks: a repeated one would find its vector remembered.
    """
    timed = TimedEmbedder(embedder)
    retriever = Retriever(directory, timed)
    warm_up(retriever)
    questions = dict.fromkeys((turn.user, case.lang) for case in read_cases(cases) for turn in case.questions())
    searches = [search_timed(retriever, timed, Standalone(text), language) for text, language in questions]
    return {
        "questions": len(questions),
        "total_ms": median_and_p95([search.ms for search in searches]),
        "embedding_ms": median_and_p95([search.embedding_ms for search in searches]),
    }
