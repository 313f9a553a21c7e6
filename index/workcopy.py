"""A private working copy of a build, for libraries that write where they read.

Chroma changes its database when it opens it and tantivy makes a lock file, so neither opens a folder that it may not
write to. They get one of their own: every file in it is a link into the build, only Chroma's database is a copy. The
build stays as it was written, byte for byte; one on a read-only disk serves, and one that was replaced goes on serving.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import IndexUnusable
from index.ownfolder import OwnFolder

_PREFIX = "assistant-index-"


class NoWorkingCopy(IndexUnusable):
    """There is no room for one: the build may be whole."""


class WorkingCopy:
    """A temporary folder with the files of some folders of a build. Removed on `close` and at the process's end."""

    def __init__(self, build: Path, folders: Iterable[str], copied: str) -> None:
        self._folder = OwnFolder(_PREFIX)
        self.path = self._folder.path
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
        self._folder.close()


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
