"""What users say of answers, kept only when they click: one SQLite file, read by `python -m eval feedback`.

Every operation opens the file anew, so that no thread, process or fork shares a connection, and whoever leaves last
folds the log into the file and removes it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from assistant.answer import Status
from assistant.question import LONGEST_QUESTION
from corpus.errors import ProjectError, UsageError
from corpus.language import LANGUAGES

Verdict = Literal["up", "down"]
Reason = Literal["", "wrong figure", "out of date", "not answered", "wrong source"]

LONGEST_ANSWER, LONGEST_COMMENT = 20_000, 1_000  # characters
MOST_ROWS = 50_000
_LONGEST = {
    "id": 100,
    "question": LONGEST_QUESTION,
    "question_used": 2 * LONGEST_QUESTION,  # the question, and words of the conversation
    "answer": LONGEST_ANSWER,
    "citations": 40_000,
    "index_version": 200,
    "comment": LONGEST_COMMENT,
}
_ALLOWED = {
    "language": tuple(LANGUAGES),
    "status": tuple(Status),
    "verdict": get_args(Verdict),
    "reason": get_args(Reason),
}
_PATIENCE = 10.0  # seconds to wait for another writer


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """One answer, what it rested on, and what its reader said of it. `at` (ISO, UTC) is given by the store."""

    id: str
    at: str = ""
    language: str
    question: str
    question_used: str
    status: str
    answer: str
    citations: tuple[dict[str, Any], ...] = ()
    index_version: str
    verdict: Verdict
    reason: Reason = ""
    comment: str = ""


_COLUMNS = [field.name for field in fields(Feedback)]
_TABLE = f"""CREATE TABLE IF NOT EXISTS feedback
(number INTEGER PRIMARY KEY, {", ".join(f"{name} TEXT NOT NULL" for name in _COLUMNS)}, UNIQUE (id))"""
# What was asked and answered stays as it was when the first click came.
_ADD = f"""INSERT INTO feedback ({", ".join(_COLUMNS)}) VALUES ({", ".join("?" * len(_COLUMNS))})
ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason, comment = excluded.comment"""
_DROP_OLDEST = """DELETE FROM feedback WHERE number IN (SELECT number FROM feedback ORDER BY number
LIMIT max(0, (SELECT count(*) FROM feedback) - ?))"""


def _now() -> datetime:
    return datetime.now(UTC)


class FeedbackStore:
    """Feedback in one file, made by the first `add`. Safe to use from several threads and processes.

    Whatever the disk refuses is a `ProjectError` of one line. With more than `most` rows the oldest go.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = _now, most: int = MOST_ROWS) -> None:
        self._path = path
        self._clock = clock
        self._most = most

    def add(self, given: Feedback) -> None:
        """Keep feedback; it is on the disk when this returns. The same id again replaces verdict, reason and comment.

        Raises `UsageError` when a text is too long or a value is none of those allowed.
        """
        row = _row(replace(given, at=_stamp(self._clock())))
        with self._opened(create=True) as db, _transaction(db):
            db.execute(_ADD, row)
            db.execute(_DROP_OLDEST, (self._most,))

    def all(self, since: datetime | None = None) -> list[Feedback]:
        """Return what was said, oldest first."""
        if not self._path.exists():
            return []
        with self._opened() as db:
            after = _stamp(since) if since else ""
            query = f"SELECT {', '.join(_COLUMNS)} FROM feedback WHERE at >= ? ORDER BY at, number"
            return [_feedback(row) for row in db.execute(query, (after,))]

    def delete(self, feedback_id: str) -> bool:
        """Delete one row, from the log too; return whether it was there."""
        return bool(self._remove("id = ?", feedback_id))

    def purge(self, before: datetime) -> int:
        """Delete what was said before a moment (retention: now less so many days); return how many rows that were."""
        return self._remove("at < ?", _stamp(before))

    def _remove(self, which: str, value: str) -> int:
        if not self._path.exists():
            return 0
        with self._opened() as db:
            removed = db.execute(f"DELETE FROM feedback WHERE {which}", (value,)).rowcount
            # The deleted text still stands in the log until the log is cut.
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise ProjectError("The feedback is deleted, but its traces are held by another reader. Delete it again.")
        return removed

    @contextmanager
    def _opened(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if create:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600)  # nobody else's to read; the log inherits it
            address = f"{self._path.resolve().as_uri()}?mode=rw"
            with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None)) as db:
                for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                    db.execute(f"PRAGMA {setting}")
                db.execute(_TABLE)
                yield db
        except (OSError, sqlite3.Error) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise ProjectError(
                f"The file of feedback cannot be used: {why}. See that there is room, and the right to write, "
                "where ASSISTANT_FEEDBACK points."
            ) from error


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    with db:  # commits, or rolls back
        yield


def _row(given: Feedback) -> list[str]:
    """Return the values of a row, held to what may be stored: nobody shall fill the disk with one click."""
    values = {**vars(given), "citations": json.dumps(given.citations)}
    # A lone surrogate, which a browser can send, is no text that can be written.
    values = {name: value.encode("utf-8", "ignore").decode() for name, value in values.items()}
    for name, allowed in _ALLOWED.items():
        if values[name] not in allowed:
            raise UsageError(f"The {name} {values[name][:40]!r} is none of {', '.join(map(repr, map(str, allowed)))}.")
    for name, longest in _LONGEST.items():
        if len(values[name]) > longest:
            raise UsageError(f"The {name} is longer than {longest} characters. Please shorten it.")
    if not (values["id"] and values["question"]):
        raise UsageError("Feedback needs an id and the question it is about.")
    return [values[name] for name in _COLUMNS]


def _feedback(row: tuple[str, ...]) -> Feedback:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    return Feedback(**{**values, "citations": tuple(json.loads(values["citations"]))})


def _stamp(moment: datetime) -> str:
    """One form for all, so that the order of the texts is that of the moments."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
