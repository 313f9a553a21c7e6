"""Every row acknowledged is there once, whatever happens; every row deleted is in no file."""

import multiprocessing
import os
import resource
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest

import assistant.feedback as module
from assistant.feedback import MOST_ROWS, Feedback, FeedbackStore
from corpus.errors import ProjectError, UsageError

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
CITED = {"n": 1, "document": "irap", "quote": "IRAP is 2,68 %."}
GIVEN = Feedback(
    id="f1",
    language="it",
    question="Quanto è l'IRAP?",
    question_used="Quanto è l'IRAP? (Trento)",
    status="answered",
    answer="IRAP is 2,68 %. [1]",
    citations=(CITED,),
    index_version="build-1",
    verdict="down",
    reason="wrong figure",
    comment="It was 3,9 %.",
)
FORK = multiprocessing.get_context("fork")  # a child that starts at once


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "feedback" / "feedback.sqlite"


@pytest.fixture
def store(path, clock):
    return FeedbackStore(path, clock)


def add(store, *names, **changed):
    for name in names:
        store.add(replace(GIVEN, id=name, **changed))


def ids(store, **options):
    return [item.id for item in store.all(**options)]


def on_disk(path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_what_was_said_is_read_as_it_was_with_the_time_of_the_clock(store):
    store.add(GIVEN)
    assert store.all() == [replace(GIVEN, at="2026-11-26T12:00:00.000+00:00")]


def test_nothing_is_made_before_something_is_said(store, path):
    assert (store.all(), store.delete("f1"), store.purge(NOON)) == ([], False, 0)
    assert not path.parent.parent.exists()


def test_the_file_is_for_its_owner_alone(store, path):
    store.add(GIVEN)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_click_changes_what_is_said_and_not_what_it_is_said_of(store, clock):
    store.add(GIVEN)
    clock.now += timedelta(hours=1)
    store.add(replace(GIVEN, verdict="up", reason="", comment="", question="Another?", answer="Another."))
    assert store.all() == [replace(GIVEN, at="2026-11-26T12:00:00.000+00:00", verdict="up", reason="", comment="")]


def test_since_a_moment_in_any_time_zone(store, clock):
    for name in ("old", "new"):
        add(store, name)
        clock.now += timedelta(days=1)
    moment = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=9)))
    assert ids(store, since=moment) == ["new"]
    assert ids(store, since=NOON) == ["old", "new"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"question": "x" * 4_001}, "question is longer than 4000"),
        ({"question_used": "x" * 8_001}, "question_used is longer"),
        ({"answer": "x" * 20_001}, "answer is longer than 20000"),
        ({"comment": "x" * 1_001}, "comment is longer than 1000"),
        ({"id": "x" * 101}, "id is longer"),
        ({"index_version": "x" * 201}, "index_version is longer"),
        ({"citations": ({"quote": "x" * 40_000},)}, "citations is longer"),
        ({"language": "fr"}, "language 'fr' is none of 'en', 'it', 'de'"),
        ({"status": "great"}, "status 'great' is none of 'answered'"),
        ({"verdict": "sideways"}, "verdict 'sideways' is none of 'up', 'down'"),
        ({"reason": "ugly"}, "reason 'ugly' is none of '', 'wrong figure'"),
        ({"id": ""}, "needs an id"),
        ({"question": ""}, "needs an id and the question"),
    ],
)
def test_what_is_too_long_or_of_no_known_kind_is_refused(store, path, changed, message):
    with pytest.raises(UsageError, match=message):
        store.add(replace(GIVEN, **changed))
    assert not path.exists()


def test_the_longest_texts_are_kept_whole(store):
    longest = replace(GIVEN, question="ü" * 4_000, answer="ß" * 20_000, comment="x" * 1_000)
    store.add(longest)
    assert replace(store.all()[0], at="") == longest


def test_signs_that_are_no_text_do_no_harm(store):
    store.add(replace(GIVEN, question="Who?\ud800\x00'); DROP TABLE feedback; --", comment="\udfff"))
    (kept,) = store.all()
    assert (kept.question, kept.comment) == ("Who?\x00'); DROP TABLE feedback; --", "")


def test_with_too_many_rows_the_oldest_go_whatever_the_clock_says(path, clock):
    store = FeedbackStore(path, clock, most=3)
    for name in "abcde":
        add(store, name)
        clock.now -= timedelta(days=1)
    assert set(ids(store)) == {"c", "d", "e"}
    add(store, "d", verdict="up")  # no new row
    assert set(ids(store)) == {"c", "d", "e"}
    assert MOST_ROWS == 50_000


def test_purge_removes_what_is_older_and_nothing_else(store, clock):
    for name in ("a", "b", "c"):
        add(store, name)
        clock.now += timedelta(days=20)
    assert store.purge(clock.now - timedelta(days=30)) == 2
    assert ids(store) == ["c"]


