"""A change made real: what it replaces is kept first, then every file takes its place by one rename.

RETIRED/2026-11-26T12-00-00Z/    beside the folder of documents, so never indexed: the files as they were before
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from corpus.changing import Change
from corpus.durable import sync
from corpus.errors import CorpusError
from corpus.facts import FACTS, facts_beside

RETIRED = "retired"


def apply(change: Change, folder: Path, now: datetime) -> Path | None:
    """Make the change; return the folder that what was replaced is kept in, None when nothing was.

    All of it is done or nothing. Raises `CorpusError` when the documents are not those the change was made from, or a
    place lies outside the folder; `OSError` when the disk refuses.
    """
    if not change.is_of(folder):
        raise CorpusError("The documents were changed by somebody else meanwhile. Discard this, and begin again.")
    places = dict(_places(change, folder))
    kept = _keep(places, folder, now)
    new: dict[Path, Path] = {path: _beside(path) for path, text in places.items() if text is not None}
    try:
        for path, beside in new.items():
            _write(beside, places[path] or "")
        for path in places:
            if path in new:
                new[path].replace(path)
            else:
                path.unlink()
    except OSError:
        _put_back(places, folder, kept)
        raise
    finally:
        for beside in new.values():
            beside.unlink(missing_ok=True)
    return kept


def _places(change: Change, folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Each file with its new content, None where it goes; the facts come first, since documents lean on them."""
    if change.facts is not None:
        yield facts_beside(folder), change.facts
    root = folder.resolve()
    for name in [*change.written, *change.removed]:
        path = folder / name
        if path.is_symlink() or not path.parent.resolve().is_relative_to(root):
            raise CorpusError("The place of a document lies behind a link. Put a real folder there.")
        yield path, change.written.get(name)


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else FACTS


def _keep(places: dict[Path, str | None], folder: Path, now: datetime) -> Path | None:
    """Copy what will be replaced; the folder is named after the moment, and a second one in it gets a number."""
    existing = [path for path in places if path.is_file()]
    if not existing:
        return None
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    root = folder.resolve().parent / RETIRED
    root.mkdir(exist_ok=True)
    kept = next(place for n in range(1, 1000) if not (place := root / (f"{stamp}-{n}" if n > 1 else stamp)).exists())
    for path in existing:
        place = kept / _name(path, folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        sync(place)
    return kept


def _beside(path: Path) -> Path:
    """Where a file is written first: hidden from everything that reads the folder."""
    return path.with_name(f".{path.name}.new")


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    sync(file)


def _put_back(places: dict[Path, str | None], folder: Path, kept: Path | None) -> None:
    for path in places:
        was = kept / _name(path, folder) if kept else None
        with suppress(OSError):  # the first failure is the one to tell; the copies stay in any case
            if was and was.is_file():
                shutil.copyfile(was, path)
            else:
                path.unlink(missing_ok=True)
