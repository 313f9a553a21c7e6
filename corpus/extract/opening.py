"""Opening a file that somebody else put there: only a regular file inside the folder, and nothing through a link."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import CorpusError
from corpus.extract.limits import FILE_BYTES

_SHOWN_CHARACTERS = 120
_THROUGH_LINKS_NEVER = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_REASONS = {
    errno.ENOENT: "is not there any more. Rerun.",
    errno.EACCES: "may not be read. Change its permissions.",
    errno.ENAMETOOLONG: "has a name that is too long. Rename it.",
}


def printable(name: str) -> str:
    """Return a file's name as one line that can be shown and stored: what cannot stands there as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def shown(path: Path, root: Path) -> str:
    """Return the path below `root` for a message: printable, and at most 120 characters of it."""
    name = printable(str(path.relative_to(root) if path.is_relative_to(root) else path))
    half = _SHOWN_CHARACTERS // 2
    return name if len(name) <= _SHOWN_CHARACTERS else f"{name[: half - 1]}…{name[-half:]}"


@contextmanager
def opened(path: Path, root: Path) -> Iterator[int]:
    """Yield a descriptor of a regular file inside `root`, of at most 50 MB and not empty.

    Raises `CorpusError` with the reason for anything else. Each part of the path is opened below the one before, so
    that nobody can exchange a folder for a link between a check and its use.
    """
    try:
        folder, name = _parent(path.absolute(), root.absolute())
        try:
            file = _open_regular(folder, name)
        finally:
            os.close(folder)
    except OSError as error:
        raise CorpusError(
            _REASONS.get(error.errno or 0, f"cannot be opened ({error.strerror}). Check the disk.")
        ) from None
    except ValueError:  # a NUL, or half a surrogate pair
        raise CorpusError("has a name that no file can have. Rename it.") from None
    try:
        yield file
    finally:
        os.close(file)


def _parent(path: Path, root: Path) -> tuple[int, str]:
    """Return a descriptor of the folder that holds `path`, and the name of `path` in it."""
    if root not in path.parents or ".." in path.relative_to(root).parts:
        raise CorpusError("is not inside the folder of documents. Put it there.")
    *folders, name = path.relative_to(root).parts
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for folder in folders:
        try:
            _refuse_link(os.lstat(folder, dir_fd=descriptor).st_mode)
            below = os.open(folder, _THROUGH_LINKS_NEVER | os.O_DIRECTORY, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor, name


def _open_regular(folder: int, name: str) -> int:
    # Looked at before it is opened, because opening alone may wake a device or a pipe's writer; looked at again
    # afterwards, because it may have been exchanged in between.
    _refuse_irregular(os.lstat(name, dir_fd=folder))
    file = os.open(name, _THROUGH_LINKS_NEVER | os.O_NONBLOCK, dir_fd=folder)
    try:
        _refuse_irregular(os.fstat(file))
    except CorpusError:
        os.close(file)
        raise
    return file


def _refuse_link(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise CorpusError("is a link, or lies behind one. Put the file itself there.")


def _refuse_irregular(status: os.stat_result) -> None:
    _refuse_link(status.st_mode)
    if not stat.S_ISREG(status.st_mode):
        raise CorpusError("is not a file but a folder, pipe or device. Remove it.")
    if status.st_size == 0:
        raise CorpusError("is empty. Fill it, or remove it.")
    if status.st_size > FILE_BYTES:
        raise CorpusError(f"is larger than {FILE_BYTES // 1_000_000} MB. Split it.")
