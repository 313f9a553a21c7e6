"""Stand-ins at the seams."""

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np

from corpus.document import Span
from index.embed import Vectors
from index.reader import Readable, Reading

_DIMENSION = 64
_WORD = re.compile(r"\w+")


class FakeEmbedder:
    """Texts that share words are near each other. Counts what it was asked for, and can be told to fail.

    `means` maps a word to another one that gets the same vector: a translation, say.
    """

    def __init__(self, identity: str = "fake@1", means: dict[str, str] | None = None) -> None:
        self.identity = identity
        self.dimension = _DIMENSION
        self.embedded: list[str] = []
        self.asked: list[str] = []
        self.before_batch: Callable[[int], None] = lambda number: None
        self._means = means or {}
        self._batches = 0

    def passages(self, texts: list[str]) -> Vectors:
        self._batches += 1
        self.before_batch(self._batches)
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts])

    def passages_with_parts(self, texts: list[str], parts: list[list[Span]]) -> list[Vectors]:
        pieces = [[text[span.start : span.end] for span in spans] for text, spans in zip(texts, parts, strict=True)]
        vectors = iter(self.passages([t for text, inner in zip(texts, pieces, strict=True) for t in (text, *inner)]))
        return [np.stack([next(vectors) for _ in (text, *inner)]) for text, inner in zip(texts, pieces, strict=True)]

    def query(self, text: str) -> Vectors:
        return self.queries([text])

    def queries(self, texts: list[str]) -> Vectors:
        self.asked += texts
        return np.stack([self._vector(text) for text in texts])

    def alike(self, texts: list[str]) -> Vectors:
        return self.queries(texts)

    def _vector(self, text: str) -> np.ndarray:
        vector = np.full(_DIMENSION, 1e-3, dtype=np.float32)  # a text without words has a direction, too
        for word in _WORD.findall(text.lower()):
            digest = hashlib.sha256(self._means.get(word, word).encode()).digest()
            vector[digest[0] % _DIMENSION] += 1.0
            vector[digest[1] % _DIMENSION] -= 0.5
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


class FakeReader:
    """Knows one sentence that answers."""

    def __init__(self, answering: str) -> None:
        self.answering = answering
        self.seen: list[Readable] = []
        self.asked: list[str] = []

    def read(
        self,
        question: str,
        passages: Sequence[Readable],
        thoroughly: int | None = None,
        beforehand: Sequence[Sequence[float]] | None = None,
    ) -> list[Reading]:
        self.seen += passages
        self.asked.append(question)
        return [self._reading(passage) for passage in passages]

    def _reading(self, passage: Readable) -> Reading:
        scores = np.array([4.0 if self.answering in text else -8.0 for text in passage.sentences], dtype=np.float32)
        return Reading(scores)
