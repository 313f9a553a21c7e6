"""Texts on disk: documents and chunks in SQLite, the one place offsets and quotes are read from.

A chunk's number is its place in the corpus, from 0. By it the vectors, Chroma and the word index know the chunk.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from corpus.asked import Asked
from corpus.document import Chunk, Document, Entry, Reference, Span
from corpus.errors import IndexUnusable
from corpus.glossary import Term
from index.report import Changes

_TABLES = """
CREATE TABLE documents (language TEXT, id TEXT, fingerprint TEXT, body TEXT, PRIMARY KEY (id, language));
CREATE TABLE chunks (number INTEGER PRIMARY KEY, id TEXT UNIQUE, document TEXT, language TEXT, fingerprint TEXT,
                     first INTEGER, sentences INTEGER, lines TEXT, body TEXT);
CREATE TABLE terms (body TEXT);
CREATE TABLE questions (number INTEGER PRIMARY KEY, text TEXT, fact TEXT, language TEXT, short INTEGER);
"""
_LOOKED_UP_BY_FINGERPRINT = "CREATE INDEX chunks_by_fingerprint ON chunks (fingerprint)"
_COLUMNS = "number, id, document, language, fingerprint, first, sentences, lines, body"
_KEPT = 128  # documents in memory
_MARKS = ", ".join("?" * len(_COLUMNS.split()))
_KEYS = {"documents": "id = was.id AND now.language = was.language", "chunks": "id = was.id"}


@dataclass(frozen=True)
class Passage:
    """A chunk as it lies in the index. Its text is read only when it is asked for: most candidates are passed over.

    `first` is the row of its first sentence's vector, `sentences` their number; `lines` are the terms of its heading,
    then of each sentence, a line each.
    """

    number: int
    id: str
    document: str
    language: str
    fingerprint: str
    first: int
    sentences: int
    lines: str
    body: str

    @classmethod
    def of(cls, chunk: Chunk, number: int, fingerprint: str, first: int, words: Iterable[Iterable[str]]) -> "Passage":
        """Prepare a chunk to be stored."""
        lines = "\n".join(" ".join(line) for line in words)
        body = json.dumps(chunk, default=vars)
        place = (number, chunk.id, chunk.document, chunk.language)
        return cls(*place, fingerprint, first, len(chunk.sentences), lines, body)

    @cached_property
    def words(self) -> list[list[str]]:
        """The terms of the heading, then of each sentence."""
        return [line.split() for line in self.lines.split("\n")]

    @cached_property
    def terms(self) -> frozenset[str]:
        """All its terms."""
        return frozenset(self.lines.split())

    @cached_property
    def chunk(self) -> Chunk:
        """The chunk itself."""
        fields = json.loads(self.body)
        spans = tuple(Span(**span) for span in fields["sentences"])
        references = tuple(_reference(given) for given in fields["references"])
        return Chunk(**{**fields, "sentences": spans, "references": references})


class Records:
    """Documents and chunks of one index. Opened read-only unless `create`."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        # Read from many request threads; SQLite itself serialises them.
        mode = "rwc" if create else "ro"
        try:
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, check_same_thread=False)
            if create:
                self._db.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            raise IndexUnusable(f"{path} cannot be opened ({error})") from error
        # What is cited is looked at several times an answer; an index does not change while it is open.
        self._kept = lru_cache(_KEPT)(self._read)

    def add_documents(self, documents: Iterable[tuple[Document, str]]) -> None:
        """Store documents with their fingerprints."""
        rows = ((d.language, d.id, fingerprint, json.dumps(d, default=vars)) for d, fingerprint in documents)
        with self._db:
            self._db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?)", rows)

    def add_passages(self, passages: Iterable[Passage]) -> None:
        """Store chunks."""
        with self._db:
            self._db.executemany(
                f"INSERT INTO chunks VALUES ({', '.join('?' * len(_COLUMNS.split()))})", map(_row, passages)
            )

    def add_terms(self, terms: Iterable[Term]) -> None:
        """Store the glossary."""
        with self._db:
            self._db.executemany("INSERT INTO terms VALUES (?)", ((term.model_dump_json(),) for term in terms))

    def add_questions(self, questions: Iterable[Asked]) -> None:
        """Store known questions, numbered from 0 in this order."""
        rows = ((number, q.text, q.fact, q.language, q.short) for number, q in enumerate(questions))
        with self._db:
            self._db.executemany("INSERT INTO questions VALUES (?, ?, ?, ?, ?)", rows)

    def finish(self) -> None:
        """Prepare for the build after this one, which looks chunks up by their fingerprints."""
        with self._db:
            self._db.execute(_LOOKED_UP_BY_FINGERPRINT)

    def terms(self) -> tuple[Term, ...]:
        """Return the glossary."""
        rows = self._db.execute("SELECT body FROM terms ORDER BY rowid")
        return tuple(Term.model_validate_json(body) for (body,) in rows)

    def questions(self) -> tuple[Asked, ...]:
        """Return the known questions in order of their numbers."""
        rows = self._db.execute("SELECT text, fact, language, short FROM questions ORDER BY number")
        return tuple(Asked(text, fact, language, bool(short)) for text, fact, language, short in rows)

    def told(self) -> Iterator[tuple[int, str]]:
        """Yield the number of each chunk with each fact that it tells."""
        rows = "SELECT DISTINCT number, json_extract(value, '$.fact') FROM chunks, json_each(body, '$.references')"
        yield from self._db.execute(rows)

    def document(self, document_id: str, language: str) -> Document:
        """Return one document, or raise `KeyError`."""
        return self._kept(document_id, language)

    def _read(self, document_id: str, language: str) -> Document:
        query = "SELECT body FROM documents WHERE id = ? AND language = ?"
        row = self._db.execute(query, (document_id, language)).fetchone()
        if row is None:
            raise KeyError(f"{language}/{document_id}")
        return _document(row[0])

    def documents(self) -> Iterator[Document]:
        """Yield every document in the order it was added."""
        for (body,) in self._db.execute("SELECT body FROM documents ORDER BY rowid"):
            yield _document(body)

    def entries(self) -> tuple[Entry, ...]:
        """Return what a list of all documents names, in the order they were added."""
        fields = ("title", "topics", "status")
        columns = ", ".join(f"json_extract(body, '$.{field}')" for field in fields)
        rows = self._db.execute(f"SELECT id, language, {columns} FROM documents ORDER BY rowid")
        return tuple(
            Entry(id_, language, title, tuple(json.loads(topics or "[]")), status)
            for id_, language, title, topics, status in rows
        )

    def languages_of(self, document_ids: Iterable[str]) -> dict[str, set[str]]:
        """Return the languages that each of these documents is there in."""
        found: dict[str, set[str]] = {}
        for id_, language in self._in("SELECT id, language FROM documents WHERE id", list(document_ids)):
            found.setdefault(id_, set()).add(language)
        return found

    def has_translations(self) -> bool:
        """Whether any document is there in two languages."""
        found = self._db.execute("SELECT 1 FROM documents GROUP BY id HAVING count(*) > 1 LIMIT 1").fetchone()
        return found is not None

    def passages(self, numbers: Sequence[int]) -> list[Passage]:
        """Return those of the chunks that exist, in order of their numbers."""
        return [Passage(*row) for row in self._in(f"SELECT {_COLUMNS} FROM chunks WHERE number", numbers)]

    def all_passages(self) -> Iterator[Passage]:
        """Yield every chunk in the order it was added."""
        for row in self._db.execute(f"SELECT {_COLUMNS} FROM chunks ORDER BY number"):
            yield Passage(*row)

    def rows_of(self, fingerprints: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Return (number, row of the first sentence) of the chunks that have these fingerprints."""
        found = self._in("SELECT fingerprint, number, first FROM chunks WHERE fingerprint", fingerprints)
        return {fingerprint: (number, first) for fingerprint, number, first in found}

    def numbers(self, language: str) -> Iterator[int]:
        """Yield the numbers of the chunks in a language, in order."""
        for (number,) in self._db.execute("SELECT number FROM chunks WHERE language = ? ORDER BY number", (language,)):
            yield number

    def fingerprints(self) -> Counter[str]:
        """Return how often each text of a chunk is there, by its fingerprint."""
        return Counter(
            dict(self._db.execute("SELECT fingerprint, count(*) FROM chunks GROUP BY fingerprint").fetchall())
        )

    def chunks_by_language(self) -> dict[str, int]:
        """Return how many chunks there are in each language."""
        return dict(self._db.execute("SELECT language, count(*) FROM chunks GROUP BY language").fetchall())

    def count(self, table: str = "chunks") -> int:
        """Return the number of `chunks`, `documents` or `questions`."""
        count: int = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return count

    def changes_since(self, before: Path | None, table: str) -> Changes:
        """Count what is new, changed, gone and as before in `documents` or `chunks`, by id."""
        if before is None:
            return Changes(added=self.count(table))
        self._db.execute("ATTACH ? AS old", (f"{before.resolve().as_uri()}?mode=ro",))
        try:
            was: int = self._db.execute(f"SELECT count(*) FROM old.{table}").fetchone()[0]
            same, both = self._db.execute(
                f"SELECT ifnull(sum(now.fingerprint = was.fingerprint), 0), count(*) "
                f"FROM main.{table} now JOIN old.{table} was ON now.{_KEYS[table]}"
            ).fetchone()
        finally:
            self._db.execute("DETACH old")
        return Changes(self.count(table) - both, both - same, was - both, same)

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def _in(self, query: str, values: Sequence[str | int]) -> list[tuple]:  # type: ignore[type-arg]
        return self._db.execute(f"{query} IN ({','.join('?' * len(values))})", values).fetchall()


def _row(passage: Passage) -> tuple[object, ...]:
    return tuple(getattr(passage, name) for name in _COLUMNS.split(", "))


def _document(body: str) -> Document:
    fields = json.loads(body)
    references = tuple(_reference(given) for given in fields["references"])
    return Document(**{**fields, "references": references, "topics": tuple(fields.get("topics", ()))})


def _reference(given: dict[str, Any]) -> Reference:
    return Reference(**given | {"differs_from": tuple(given["differs_from"])})