@pytest.mark.parametrize("removed", ["delete", "purge"])
@pytest.mark.parametrize("is_open", [False, True], ids=["alone", "beside an open connection"])
def test_what_is_deleted_is_in_no_file(store, path, removed, is_open):
    secret = "Mario Rossi 347 1234567 "
    add(store, "keep", comment="harmless")
    with closing(sqlite3.connect(path)) as other:
        if is_open:  # keeps the log beside the file
            other.execute("SELECT count(*) FROM feedback").fetchone()
        add(store, "gone", question=secret, answer=secret * 400, comment=secret)
        assert secret.encode() in on_disk(path)
        assert path.with_name(path.name + "-wal").exists() == is_open
        if removed == "delete":
            assert store.delete("gone") is True
        else:
            assert store.purge(NOON + timedelta(days=1)) == 2
        assert secret.strip().encode() not in on_disk(path)
    assert ids(store) == (["keep"] if removed == "delete" else [])


def test_a_comment_that_was_replaced_is_in_no_file(store, path):
    add(store, "a", comment="call 347 1234567")
    add(store, "a", comment="")
    assert b"347 1234567" not in on_disk(path)


def test_traces_that_another_reader_holds_are_not_called_gone(store, path, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    add(store, "a", "b")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM feedback").fetchone()
        with pytest.raises(ProjectError, match="traces are held by another reader"):
            store.delete("a")
    assert store.delete("a") is False
    assert ids(store) == ["b"]


@contextmanager
def no_file_larger_than(size):
    """The disk is full: what a file would hold beyond `size` bytes is refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_in_one_line_and_loses_nothing(store, path):
    add(store, "before")
    with no_file_larger_than(30_000), pytest.raises(ProjectError) as caught:
        add(store, *(f"n{number}" for number in range(100)), answer="x" * 5_000)
    assert "\n" not in str(caught.value)
    assert "See that there is room" in str(caught.value)
    kept = ids(store)
    add(store, "after")
    assert ids(store) == [*kept, "after"]
    assert kept == ["before", *(f"n{number}" for number in range(len(kept) - 1))]
    assert is_whole(path)


def test_a_disk_that_may_only_be_read_is_said(store, path, monkeypatch):
    add(store, "before")
    connect = sqlite3.connect
    monkeypatch.setattr(
        module.sqlite3, "connect", lambda address, **rest: connect(address.replace("mode=rw", "mode=ro"), **rest)
    )
    with pytest.raises(ProjectError, match=r"attempt to write a readonly database.*ASSISTANT_FEEDBACK"):
        add(store, "a")
    assert ids(store) == ["before"]


def test_a_folder_that_cannot_be_made_is_said_without_its_path(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="cannot be used: File exists") as caught:
        FeedbackStore(tmp_path / "file" / "f.sqlite").add(GIVEN)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_is_something_else_is_said(store, path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database " * 100)
    for use in (store.all, lambda: store.add(GIVEN), lambda: store.delete("f1")):
        with pytest.raises(ProjectError, match="file is not a database"):
            use()


def is_whole(path) -> bool:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_many_threads_and_processes_begin_at_once(path):
    writers = [FORK.Process(target=add, args=(FeedbackStore(path), *(f"p{n}-{k}" for k in range(5)))) for n in range(3)]
    for writer in writers:
        writer.start()
    store = FeedbackStore(path)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda number: add(store, f"t-{number}", "shared"), range(15)))
    for writer in writers:
        writer.join()
    expected = {f"p{n}-{k}" for n in range(3) for k in range(5)} | {f"t-{number}" for number in range(15)} | {"shared"}
    assert sorted(ids(store)) == sorted(expected)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]


def _add_and_acknowledge(path, life: int, writing: int) -> None:
    """Four writers that say each row's id once it is kept, until they are killed."""
    store = FeedbackStore(path)

    def write(writer: int) -> None:
        for number in range(10_000):
            add(store, f"{life}-{writer}-{number}")
            os.write(writing, f"{life}-{writer}-{number}\n".encode())

    threads = [Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_row_acknowledged_before_a_kill_is_there_exactly_once(path):
    acknowledged = []
    for life in range(3):  # the second and third begin with what the one before left behind
        reading, writing = os.pipe()
        child = FORK.Process(target=_add_and_acknowledge, args=(path, life, writing))
        child.start()
        os.close(writing)
        with open(reading, encoding="utf-8") as lines:  # noqa: PTH123 -- a pipe has no path
            acknowledged += [next(lines).strip() for _ in range(20)]
            os.kill(child.pid, signal.SIGKILL)
            child.join()
            acknowledged += [line.strip() for line in lines if line.endswith("\n")]
        assert child.exitcode == -signal.SIGKILL
    kept = ids(FeedbackStore(path))
    assert len(acknowledged) >= 60
    assert len(kept) == len(set(kept))
    assert set(acknowledged) <= set(kept)
    assert is_whole(path)
