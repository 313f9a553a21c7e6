"""From documents to an index, in five steps: load, split, embed, store, verify and swap.

Only what changed is embedded again: vectors of a chunk whose text, title and section are as before are copied.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from langchain_core.utils.iter import batch_iterate

from corpus.document import Chunk, Document, Span
from corpus.errors import IndexUnusable
from corpus.glossary import Term
from corpus.split import split_document
from index.directory import new_build, writing
from index.embed import Embedder
from index.manifest import (
    Builder,
    Manifest,
    chunk_fingerprint,
    corpus_fingerprint,
    document_fingerprint,
    embedded_text,
    file_hashes,
)
from index.names import collection, named_sentences
from index.parts import Parts, open_live, storing
from index.report import Changes, IndexReport
from index.reuse import Previous

_BATCH = 256


def build_index(
    documents: Iterable[Document],
    directory: Path,
    embedder: Embedder,
    report: Callable[[str], None],
    terms: Sequence[Term] = (),
) -> IndexReport:
    """Bring the index in `directory` up to date with documents and glossary; nothing is written when nothing changed.

    Raises `IndexBusy` when another process is writing, `IndexUnusable` when the new build fails its verification. Any
    failure leaves the live build as it was.
    """
    started = time.monotonic()
    corpus = _Corpus.of(documents, terms)
    outcome = IndexReport()
    with writing(directory), closing(Previous.open(directory, embedder.identity)) as before:
        outcome.documents = Changes.between(before.documents, corpus.fingerprints)
        if before.parts and (before.documents, before.terms) == (corpus.fingerprints, corpus.terms):
            outcome.chunks = Changes(unchanged=len(before.chunks))
        else:
            with new_build(directory) as build, closing(_Build(build, embedder, before, report)) as work:
                work.run(corpus, outcome)
    outcome.seconds = time.monotonic() - started
    return outcome


def is_up_to_date(
    documents: Iterable[Document], directory: Path, embedder_identity: str, terms: Sequence[Term] = ()
) -> bool:
    """Say whether the live build is whole, and was made of just these documents and terms by what is running now."""
    try:
        manifest, parts = open_live(directory, embedder_identity)
    except IndexUnusable:
        return False
    parts.close()
    return manifest.corpus == _Corpus.of(documents, terms).fingerprint


@dataclass(frozen=True)
class _Corpus:
    documents: list[Document]
    fingerprints: dict[str, str]  # by "language/id"
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, documents: Iterable[Document], terms: Sequence[Term]) -> "_Corpus":
        all_ = list(documents)
        return cls(all_, {f"{d.language}/{d.id}": document_fingerprint(d) for d in all_}, tuple(terms))

    @property
    def fingerprint(self) -> str:
        return corpus_fingerprint(self.fingerprints.values(), self.terms)


def _within(chunk: Chunk, span: Span) -> Span:
    """Where a sentence of a chunk stands in the text that the chunk is embedded by."""
    shift = len(embedded_text(chunk)) - len(chunk.text) - chunk.start
    return Span(span.start + shift, span.end + shift)


def _worded(chunk: Chunk) -> Iterator[tuple[str, str, str, str]]:
    """Yield what the words of a chunk and of its sentences are to be found by."""
    yield "chunk", chunk.language, chunk.id, embedded_text(chunk)
    for name, text in named_sentences(chunk):
        yield "sentence", chunk.language, name, text


class _Build:
    def __init__(self, path: Path, embedder: Embedder, before: Previous, report: Callable[[str], None]) -> None:
        self.path = path
        self.embedder = embedder
        self.before = before
        self.report = report
        self.parts = Parts.of(path, create=True)

    def close(self) -> None:
        self.parts.close()

    def run(self, corpus: _Corpus, outcome: IndexReport) -> None:
        with storing():
            self.parts.records.add_terms(corpus.terms)
            self.parts.records.add_documents(zip(corpus.documents, corpus.fingerprints.values(), strict=True))
        chunks = [chunk for document in corpus.documents for chunk in split_document(document)]
        for done, batch in enumerate(batch_iterate(_BATCH, chunks)):
            outcome.embedded += self._add(batch)
            self.report(f"indexed {min((done + 1) * _BATCH, len(chunks))} of {len(chunks)} chunks")
        outcome.chunks = Changes.between(self.before.chunks, self.parts.records.fingerprints("chunks"))
        sentences = sum(len(chunk.sentences) for chunk in chunks)
        with storing():
            self._verify(chunks, sentences)
            self._stamp(corpus, chunks, sentences)

    def _add(self, batch: list[Chunk]) -> int:
        """Store a batch in all three places; return how many chunks had to be embedded."""
        keyed = [(chunk, chunk_fingerprint(chunk)) for chunk in batch]
        known = self.before.vectors(keyed)
        new = [chunk for chunk in batch if chunk.id not in known]
        vectors = known | dict(zip((chunk.id for chunk in new), self._embed(new), strict=True))
        with storing():
            self.parts.records.add_chunks(keyed)
            for language in sorted({chunk.language for chunk in batch}):
                group = [chunk for chunk in batch if chunk.language == language]
                self._add_vectors(language, group, [vectors[chunk.id] for chunk in group])
            self.parts.lexical.add(entry for chunk in batch for entry in _worded(chunk))
        return len(new)

    def _add_vectors(self, language: str, chunks: list[Chunk], vectors: list[list[np.ndarray]]) -> None:
        names = [name for chunk in chunks for name, _ in named_sentences(chunk)]
        rows = [vector for group in vectors for vector in group[1:]]
        store = self.parts.store
        store.add(collection("chunks", language), [c.id for c in chunks], np.array([v[0] for v in vectors]))
        # Even without rows: a language whose texts have no sentences has an empty collection, not a missing one.
        store.add(collection("sentences", language), names, np.array(rows))

    def _embed(self, chunks: list[Chunk]) -> Iterator[list[np.ndarray]]:
        """Yield, for each chunk, its own vector and one for each of its sentences."""
        texts = [embedded_text(chunk) for chunk in chunks]
        parts = [[_within(chunk, span) for span in chunk.sentences] for chunk in chunks]
        yield from map(list, self.embedder.passages_with_parts(texts, parts) if texts else [])

    def _verify(self, chunks: list[Chunk], sentences: int) -> None:
        """Raise `IndexUnusable` unless all is stored and a sample of the chunks is found by its own vectors."""
        flaw = self.parts.flaw(len(chunks), sentences)
        sample = chunks[:: max(1, len(chunks) // 100)]
        lost = [c.id for c in sample if not self.parts.store.finds(collection("chunks", c.language), c.id)]
        if flaw or lost:
            problem = flaw or f"{lost[0]} is not found"
            raise IndexUnusable(f"The new index is not whole: {problem}; the old one stays in use. Rerun.")

    def _stamp(self, corpus: _Corpus, chunks: list[Chunk], sentences: int) -> None:
        self.parts.close()  # all is on disk from here on
        Manifest(
            builder=Builder(self.embedder.identity),
            corpus=corpus.fingerprint,
            documents=len(corpus.documents),
            chunks=len(chunks),
            sentences=sentences,
            languages=tuple(sorted({chunk.language for chunk in chunks})),
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=file_hashes(self.path, Parts.settled_files(self.path)),
        ).write(self.path)
