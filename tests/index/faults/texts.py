"""Versions of a collection in three languages."""

import numpy as np

from corpus.document import Document

Sections = tuple[tuple[str, int], ...]

IDENTITY = "fake@1"
SMALL = (("en", 120), ("it", 90), ("de", 90))  # sections in each language
LARGE = (
    ("en", 1050),
    ("it", 90),
    ("de", 90),
)  # of a thousand Chroma writes the graph
GOLDEN = [("en", "mark 77"), ("en", "mark 101"), ("it", "mark 15"), ("de", "mark 81"), ("de", "mark 3")]
_A_DOCUMENT = 30
_SAID = {
    "en": "Mark {0} is about subject {1}. Office {2} answers.",
    "it": "Il mark {0} parla del tema {1}. Risponde l'ufficio {2}.",
    "de": "Das mark {0} betrifft Thema {1}. Amt {2} antwortet.",
}


def collection_of(version: int, sections: Sections = SMALL) -> list[Document]:
    """The documents of a version: two of three are the same in all versions."""
    return [
        _document(language, start, version) for language, count in sections for start in range(0, count, _A_DOCUMENT)
    ]


def _document(language: str, start: int, version: int) -> Document:
    words = np.random.default_rng(start)
    changed = version if start // _A_DOCUMENT % 3 == 0 else 0
    sections = [
        f"# Section {number}\n\n" + _SAID[language].format(number, words.integers(500), words.integers(500) + changed)
        for number in range(start, start + _A_DOCUMENT)
    ]
    return Document(f"d{start}", language, f"Guide {start}", "\n\n".join(sections), as_of="2025")
