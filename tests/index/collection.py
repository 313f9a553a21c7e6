"""A small collection in two languages, and what tests ask of an index of it."""

from pathlib import Path

import numpy as np

from corpus.document import Document
from index.directory import live_build
from index.parts import open_live

GRANTS = """# Grants

Startups get a grant of 120,000 euro from the province. Applications close in May.

# Hubs

The Mechatronics Hub hosts fifty companies in Rovereto.
"""
POLO = "Il polo della meccatronica ospita cinquanta imprese a Rovereto. Il bando scade a maggio."


def collected() -> list[Document]:
    return [
        Document("grants", "en", "Grants and hubs", GRANTS, as_of="2025"),
        Document("hubs", "it", "I poli", POLO, as_of="2024"),
        Document("weather", "en", "Weather", "It rains in autumn. Snow falls in winter."),
    ]


def silent(_: str) -> None:
    """Report to nobody."""


def snapshot(directory: Path) -> dict[str, int]:
    """Which files there are under the index directory, but for the lock's: a file written anew is another one."""
    files = (path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("writer."))
    return {str(path): path.stat().st_ino for path in files}


def content(directory: Path, identity: str = "fake@1") -> dict[str, tuple[str, np.ndarray]]:
    """Text and vectors (its own and its sentences') of every chunk in the live build, by id."""
    _, parts = open_live(directory, identity)
    found = {}
    for passage in parts.records.all_passages():
        vectors = [parts.passages.read(passage.number), parts.sentences.read(passage.first, passage.sentences)]
        found[passage.id] = (passage.chunk.text, np.concatenate(vectors))
    parts.close()
    return found


def live(directory: Path) -> Path:
    build = live_build(directory)
    assert build is not None
    return build


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 0x10
    path.write_bytes(octets)
