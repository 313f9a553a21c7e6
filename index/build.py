"""From documents to an index, in five steps: load, split, embed, store, verify and swap.

Documents stream through: what is held in memory is one batch of chunks, however large the corpus is. Only what
changed is embedded again: vectors of a chunk whose text, title and section are as before are copied.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from langchain_core.utils.iter import batch_iterate

from corpus.aids import NO_AIDS, Aids
from corpus.asked import Asked
from corpus.document import Chunk, Document, Span
from corpus.errors import IndexUnusable
from corpus.split import split_document
from index.directory import new_build, writing
from index.embed import Embedder, Vectors
from index.manifest import (
    Builder,
    CorpusFingerprint,
    Manifest,
    chunk_fingerprint,
    document_fingerprint,
    embedded_text,
    file_hashes,
    heading,
)
from index.means import Means
from index.names import collection
from index.parts import MEANS, ROUNDED, Parts, open_live, storing
from index.records import Passage
from index.report import Changes, IndexReport
from index.reuse import Previous
from index.shipped import shipped
from index.verify import verify
from index.words import terms as terms_of

_BATCH = 256
_GRAPH_BATCH = 2000
_QUESTIONS_BATCH = 2000


class _Unchanged(Exception):
    """The live build is of just this corpus: nothing has to be built."""


def build_index(
    documents: Iterable[Document],
    directory: Path,
    embedder: Embedder,
    report: Callable[[str], None],
    aids: Aids = NO_AIDS,
) -> IndexReport:
    """Bring the index in `directory` up to date with documents and aids; nothing changes when nothing changed.

    `documents` are gone through once. Raises `IndexBusy` when another process is writing, `IndexUnusable` when the new
    build fails its verification. Any failure leaves the live build as it was.
    """
    started = time.monotonic()
    outcome = IndexReport()
    with writing(directory), closing(Previous.open(directory, embedder.identity)) as before:
        try:
            with new_build(directory, before.build) as build, closing(_Build(build, embedder, before, report)) as work:
                work.run(documents, aids, outcome)
        except _Unchanged:
            assert before.manifest
            outcome.documents = Changes(unchanged=before.manifest.documents)
            outcome.chunks = Changes(unchanged=before.manifest.chunks)
    outcome.seconds = time.monotonic() - started
    return outcome


def is_up_to_date(documents: Iterable[Document], directory: Path, embedder_identity: str, aids: Aids = NO_AIDS) -> bool:
    """Say whether the live build is whole, and was made of just these documents and aids by what is running now."""
    try:
        manifest, parts = open_live(directory, embedder_identity)
    except IndexUnusable:
        return False
    parts.close()
    fingerprint = CorpusFingerprint(aids)
    for document in documents:
        fingerprint.add(document_fingerprint(document))
    return manifest.corpus == str(fingerprint)


def _within(chunk: Chunk, span: Span) -> Span:
    """Where a sentence of a chunk stands in the text that the chunk is embedded by."""
    shift = len(embedded_text(chunk)) - len(chunk.text) - chunk.start
    return Span(span.start + shift, span.end + shift)


def _words(chunk: Chunk) -> list[list[str]]:
    """The terms that a chunk is found by: those of its heading and of what is in no sentence, then of each sentence."""
    edges = [chunk.start, *(edge for span in chunk.sentences for edge in (span.start, span.end)), chunk.end]
    between = [chunk.sentence(Span(*edges[place : place + 2])) for place in range(0, len(edges), 2)]
    lines = [" ".join([heading(chunk), *between]), *(chunk.sentence(span) for span in chunk.sentences)]
    return [terms_of(line, chunk.language) for line in lines]


class _Build:
    def __init__(self, path: Path, embedder: Embedder, before: Previous, report: Callable[[str], None]) -> None:
        self.path = path
        self.embedder = embedder
        self.before = before
        self.report = report
        self.parts = Parts.of(path, embedder.dimension, create=True)
        self.languages: Counter[str] = Counter()
        self.sentences = 0
        self.questions = 0
        self.facts: set[str] = set()
        self.means = Means(embedder.dimension)

    def close(self) -> None:
        self.parts.close()

    def run(self, documents: Iterable[Document], aids: Aids, outcome: IndexReport) -> None:
        fingerprint = CorpusFingerprint(aids)
        with storing():
            self.parts.records.add_terms(aids.terms)
            self.parts.records.add_documents(_fingerprinted(documents, fingerprint))
        if self.before.corpus == str(fingerprint):
            raise _Unchanged
        self._add_all(outcome)
        self._add_questions(self._told(aids.questions))
        outcome.documents = self.parts.records.changes_since(self.before.records, "documents")
        outcome.chunks = self.parts.records.changes_since(self.before.records, "chunks")
        documents_stored = self.parts.records.count("documents")
        with storing():
            self.parts.finish()
            self._stamp(str(fingerprint), documents_stored)

    def _add_all(self, outcome: IndexReport) -> None:
        chunks = (chunk for document in self.parts.records.documents() for chunk in split_document(document))
        for batch in batch_iterate(_BATCH, chunks):
            outcome.embedded += self._add(batch)
            self.report(f"indexed {self.languages.total()} chunks")
        with storing():
            self.means.write(self.path / MEANS)
            for language in sorted(self.languages):
                self._add_graph(language)

    def _told(self, questions: Sequence[Asked]) -> list[Asked]:
        """Questions about facts that are told, and those asked in vain: to other documents they say nothing."""
        return [asked for asked in questions if asked.fact in self.facts or (self.facts and not asked.fact)]

    def _add_questions(self, questions: Sequence[Asked]) -> None:
        # What ships goes first: a build made after another is to be like one made of nothing.
        known = self.before.questions() | shipped(self.embedder.identity, [asked.text for asked in questions])
        for batch in batch_iterate(_QUESTIONS_BATCH, questions):
            new = [asked.text for asked in batch if asked.text not in known]
            vectors = known | dict(zip(new, self.embedder.alike(new), strict=True)) if new else known
            with storing():
                self.parts.questions.append(np.stack([vectors[asked.text] for asked in batch]))
            self.report(f"compared {len(self.parts.questions)} known questions")
        with storing():
            self.parts.records.add_questions(questions)
        self.questions = len(questions)

    def _add(self, batch: list[Chunk]) -> int:
        """Store a batch in all places but Chroma; return how many chunks had to be embedded."""
        passages = [self._number(chunk) for chunk in batch]
        self.facts.update(reference.fact for chunk in batch for reference in chunk.references)
        known = self.before.vectors([(passage.fingerprint, passage.sentences) for passage in passages])
        new = {p.fingerprint: chunk for p, chunk in zip(passages, batch, strict=True) if p.fingerprint not in known}
        vectors = known | dict(zip(new, self._embed([*new.values()]), strict=True))
        with storing():
            self.parts.records.add_passages(passages)
            self._add_vectors(passages, [vectors[passage.fingerprint] for passage in passages])
            self.parts.lexical.add((p.language, p.number, p.lines.split()) for p in passages)
        return sum(passage.fingerprint in new for passage in passages)

    def _number(self, chunk: Chunk) -> Passage:
        number, first = self.languages.total(), self.sentences
        self.languages[chunk.language] += 1
        self.sentences += len(chunk.sentences)
        return Passage.of(chunk, number, chunk_fingerprint(chunk), first, _words(chunk))

    def _add_vectors(self, passages: list[Passage], rows: list[Vectors]) -> None:
        self.parts.passages.append(np.stack([own for own, *_ in rows]))
        self.parts.sentences.append(np.concatenate([of_passage[1:] for of_passage in rows]))
        for passage, of_passage in zip(passages, rows, strict=True):
            self.means.add(passage.language, of_passage)

    def _add_graph(self, language: str) -> None:
        """Give Chroma the vectors of a language, in the large batches that it links best."""
        for numbers in batch_iterate(_GRAPH_BATCH, self.parts.records.numbers(language)):
            rows = np.concatenate([self.parts.passages.read(number) for number in numbers])
            self.parts.store.add(collection(language), [str(number) for number in numbers], rows)
            self.report(f"linked {len(numbers)} chunks ({language})")

    def _embed(self, chunks: list[Chunk]) -> list[Vectors]:
        """Return, for each chunk, its own vector and one for each of its sentences, these as they are stored."""
        texts = [embedded_text(chunk) for chunk in chunks]
        parts = [[_within(chunk, span) for span in chunk.sentences] for chunk in chunks]
        embedded = self.embedder.passages_with_parts(texts, parts) if texts else []
        return [np.concatenate([rows[:1], rows[1:].astype(ROUNDED)]) for rows in embedded]

    def _stamp(self, corpus: str, documents: int) -> None:
        verified = verify(self.path, self.embedder.dimension, dict(self.languages), self.sentences, self.questions)
        Manifest(
            builder=Builder(self.embedder.identity),
            corpus=corpus,
            documents=documents,
            chunks=self.languages.total(),
            sentences=self.sentences,
            questions=self.questions,
            languages=dict(sorted(self.languages.items())),
            dimension=self.embedder.dimension,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=file_hashes(self.path),
            recall=verified.recall,
            landmarks=verified.landmarks,
        ).write(self.path)


def _fingerprinted(documents: Iterable[Document], whole: CorpusFingerprint) -> Iterator[tuple[Document, str]]:
    for document in documents:
        fingerprint = document_fingerprint(document)
        whole.add(fingerprint)
        yield document, fingerprint
