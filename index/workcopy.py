"""A private working copy of a build, for libraries that write where they read.

Chroma changes its database when it opens it and tantivy makes a lock file, so neither opens a folder that it may not
write to. They get one of their own: every file in it is a link into the build, only Chroma's database is a copy. The
build stays as it was written, byte for byte; one on a read-only disk serves, and one that was replaced goes on serving.
"""

import atexit
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import IndexUnusable

_PREFIX = "assistant-index-"
_YOUNG = 60.0  # seconds in which a folder may not have its lock yet


class NoWorkingCopy(IndexUnusable):
    """There is no room for one: the build may be whole."""


class WorkingCopy:
    """A temporary folder with the files of some folders of a build. Removed on `close` and at the process's end."""

    def __init__(self, build: Path, folders: Iterable[str], copied: str) -> None:
        _remove_leftovers()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = FileLock(self.path / "in-use", thread_local=False)
        self._lock.acquire(blocking=False)
        atexit.register(self.close)
        try:
            for folder in folders:
                _link_all(build / folder, self.path / folder, copied)
        except OSError as error:
            self.close()
            place = self.path.parent
            raise NoWorkingCopy(
                f"The index needs a working copy in {place}: {error.strerror}. Make room there, or set TMPDIR."
            ) from error

    def close(self) -> None:
        """Remove the folder."""
        atexit.unregister(self.close)
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()


def _link_all(source: Path, target: Path, copied: str) -> None:
    target.mkdir()
    for file in source.rglob("*"):
        place = target / file.relative_to(source)
        if file.is_dir():
            place.mkdir()
        elif file.name == copied:
            shutil.copyfile(file, place)
        elif file.suffix != ".lock":
            place.symlink_to(file.resolve())


def _remove_leftovers() -> None:
    """Remove the folders of processes that ended without doing so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError, Timeout):  # another user's, or in use
            if time.time() - folder.stat().st_mtime > _YOUNG:
                with FileLock(folder / "in-use", timeout=0):
                    shutil.rmtree(folder)
