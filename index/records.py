"""Texts on disk: documents and chunks in SQLite, the one place offsets and quotes are read from."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from corpus.document import Chunk, Document, Reference, Span
from corpus.errors import IndexUnusable
from corpus.glossary import Term

_TABLES = """
CREATE TABLE documents (language TEXT, id TEXT, fingerprint TEXT, body TEXT, PRIMARY KEY (language, id));
CREATE TABLE chunks (id TEXT PRIMARY KEY, fingerprint TEXT, body TEXT);
CREATE TABLE terms (body TEXT);
"""


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

    def add_documents(self, documents: Iterable[tuple[Document, str]]) -> None:
        """Store documents with their fingerprints."""
        rows = ((d.language, d.id, fingerprint, json.dumps(asdict(d))) for d, fingerprint in documents)
        with self._db:
            self._db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?)", rows)

    def add_chunks(self, chunks: Iterable[tuple[Chunk, str]]) -> None:
        """Store chunks with their fingerprints."""
        rows = ((c.id, fingerprint, json.dumps(asdict(c))) for c, fingerprint in chunks)
        with self._db:
            self._db.executemany("INSERT INTO chunks VALUES (?, ?, ?)", rows)

    def add_terms(self, terms: Iterable[Term]) -> None:
        """Store the glossary."""
        with self._db:
            self._db.executemany("INSERT INTO terms VALUES (?)", ((term.model_dump_json(),) for term in terms))

    def terms(self) -> tuple[Term, ...]:
        """Return the glossary."""
        rows = self._db.execute("SELECT body FROM terms ORDER BY rowid")
        return tuple(Term.model_validate_json(body) for (body,) in rows)

    def document(self, document_id: str, language: str) -> Document:
        """Return one document, or raise `KeyError`."""
        query = "SELECT body FROM documents WHERE language = ? AND id = ?"
        row = self._db.execute(query, (language, document_id)).fetchone()
        if row is None:
            raise KeyError(f"{language}/{document_id}")
        fields = json.loads(row[0])
        return Document(**{**fields, "references": tuple(Reference(**given) for given in fields["references"])})

    def chunks(self, ids: Iterable[str]) -> dict[str, Chunk]:
        """Return those of the chunks `ids` that exist, by id."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(f"SELECT id, body FROM chunks WHERE id IN ({marks})", wanted)
        return {id_: _chunk(json.loads(body)) for id_, body in rows}

    def all_chunks(self) -> Iterator[Chunk]:
        """Yield every chunk in the order it was added."""
        for (body,) in self._db.execute("SELECT body FROM chunks ORDER BY rowid"):
            yield _chunk(json.loads(body))

    def fingerprints(self, table: str) -> dict[str, str]:
        """Return the fingerprint by id of `documents` (as "language/id") or `chunks`."""
        key = "language || '/' || id" if table == "documents" else "id"
        return dict(self._db.execute(f"SELECT {key}, fingerprint FROM {table}").fetchall())

    def count(self) -> int:
        """Return the number of chunks."""
        count: int = self._db.execute("SELECT count(*) FROM chunks").fetchone()[0]
        return count

    def close(self) -> None:
        """Release the file."""
        self._db.close()


def _chunk(fields: dict) -> Chunk:  # type: ignore[type-arg]
    return Chunk(**{**fields, "sentences": tuple(Span(**span) for span in fields["sentences"])})
