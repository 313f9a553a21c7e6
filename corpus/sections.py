"""Where the sections of a document are: what its headings say, and the ranges they stand over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import Span

# A fenced block is matched whole, so that a `#` line in it is passed over.
_FENCE = r"^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?s:.*?)(?:^ {0,3}(?P=fence)[`~]*[ \t\r]*$|\Z)"
_HEADING_OR_FENCE = re.compile(rf"{_FENCE}|^(?P<hashes>#{{1,6}})[ \t]+(?P<name>\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, up to the next one. What comes before the first has no name and level 0."""

    name: str
    level: int
    start: int  # of the heading's line
    body: Span

    @property
    def end(self) -> int:
        """Where the next section starts."""
        return self.body.end


def sections(text: str) -> Iterator[Section]:
    """Yield the sections of a text in order; together they are the text, without gaps."""
    headings = [match for match in _HEADING_OR_FENCE.finditer(text) if match["name"]]
    starts = [*(heading.start() for heading in headings), len(text)]
    yield Section("", 0, 0, Span(0, starts[0]))
    for heading, end in zip(headings, starts[1:], strict=True):
        name = _without_closing_marks(heading["name"])
        yield Section(name, len(heading["hashes"]), heading.start(), Span(heading.end(), end))


def _without_closing_marks(name: str) -> str:
    """`Title ##` is called "Title". (In the pattern itself this would take time by the square of the blanks.)"""
    bare = name.rstrip().rstrip("#")
    return bare.rstrip() if bare[-1:] in (" ", "\t") else name.rstrip()


def section_at(text: str, position: int) -> int:
    """Return the number (from 0, in the order of `sections`) of the section that holds a position of the text."""
    starts = [section.start for section in sections(text)]
    return max(number for number, start in enumerate(starts) if start <= position)
