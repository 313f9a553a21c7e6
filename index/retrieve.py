"""From a question to ranked passages and sentences: vectors in every language, words in the question's own, fused.

Fusion adds scores, not ranks: `cosine + LEXICAL_WEIGHT * coverage`. A rank says nothing when a leg has no good hit (the
one Italian text for an Italian question that only an English text answers), a score does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.document import Chunk, Document, Span
from corpus.glossary import Glossary
from corpus.language import LANGUAGES
from index.embed import Embedder, Vectors
from index.names import collection, sentence_ids
from index.parts import open_live

# Chosen on squad2_dev, squad_it and covid_faq; see docs/decisions/retrieval.md.
LEXICAL_WEIGHT = 0.05
CONTEXT_WEIGHT = 0.7  # how much a sentence owes to the passage it stands in
_DEPTH = 30  # candidates per leg
_PASSAGES = 12  # passages whose sentences are all compared


@dataclass(frozen=True)
class ScoredChunk:
    """A passage with its fused score."""

    chunk: Chunk
    score: float


@dataclass(frozen=True)
class ScoredSentence:
    """A sentence with its place, its fused score, and the two signals the score is made of."""

    chunk: Chunk
    span: Span
    score: float
    cosine: float
    coverage: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.chunk.sentence(self.span)


@dataclass(frozen=True)
class Found:
    """What retrieval found for one question, best first."""

    chunks: list[ScoredChunk]
    sentences: list[ScoredSentence]


class Retriever:
    """Reads the live build of an index directory. Safe to use from several threads.

    Raises `IndexUnusable`, naming the command that mends it, when there is no index, when it is damaged, or when it
    was built by other means than those in force.
    """

    def __init__(self, directory: Path, embedder: Embedder) -> None:
        self.manifest, parts = open_live(directory, embedder.identity)
        self._embedder = embedder
        self._records, self._store, self._lexical = parts.records, parts.store, parts.lexical
        self._glossary = Glossary(self._records.terms())
        self._versions = _versions(self._records.fingerprints("documents"))

    def document(self, document_id: str, language: str) -> Document:
        """Return a document of the index, or raise `KeyError`."""
        return self._records.document(document_id, language)

    def search(self, question: str, language: str, k: int = 10) -> Found:
        """Return the `k` best passages and the sentences of the best of them, each best first."""
        # Passages are found with the terms of the glossary written out; their sentences are held to what was asked.
        more = self._glossary.expansions(question, language)
        expanded = f"{question} ({', '.join(more)})" if more else question
        chunks = self._rank_chunks(expanded, self._embedder.query(expanded), language)
        sentences = self._rank_sentences(question, self._embedder.query(question), language, chunks[:_PASSAGES])
        return Found(chunks[:k], sentences)

    def _rank_chunks(self, question: str, query: Vectors, language: str) -> list[ScoredChunk]:
        words = _coverage(self._lexical.search("chunk", language, question, _DEPTH))
        cosines: dict[str, float] = {}
        for code in self.manifest.languages:
            cosines |= self._store.search(collection("chunks", code), query, _DEPTH)
            near = self._store.search(collection("sentences", code), query, _DEPTH)
            owners = {name.rpartition("#")[0] for name in near} | {i for i in words if i.startswith(f"{code}/")}
            cosines |= self._cosines("chunks", code, query, sorted(owners - cosines.keys()))
        shown = {id_: cosine for id_, cosine in cosines.items() if self._is_shown(id_, language)}
        scores = {id_: cosine + LEXICAL_WEIGHT * words.get(id_, 0.0) for id_, cosine in shown.items()}
        ranked = sorted(scores, key=lambda id_: (-scores[id_], id_))
        chunks = self._records.chunks(ranked)
        return [ScoredChunk(chunks[id_], scores[id_]) for id_ in ranked]

    def _rank_sentences(
        self, question: str, query: Vectors, language: str, passages: list[ScoredChunk]
    ) -> list[ScoredSentence]:
        words = _coverage(self._lexical.search("sentence", language, question, 4 * _DEPTH))
        names = {p.chunk.id: sentence_ids(p.chunk.id, len(p.chunk.sentences)) for p in passages}
        cosines: dict[str, float] = {}
        for code in {p.chunk.language for p in passages}:  # one look-up a language: each costs over a millisecond
            wanted = [name for p in passages if p.chunk.language == code for name in names[p.chunk.id]]
            cosines |= self._cosines("sentences", code, query, wanted)
        ranked = []
        for passage in passages:
            chunk = passage.chunk
            for name, span in zip(names[chunk.id], chunk.sentences, strict=True):
                cosine, coverage = cosines.get(name, 0.0), words.get(name, 0.0)
                score = cosine + CONTEXT_WEIGHT * passage.score + LEXICAL_WEIGHT * coverage
                ranked.append(ScoredSentence(chunk, span, score, cosine, coverage))
        return sorted(ranked, key=lambda sentence: (-sentence.score, sentence.chunk.id, sentence.span.start))

    def _is_shown(self, chunk_id: str, language: str) -> bool:
        """Of a document and its translations one is shown: that in the question's language, else the first there is.

        Whatever a hidden version has to say, the shown one says too, so no depth is lost by hiding it after the search.
        """
        own, _, rest = chunk_id.partition("/")
        there = self._versions[rest.rpartition(":")[0]]
        return own == (language if language in there else there[0])

    def _cosines(self, kind: str, language: str, query: Vectors, ids: list[str]) -> dict[str, float]:
        vectors = self._store.vectors(collection(kind, language), ids)
        return {id_: float(np.dot(query[0], vector)) for id_, vector in vectors.items()}


def _versions(documents: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the languages of each document id, the original's usual one first; `documents` are "language/id"."""
    found: dict[str, set[str]] = {}
    for name in documents:
        language, _, id_ = name.partition("/")
        found.setdefault(id_, set()).add(language)
    return {id_: tuple(code for code in LANGUAGES if code in there) for id_, there in found.items()}


def _coverage(bm25: dict[str, float]) -> dict[str, float]:
    """Scale BM25 to 0..1 within a question; only differences between candidates count in the ranking."""
    top = max(bm25.values(), default=0.0)
    return {id_: score / top for id_, score in bm25.items()} if top > 0 else {}
