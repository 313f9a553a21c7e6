"""The index directory: which build is live, who may write, and how a finished build takes over.

DIRECTORY/CURRENT            name of the live build (replaced atomically)
DIRECTORY/PREVIOUS           name of the last good one before it, kept
DIRECTORY/build-.../         manifest.json  records.sqlite  vectors/  lexical/
DIRECTORY/writer.lock        held by the one process that may build; writer.json says who
"""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import IndexBusy, IndexUnusable

_LOCK_SECONDS = 1.5
_PREFIX = "build-"


def live_build(directory: Path) -> Path | None:
    """Return the folder of the live build, or None when nothing was ever built here or it is gone."""
    return _named_in(directory, "CURRENT")


def require_live_build(directory: Path) -> Path:
    """Return the folder of the live build, or raise `IndexUnusable`."""
    build = live_build(directory)
    if build is not None:
        return build
    if (directory / "CURRENT").exists():
        raise damaged(directory, "CURRENT names no folder in it")
    raise IndexUnusable(f"There is no index at {directory}. {how_to_mend(directory)}")


def damaged(directory: Path, reason: str) -> IndexUnusable:
    """Return the error that says what is broken, on one line, and how to mend it."""
    return IndexUnusable(f"The index at {directory} is damaged: {' '.join(reason.split())}. {how_to_mend(directory)}")


def how_to_mend(directory: Path) -> str:
    """Return the sentence that names the command to run."""
    return f"Run `python -m assistant index --index {directory}`."


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Hold the writer's lock, or raise `IndexBusy` naming who holds it within two seconds."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / "writer.lock", timeout=_LOCK_SECONDS):
            who = {"process": os.getpid(), "host": socket.gethostname()}
            (directory / "writer.json").write_text(json.dumps(who), encoding="utf-8")
            yield
    except Timeout:
        raise IndexBusy(
            f"{_holder(directory)} is writing the index at {directory}. Try again when it is done."
        ) from None


@contextmanager
def new_build(directory: Path) -> Iterator[Path]:
    """Yield an empty folder for a build. It becomes the live one on success and is removed on any failure."""
    _remove_leftovers(directory)
    build = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=directory))
    try:
        yield build
    except BaseException:
        shutil.rmtree(build, ignore_errors=True)
        raise
    before = live_build(directory)
    if before is not None:
        _write_atomically(directory / "PREVIOUS", before.name)
    _write_atomically(directory / "CURRENT", build.name)
    _remove_leftovers(directory)


def _remove_leftovers(directory: Path) -> None:
    """Remove builds that are neither live nor the previous one: a killed writer's, or older ones."""
    kept = {_named_in(directory, "CURRENT"), _named_in(directory, "PREVIOUS")}
    for build in directory.glob(f"{_PREFIX}*"):
        if build not in kept:
            shutil.rmtree(build, ignore_errors=True)


def _named_in(directory: Path, pointer: str) -> Path | None:
    try:
        name = (directory / pointer).read_text(encoding="utf-8").strip()
        build = directory / name
        # A garbled pointer must not lead out of the directory, nor to the directory itself.
        return build if Path(name).name == name and name.startswith(_PREFIX) and build.is_dir() else None
    except (OSError, ValueError):
        return None


def _write_atomically(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)


def _holder(directory: Path) -> str:
    try:
        who = json.loads((directory / "writer.json").read_text(encoding="utf-8"))
        return f"Process {who['process']} on {who['host']}"
    except (OSError, ValueError, KeyError):
        return "Another process"
