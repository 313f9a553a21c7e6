"""Which file of a folder holds which document, without reading any of them whole."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from corpus.extract import SUFFIXES, printable
from corpus.frontmatter import split_parts
from corpus.language import LANGUAGES

_HEAD_BYTES = 262_144
_NAMED = re.compile(r"^(?:id|language|title):.*\n", re.MULTILINE)
_ID = re.compile(r"^id:", re.MULTILINE)


@dataclass(frozen=True)
class Holding:
    """A file that holds a document. `name` is its path in the folder; a dropped file has no language of its own."""

    name: str
    id: str
    language: str
    title: str

    @property
    def key(self) -> str:
        """What no two share: language and id, or for a dropped file its name in a form that can be shown."""
        return f"{self.language or 'file'}/{self.id}"


def file_names(folder: Path) -> list[str]:
    """Return the regular files of a folder that are read: no hidden ones, no Word locks, nothing behind a link."""
    found = (
        Path(parent) / name
        for parent, _, names in os.walk(folder)
        for name in names
        if not name.startswith((".", "~$"))
    )
    return sorted(path.relative_to(folder).as_posix() for path in found if path.is_file() and not path.is_symlink())


def holdings(folder: Path) -> dict[str, Holding]:
    """Return what a folder holds by key, in order of the file names; of two with one key, the first."""
    found: dict[str, Holding] = {}
    for name in file_names(folder):
        if Path(name).suffix.lower() in SUFFIXES:
            held = _ours(folder, name) or Holding(name, printable(name), "", printable(name))
            found.setdefault(held.key, held)
    return found


def _ours(folder: Path, name: str) -> Holding | None:
    """Read what a front matter says of itself; None where there is none, or it cannot be read."""
    if not name.endswith(".md"):
        return None
    with (folder / name).open("rb") as file:
        start = file.read(_HEAD_BYTES).decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    parts = split_parts(start)
    if parts is None or not _ID.search(parts[0]):
        return None
    try:
        # Only these lines: the whole of a front matter takes a hundred times as long.
        said = yaml.load("".join(_NAMED.findall(parts[0])), Loader=yaml.BaseLoader)
        id_, language, title = (str(said[field]) for field in ("id", "language", "title"))
    except (yaml.YAMLError, KeyError, TypeError):
        return None
    return Holding(name, id_, language, title) if language in LANGUAGES else None
