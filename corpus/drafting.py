"""From a file without front matter to a draft of a document: what can be told of it is filled in, the rest is empty."""

import re
import unicodedata
from datetime import date
from typing import Any

import yaml

from corpus.extract import Extracted
from corpus.language import detect_language

_TELLING = 2000  # characters that are enough to tell a language
_LONGEST_ID = 60


def drafted(read: Extracted, title: str, today: date) -> str:
    """Return a document to be completed by a person. `title` is "" when the file names none.

    What only a person can say (kind, publisher, sources, licence …) stands there without a value, so that the checks
    name it.
    """
    as_of = read.as_of or None
    head: dict[str, Any] = {
        "id": _slug(title) or None,
        "title": title or None,
        "kind": None,
        "topic": [],
        "language": detect_language(read.text[:_TELLING]),
        "translation_of": None,
        "summary": None,
        "publisher": None,
        "as_of": as_of,
        "retrieved": today.isoformat(),
        "valid_until": None,
        "review_by": None,
        "status": "current",
        "superseded_by": None,
        "confidence": "source",
        "licence": None,
        "sources": [{"publisher": None, "title": title or None, "url": None, "as_of": as_of, "official": False}],
        "facts": [],
    }
    written = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{written}---\n{_without_title(read.text, title)}"


def _without_title(text: str, title: str) -> str:
    """The title stands in the front matter, so a first heading that repeats it goes."""
    first, _, rest = text.strip("\n").partition("\n")
    heading = re.fullmatch(r"#\s+(.*?)\s*#*", first)
    return (rest.lstrip("\n") if heading and heading[1] == title and rest.strip() else text.strip("\n")) + "\n"


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:_LONGEST_ID].strip("-")
