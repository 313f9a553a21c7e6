"""A temporary folder that a process has to itself, and that does not outlive it: the next one removes what a killed one
left behind."""

import atexit
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

_LOCK = "in-use"
_YOUNG = 60.0  # seconds in which a folder may not have its lock yet


class OwnFolder:
    """A new folder whose name begins with `prefix`. Removed on `close` and at the process's end.

    Raises `OSError` when there is no room for it.
    """

    def __init__(self, prefix: str) -> None:
        remove_leftovers(prefix)
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        self._lock = FileLock(self.path / _LOCK, thread_local=False)
        self._lock.acquire(blocking=False)
        atexit.register(self.close)

    def close(self) -> None:
        """Remove the folder."""
        atexit.unregister(self.close)
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()


def remove_leftovers(prefix: str) -> None:
    """Remove the folders of processes that ended without doing so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError, Timeout):  # another user's, or in use
            if time.time() - folder.stat().st_mtime > _YOUNG:
                with FileLock(folder / _LOCK, timeout=0):
                    shutil.rmtree(folder)
