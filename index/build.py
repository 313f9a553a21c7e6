"""From documents to an index, in five steps: load, split, embed, store, verify and swap.

Only what changed is embedded again: vectors of a chunk whose text, title and section are as before are copied.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from langchain_core.utils.iter import batch_iterate

from corpus.document import Chunk, Document
from corpus.errors import IndexUnusable
from corpus.split import split_document
from index.directory import live_build, new_build, writing
from index.embed import Embedder, Vectors
from index.lexical import LexicalIndex
from index.manifest import (
    Builder,
    Manifest,
    chunk_fingerprint,
    corpus_fingerprint,
    document_fingerprint,
    embedded_text,
    read_manifest,
)
from index.records import Records
from index.store import VectorStore

_BATCH = 256
_SELF_SIMILARITY = 0.99  # a stored vector must find itself; HNSW and float32 cost far less than this


@dataclass
class Changes:
    """How a build differs from the one before it."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @classmethod
    def between(cls, before: dict[str, str], after: dict[str, str]) -> "Changes":
        """Compare fingerprints by id."""
        both = before.keys() & after.keys()
        changed = sum(before[id_] != after[id_] for id_ in both)
        return cls(len(after.keys() - both), changed, len(before.keys() - both), len(both) - changed)

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.removed} removed, {self.unchanged} unchanged"


@dataclass
class IndexReport:
    """What a build did; `embedded` counts chunks whose vectors were computed, not copied."""

    documents: Changes = field(default_factory=Changes)
    chunks: Changes = field(default_factory=Changes)
    embedded: int = 0
    seconds: float = 0.0


def build_index(
    documents: Iterable[Document], directory: Path, embedder: Embedder, report: Callable[[str], None]
) -> IndexReport:
    """Bring the index in `directory` up to date with `documents`; nothing is written when nothing changed.

    Raises `IndexBusy` when another process is writing, `IndexUnusable` when the new build fails its verification.
    """
    started = time.monotonic()
    documents = list(documents)
    with writing(directory):
        before = _Previous.open(directory, embedder)
        after = {f"{d.language}/{d.id}": document_fingerprint(d) for d in documents}
        outcome = IndexReport(documents=Changes.between(before.documents, after))
        if after == before.documents:
            outcome.chunks = Changes(unchanged=len(before.chunks))
        else:
            with new_build(directory) as build:
                _Build(build, embedder, before, report).run(documents, after, outcome)
    outcome.seconds = time.monotonic() - started
    return outcome


def is_up_to_date(documents: Iterable[Document], directory: Path, embedder_identity: str) -> bool:
    """Say whether the live build was made of just these documents by what is running now."""
    build = live_build(directory)
    if build is None:
        return False
    try:
        manifest = read_manifest(build)
    except IndexUnusable:
        return False
    corpus = corpus_fingerprint(document_fingerprint(document) for document in documents)
    return manifest.builder == Builder(embedder_identity) and manifest.corpus == corpus


@dataclass
class _Previous:
    """The live build as a source of vectors; empty when there is none or it was built by other means."""

    documents: dict[str, str] = field(default_factory=dict)
    chunks: dict[str, str] = field(default_factory=dict)
    store: VectorStore | None = None

    @classmethod
    def open(cls, directory: Path, embedder: Embedder) -> "_Previous":
        build = live_build(directory)
        try:
            if build is None or read_manifest(build).builder != Builder(embedder.identity):
                return cls()
            records = Records(build / "records.sqlite")
            known = records.fingerprints("documents"), records.fingerprints("chunks")
            records.close()
            return cls(*known, VectorStore(build / "vectors"))
        except IndexUnusable:  # a damaged build is replaced by a whole one
            return cls()

    def vectors(self, chunk: Chunk, fingerprint: str) -> list[np.ndarray] | None:
        """Return the stored vectors of an equal chunk: its own first, then one a sentence."""
        old = self._by_fingerprint().get(fingerprint)
        if old is None or self.store is None:
            return None
        names = sentence_ids(old, len(chunk.sentences))
        own = self.store.vectors(collection("chunks", chunk.language), [old])
        found = self.store.vectors(collection("sentences", chunk.language), names) if names else {}
        vectors = [own.get(old), *(found.get(name) for name in names)]
        return None if any(vector is None for vector in vectors) else [v for v in vectors if v is not None]

    def _by_fingerprint(self) -> dict[str, str]:
        if not hasattr(self, "_reverse"):
            self._reverse = {fingerprint: id_ for id_, fingerprint in self.chunks.items()}
        return self._reverse


