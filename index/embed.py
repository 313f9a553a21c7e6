"""Texts to vectors: multilingual-e5-small through sentence-transformers, behind LangChain's `Embeddings` interface."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from corpus.document import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
_QUERIES_KEPT = 1024


class Embedder(Protocol):
    """What the index needs of an embedding model. Vectors are unit length, so a dot product is the cosine."""

    @property
    def identity(self) -> str:
        """Name and hash of the weights; vectors of different identities must never meet in one index."""

    def passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found; shape (len(texts), dimension)."""

    def passages_with_parts(self, texts: list[str], parts: list[list[Span]]) -> list[Vectors]:
        """Embed texts to be found and, in the light of the whole text, parts of each (character ranges).

        One array a text, shape (1 + its number of parts, dimension): the text itself first.
        """

    def query(self, text: str) -> Vectors:
        """Embed one question; shape (1, dimension)."""


class SentenceEmbedder(Embeddings):
    """A sentence-transformers folder whose prompts are named "query" and "passage" (E5 needs both).

    Runs in bfloat16 where the processor computes in it: 1.9 times as fast, cosine to float32 .9996 (measured).
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self.identity = identity
        self._model = _load(folder)
        self._query = lru_cache(_QUERIES_KEPT)(self._encode_query)

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
        alone = iter(self._encode(pieces, "passage") if pieces else ())
        rows = []
        for (tokens, places), spans in zip(self._tokens(texts), parts, strict=True):
            both = [_unit(_mean_inside(tokens, places, span)) + next(alone) for span in spans]
            rows.append(np.array([_unit(vector) for vector in (tokens.mean(axis=0), *both)]))
        return rows

    def query(self, text: str) -> Vectors:
        """Embed one question; shape (1, dimension). Repeated questions are remembered."""
        return self._query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed passages, for LangChain."""
        return self.passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        """Embed a question, for LangChain."""
        return list(map(float, self.query(text)[0]))

    def _tokens(self, texts: list[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the vectors of each text's tokens, and their character ranges in the text; shapes (n, d) and (n, 2)."""
        prompt = str(self._model.prompts["passage"])
        vectors = self._model.encode(
            texts, prompt_name="passage", batch_size=32, output_value="token_embeddings", show_progress_bar=False
        )
        prompted = [prompt + text for text in texts]
        offsets = self._model.tokenizer(prompted, truncation=True, return_offsets_mapping=True)["offset_mapping"]
        for tokens, places in zip(vectors, offsets, strict=True):
            yield tokens.float().cpu().numpy(), np.array(places) - len(prompt)

    def _encode_query(self, text: str) -> Vectors:
        return self._encode([text], "query")

    def _encode(self, texts: list[str], prompt: str) -> Vectors:
        vectors = self._model.encode(
            texts, prompt_name=prompt, batch_size=32, convert_to_tensor=True, show_progress_bar=False
        )
        return np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _mean_inside(tokens: np.ndarray, places: np.ndarray, span: Span) -> np.ndarray:
    """Mean of the tokens inside a character range; of all when the text was cut off before it (512 tokens)."""
    # A token's range may begin with the space before its word.
    inside = (places[:, 0] >= span.start - 1) & (places[:, 1] <= span.end) & (places[:, 1] > places[:, 0])
    return np.asarray(tokens[inside].mean(axis=0) if inside.any() else tokens.mean(axis=0))


def _load(folder: Path) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    dtype = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs={"torch_dtype": dtype})
