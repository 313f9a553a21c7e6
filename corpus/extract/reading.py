"""One file in, its text out: opened safely, known by its first bytes, read (apart, if it needs a parser), cleaned."""

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.errors import CorpusError
from corpus.extract.apart import read_apart
from corpus.extract.limits import FILE_BYTES
from corpus.extract.opening import opened, shown
from corpus.extract.raw import Raw
from corpus.extract.signatures import HEAD_BYTES, refuse_disguised
from corpus.extract.text import clean, read_markdown, read_plain

_PLAIN = {".md": read_markdown, ".txt": read_plain}
SUFFIXES = frozenset({*_PLAIN, ".html", ".htm", ".pdf", ".docx"})

_DAY = re.compile(r"\s*(?:D:)?(\d{4})-?(\d{2})-?(\d{2})")
# Older than the formats: what a program writes that has no date.
_FIRST_YEAR = 1990
_TITLE_CHARACTERS = 200
# Titles that programs put in by themselves.
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel) - .*|.*\.(?:docx?|odt|rtf|pdf|indd|qxd|pptx?|xlsx?|tex|dvi|html?|txt)"
    r"|\W*(?:untitled|unbenannt|senza titolo|document|dokument|documento|anonymous|slide|präsentation)\W*\d*|[\W\d_]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Extracted:
    """What a file says, as Markdown whose headings carry the places: `## p. 3`, or the document's own headings.

    `as_of` is the ISO day of the last change that the file's own metadata name, or "".
    """

    title: str
    text: str
    as_of: str


def extract(path: Path, root: Path) -> Extracted:
    """Read one file of the folder `root` whose suffix is one of `SUFFIXES`.

    Raises `CorpusError`, "<path below root>: reason. What to do next.", for a file that cannot be read. No file does
    worse, however broken or hostile it is; none takes longer than a minute.
    """
    try:
        raw = _read(path, root)
        text = clean(raw.text)
        if not any(character.isalnum() for character in text):
            raise CorpusError("has no text. Fill it, or remove it.")
    except CorpusError as error:
        raise CorpusError(f"{shown(path, root)}: {error}") from None
    return Extracted(_title(raw.titles, path), text, _day(raw.changed))


def _read(path: Path, root: Path) -> Raw:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise CorpusError(f"is of a kind that is not read. Save it as one of {', '.join(sorted(SUFFIXES))}.")
    with opened(path, root) as file:
        refuse_disguised(suffix, os.pread(file, HEAD_BYTES, 0))
        if plain := _PLAIN.get(suffix):
            return plain(os.pread(file, FILE_BYTES, 0))
        return read_apart(suffix, file)


def _title(candidates: tuple[str, ...], path: Path) -> str:
    """Return the first candidate that a person may have written, else the file's name made readable."""
    for candidate in candidates:
        title = " ".join(clean(candidate[: 2 * _TITLE_CHARACTERS]).split())
        if not _NO_TITLE.fullmatch(title):
            return title[:_TITLE_CHARACTERS]
    return " ".join(clean(path.stem).replace("_", " ").replace("-", " ").split()) or "Document"


def _day(changed: str) -> str:
    """Return the day of a PDF's or an ISO date, or "" when there is none or it is no real one."""
    found = _DAY.match(changed)
    try:
        day = date(*map(int, found.groups())) if found else date.min
    except ValueError:
        return ""
    return day.isoformat() if day.year >= _FIRST_YEAR else ""