class _Build:
    def __init__(self, path: Path, embedder: Embedder, before: _Previous, report: Callable[[str], None]) -> None:
        self.path = path
        self.embedder = embedder
        self.before = before
        self.report = report
        self.records = Records(path / "records.sqlite", create=True)
        self.store = VectorStore(path / "vectors")
        self.lexical = LexicalIndex(path / "lexical")
        self.sentences = 0

    def run(self, documents: list[Document], fingerprints: dict[str, str], outcome: IndexReport) -> None:
        self.records.add_documents((d, fingerprints[f"{d.language}/{d.id}"]) for d in documents)
        chunks = [chunk for document in documents for chunk in split_document(document)]
        for done, batch in enumerate(batch_iterate(_BATCH, chunks)):
            outcome.embedded += self._add(batch)
            self.report(f"indexed {min((done + 1) * _BATCH, len(chunks))} of {len(chunks)} chunks")
        after = self.records.fingerprints("chunks")
        outcome.chunks = Changes.between(self.before.chunks, after)
        self._verify(chunks)
        self._stamp(documents, chunks, fingerprints)
        self.records.close()

    def _add(self, batch: list[Chunk]) -> int:
        """Store a batch in all three places; return how many chunks had to be embedded."""
        keyed = [(chunk, chunk_fingerprint(chunk)) for chunk in batch]
        self.records.add_chunks(keyed)
        known = {chunk.id: self.before.vectors(chunk, fingerprint) for chunk, fingerprint in keyed}
        new = [chunk for chunk in batch if known[chunk.id] is None]
        vectors = known | dict(zip((chunk.id for chunk in new), self._embed(new), strict=True))
        for language in sorted({chunk.language for chunk in batch}):
            group = [chunk for chunk in batch if chunk.language == language]
            self._add_vectors(language, group, [vectors[chunk.id] or [] for chunk in group])
            self.lexical.add("chunk", language, [(chunk.id, embedded_text(chunk)) for chunk in group])
            self.lexical.add("sentence", language, [pair for chunk in group for pair in named_sentences(chunk)])
        return len(new)

    def _add_vectors(self, language: str, chunks: list[Chunk], vectors: list[list[np.ndarray]]) -> None:
        self.store.add(collection("chunks", language), [c.id for c in chunks], np.array([v[0] for v in vectors]))
        names = [name for chunk in chunks for name, _ in named_sentences(chunk)]
        if names:
            rows = [vector for group in vectors for vector in group[1:]]
            self.store.add(collection("sentences", language), names, np.array(rows))
        self.sentences += len(names)

    def _embed(self, chunks: list[Chunk]) -> Iterator[list[np.ndarray]]:
        """Yield, for each chunk, its own vector and one for each of its sentences."""
        texts = [text for chunk in chunks for text in (embedded_text(chunk), *(t for _, t in named_sentences(chunk)))]
        rows: Vectors | list[np.ndarray] = self.embedder.passages(texts) if texts else []
        position = 0
        for chunk in chunks:
            size = 1 + len(chunk.sentences)
            yield [rows[position + offset] for offset in range(size)]
            position += size

    def _verify(self, chunks: list[Chunk]) -> None:
        """Raise `IndexUnusable` unless every chunk is stored and a sample is found by its own vector and words."""
        counted = self.store.count_all("chunks-")
        if not counted == len(chunks) == len(self.records.fingerprints("chunks")):
            raise IndexUnusable(
                f"The new index holds {counted} of {len(chunks)} chunks; the old one stays in use. Rerun."
            )
        step = max(1, len(chunks) // 100)
        for chunk in chunks[::step]:
            name = collection("chunks", chunk.language)
            vector = self.store.vectors(name, [chunk.id])[chunk.id]
            nearest = self.store.search(name, vector[None, :], 1)
            if max(nearest.values(), default=0.0) < _SELF_SIMILARITY:
                raise IndexUnusable(f"The new index does not find {chunk.id}; the old one stays in use. Rerun.")

    def _stamp(self, documents: list[Document], chunks: list[Chunk], fingerprints: dict[str, str]) -> None:
        Manifest(
            builder=Builder(self.embedder.identity),
            corpus=corpus_fingerprint(fingerprints.values()),
            documents=len(documents),
            chunks=len(chunks),
            sentences=self.sentences,
            languages=tuple(sorted({chunk.language for chunk in chunks})),
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        ).write(self.path)


def collection(kind: str, language: str) -> str:
    """Name of the vector collection for `kind` ("chunks" or "sentences") in a language."""
    return f"{kind}-{language}"


def sentence_ids(chunk_id: str, count: int) -> list[str]:
    """Ids of a chunk's sentences, in order."""
    return [f"{chunk_id}#{number}" for number in range(count)]


def named_sentences(chunk: Chunk) -> list[tuple[str, str]]:
    """Return (id, text) of a chunk's sentences, in order."""
    texts = [chunk.sentence(span) for span in chunk.sentences]
    return list(zip(sentence_ids(chunk.id, len(texts)), texts, strict=True))
