"""Texts to vectors: multilingual-e5-small through sentence-transformers, behind LangChain's `Embeddings` interface."""

from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from corpus.document import Span
from index.encoder import Encoder, Vector
from index.likeness import likeness_for

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
_QUERIES_KEPT = 1024


class Embedder(Protocol):
    """What the index needs of an embedding model. Vectors are unit length, so a dot product is the cosine."""

    @property
    def identity(self) -> str:
        """Name and hash of the weights; vectors of different identities must never meet in one index."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found; shape (len(texts), dimension)."""

    def passages_with_parts(self, texts: list[str], parts: list[list[Span]]) -> list[Vectors]:
        """Embed texts to be found and, in the light of the whole text, parts of each (character ranges).

        One array a text, shape (1 + its number of parts, dimension): the text itself first.
        """

    def query(self, text: str) -> Vectors:
        """Embed one question; shape (1, dimension)."""

    def queries(self, texts: list[str]) -> Vectors:
        """Embed some questions at once, which is quicker than one by one; shape (len(texts), dimension)."""

    def alike(self, texts: list[str]) -> Vectors:
        """Embed questions to be compared with questions: near are those that ask for the same; the same shape."""


class SentenceEmbedder(Embeddings):
    """A sentence-transformers folder with mean pooling and prompts named "query" and "passage", as E5 has them.

    What its speed is made of: docs/decisions/embedding.md.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self.identity = identity
        self._encoder = Encoder(folder, likeness_for(identity))
        self.dimension = self._encoder.dimension
        self._recent: dict[str, tuple[Vector, Vector]] = {}  # questions and both vectors of each, the latest last
        self._lock = Lock()

    def passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found; shape (len(texts), dimension)."""
        return self._encode(texts, "passage")

    def passages_with_parts(self, texts: list[str], parts: list[list[Span]]) -> list[Vectors]:
        """Embed texts, and parts of each as the sum of two views; one array a text, its own vector first.

        Alone, "It hosts over 50 firms" is about nothing. So a part adds to its own vector the mean of its tokens as the
        whole text makes them ("late chunking", Günther et al. 2024, arXiv 2409.04701). What it buys:
        docs/decisions/retrieval.md.
        """
        pieces = [text[span.start : span.end] for text, spans in zip(texts, parts, strict=True) for span in spans]
        alone = np.split(self.passages(pieces), np.cumsum([len(spans) for spans in parts])[:-1])
        encodings = self._encoder.encodings(texts, "passage")
        rows: list[Vectors] = [np.empty((0, 0), dtype=np.float32)] * len(texts)
        for place, tokens in self._encoder.each(encodings):
            offsets = np.array(encodings[place].offsets) - len(self._encoder.prompts["passage"])
            inside = [_unit(_mean_inside(tokens, offsets, span)) for span in parts[place]]
            both = [_unit(one + other) for one, other in zip(inside, alone[place], strict=True)]
            rows[place] = np.stack([_unit(tokens.mean(axis=0)), *both])
        return rows

    def query(self, text: str) -> Vectors:
        """Embed one question; shape (1, dimension). Repeated questions are remembered."""
        return self.queries([text])

    def queries(self, texts: list[str]) -> Vectors:
        """Embed some questions side by side; shape (len(texts), dimension). Repeated questions are remembered."""
        known = self._remembered(texts)
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= dict(zip(new, self._asked(new), strict=True))
        with self._lock:
            for text in known:
                self._recent.pop(text, None)
            self._recent |= known
            for oldest in list(self._recent)[:-_QUERIES_KEPT]:
                del self._recent[oldest]
        return self._stacked([known[text][0] for text in texts])

    def alike(self, texts: list[str]) -> Vectors:
        """Embed questions to be compared with questions; those that were embedded lately cost nothing more."""
        if not self._encoder.compares:
            return self.queries(texts)
        known = {text: alike for text, (_, alike) in self._remembered(texts).items()}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        each = self._encoder.each_likeness(self._encoder.encodings(new, "query")) if new else ()
        known |= {new[place]: alike for place, alike in each}
        return self._stacked([known[text] for text in texts])

    def _remembered(self, texts: list[str]) -> dict[str, tuple[Vector, Vector]]:
        with self._lock:
            return {text: self._recent[text] for text in texts if text in self._recent}

    def _asked(self, texts: list[str]) -> list[tuple[Vector, Vector]]:
        if not texts or not self._encoder.compares:
            return [(row, row) for row in self._encode(texts, "query")]
        each = dict(self._encoder.each_with_likeness(self._encoder.encodings(texts, "query")))
        return [(_unit(tokens.mean(axis=0)), alike) for tokens, alike in (each[place] for place in range(len(texts)))]

    def _stacked(self, rows: list[Vector]) -> Vectors:
        return np.array(rows, dtype=np.float32).reshape(-1, self.dimension)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed passages, for LangChain."""
        return self.passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        """Embed a question, for LangChain."""
        return list(map(float, self.query(text)[0]))

    def _encode(self, texts: list[str], prompt: str) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for place, tokens in self._encoder.each(self._encoder.encodings(texts, prompt)):
            vectors[place] = _unit(tokens.mean(axis=0))
        return vectors


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _mean_inside(tokens: np.ndarray, places: np.ndarray, span: Span) -> np.ndarray:
    """Mean of the tokens inside a character range; of all when the text was cut off before it (512 tokens)."""
    # A token's range may begin with the space before its word.
    inside = (places[:, 0] >= span.start - 1) & (places[:, 1] <= span.end) & (places[:, 1] > places[:, 0])
    return np.asarray(tokens[inside].mean(axis=0) if inside.any() else tokens.mean(axis=0))
