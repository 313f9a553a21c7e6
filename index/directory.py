"""The index directory: which build is live, who may write, and how a finished build takes over.

DIRECTORY/CURRENT            name of the live build (replaced atomically)
DIRECTORY/PREVIOUS           name of the last good one before it, served when the live one is damaged
DIRECTORY/build-.../         a build: written once, then only read (see `parts.py`)
DIRECTORY/writer.lock        held by the one process that may build; writer.json says who
"""

import json
import os
import shlex
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.durable import sync
from corpus.errors import IndexBusy, IndexUnusable

_LOCK_SECONDS = 1.0
_COMMAND_CHARACTERS = 120
_PREFIX = "build-"


class IndexDamaged(IndexUnusable):
    """A build is not as it was written; the one before it may be."""

    def __init__(self, directory: Path, reason: str) -> None:
        self.reason = " ".join(reason.split())
        super().__init__(f"The index at {directory} is damaged: {self.reason}. {how_to_mend(directory)}")


def live_build(directory: Path) -> Path | None:
    """Return the folder of the live build, or None when nothing was ever built here or it is gone."""
    return _named_in(directory, "CURRENT")


def previous_build(directory: Path) -> Path | None:
    """Return the folder of the good build before the live one, or None when there is none."""
    previous = _named_in(directory, "PREVIOUS")
    return None if previous == live_build(directory) else previous


def pointer(directory: Path) -> bytes:
    """Return what CURRENT holds, valid or not: it changes when another build takes over."""
    try:
        return (directory / "CURRENT").read_bytes()
    except OSError:
        return b""


def require_live_build(directory: Path) -> Path:
    """Return the folder of the live build, or raise `IndexUnusable`."""
    build = live_build(directory)
    if build is not None:
        return build
    if any((directory / name).exists() for name in ("CURRENT", "PREVIOUS")):
        raise IndexDamaged(directory, "CURRENT names no folder in it")
    raise IndexUnusable(f"There is no index at {directory}. {how_to_mend(directory)}")


def how_to_mend(directory: Path) -> str:
    """Return the sentence that names the command to run."""
    return f"Run `python -m assistant index --index {directory}`."


def copy_live(directory: Path, into: Path) -> None:
    """Make a directory whose live build is that of another one, to be updated without touching it.

    The files are links where the disk allows it, for a build is only read. Raises `IndexUnusable` when there is none.
    """
    build = require_live_build(directory)
    shutil.copytree(build, into / build.name, copy_function=_link_or_copy)
    _write_atomically(into / "CURRENT", build.name)


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Hold the writer's lock, or raise `IndexBusy` naming who holds it within two seconds.

    The lock is the operating system's: it ends with the process that holds it, however that ends.
    """
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(directory / "writer.lock", timeout=_LOCK_SECONDS):
            _write_atomically(directory / "writer.json", json.dumps(_this_process()))
            yield
    except Timeout:
        raise IndexBusy(
            f"{_holder(directory)} is writing the index at {directory}. Try again when it is done."
        ) from None


@contextmanager
def new_build(directory: Path, good: Path | None = None) -> Iterator[Path]:
    """Yield an empty folder for a build. It becomes the live one on success and is removed on any failure.

    What is kept as the previous build is `good`, the one known to be whole, or else the one that was live.
    """
    _remove_leftovers(directory)
    build = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=directory))
    try:
        yield build
        _settle(build, directory.stat().st_mode)
    except BaseException:
        shutil.rmtree(build, ignore_errors=True)
        raise
    before = good or live_build(directory)
    _write_atomically(directory / "CURRENT", build.name)
    if before is not None:  # after CURRENT: a process killed in between leaves two different builds to serve from
        _write_atomically(directory / "PREVIOUS", before.name)
    _remove_leftovers(directory)


def _settle(build: Path, mode: int) -> None:
    """Have the disk hold all of a build before anything points to it, for the same readers as the directory."""
    for path in [*build.rglob("*"), build]:
        path.chmod(mode & (0o777 if path.is_dir() else 0o666))
        sync(path)


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


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that has no links
        shutil.copy2(source, target)


def _write_atomically(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)
    sync(file.parent)


def _this_process() -> dict[str, str | int]:
    return {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(sep=" ", timespec="seconds"),
        "command": " ".join(shlex.join(sys.orig_argv).split())[:_COMMAND_CHARACTERS],
    }


def _holder(directory: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        who = json.loads((directory / "writer.json").read_text(encoding="utf-8"))
        return f"Process {who['process']} on {who['host']} (`{who['command']}`, since {who['since']})"
    return "Another process"
