"""Marks tie a sentence to the fact it rests on: `… 214 companies.[^bic-network.firms-214]`, a Markdown footnote.

They are taken out when a document is read, so that no reader ever sees one, and stay as references to the place.
"""

import re
from dataclasses import dataclass

MARK = re.compile(r"\[\^([a-z0-9][a-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9-]*)\]")


@dataclass(frozen=True)
class Mark:
    """The fact told by what ends at character `at` of the text without marks."""

    at: int
    fact: str


def take_marks(marked: str) -> tuple[str, list[Mark]]:
    """Return the text without its marks, and the marks in order."""
    pieces, marks, end, length = [], [], 0, 0
    for match in MARK.finditer(marked):
        pieces.append(marked[end : match.start()])
        length += len(pieces[-1])
        marks.append(Mark(length, match[1]))
        end = match.end()
    return "".join((*pieces, marked[end:])), marks
