"""The lines of PDF pages with their places: pieces put together, running headers and footers left out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

# In heights of a line. Pieces nearer than this stand in one line; farther apart they are cells of a row.
_WIDE_GAP = 2.0
_GAP_IN_WORD = 0.15
_OVERLAP = -0.3
# In heights of the letters before: what is so much higher and smaller is a power, or the mark of a note.
_RAISED = 0.25
_SMALLER = 0.95
# How many lines at either end of a page may run along, and on how many pages they must stand.
_OUTERMOST = 2
_RUNNING_PAGES = 3
_RUNNING_SHARE = 0.4
# What may stand far before its text without being a cell: a bullet, "1.", "2.1", "b)".
_MARK_ALONE = re.compile(r"[•▪■●○◦‣❖➢➤✓✔*–—-]|\(?(?:\d{1,2}|[a-z])[.)]|\d{0,2}(?:\.\d{1,2})+\.?")


@dataclass(frozen=True)
class Line:
    """A line of print, in one cell unless wide gaps part it; coordinates in points from the lower left corner."""

    cells: tuple[str, ...]
    left: float
    right: float
    bottom: float
    top: float

    @property
    def text(self) -> str:
        """Its text, as a row of a Markdown table if it has more than one cell."""
        return f"| {' | '.join(self.cells)} |" if self.is_row else self.cells[0]

    @property
    def is_row(self) -> bool:
        """Whether it has more than one cell."""
        return len(self.cells) > 1

    @property
    def height(self) -> float:
        """From the foot of its letters to their head; never 0."""
        return max(self.top - self.bottom, 0.1)

    def gap_to(self, other: "Line") -> float | None:
        """Room between this and what stands behind it on the same line of print, in heights; else None."""
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        gap = (other.left - self.right) / self.height
        return gap if shared > 0.5 * min(self.height, other.height) and gap > _OVERLAP else None

    def is_raised_from(self, other: "Line") -> bool:
        """Whether this stands higher than what is right before it, and is smaller."""
        gap = other.gap_to(self)
        higher = self.bottom - other.bottom > _RAISED * other.height
        return higher and self.height < _SMALLER * other.height and gap is not None and gap < _RAISED

    def plus(self, other: "Line", gap: float) -> "Line":
        """This line with the other behind it, `gap` heights away."""
        if gap < _WIDE_GAP or (not self.is_row and _MARK_ALONE.fullmatch(self.cells[0])):
            space = " " if gap > _GAP_IN_WORD else ""
            cells = (*self.cells[:-1], self.cells[-1] + space + other.cells[0], *other.cells[1:])
        else:
            cells = self.cells + other.cells
        larger = max(self, other, key=lambda line: len(line.text))
        return Line(cells, self.left, other.right, larger.bottom, larger.top)


def glued(pieces: list[Line], space: str) -> Line:
    """Put pieces of one line together, with `space` between them."""
    longest = max(pieces, key=lambda piece: len(piece.text))
    text = space.join(piece.text for piece in pieces)
    return replace(longest, cells=(text,), left=pieces[0].left, right=pieces[-1].right)


def cut_at_wide_gaps(words: list[Line]) -> Iterator[Line]:
    """Put words into stretches that no wide gap parts."""
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or (words[end - 1].gap_to(words[end]) or 0) >= _WIDE_GAP:
            yield glued(words[start:end], " ")
            start = end


def whole_lines(pieces: Iterable[Line]) -> list[Line]:
    """Put pieces that stand beside each other together."""
    lines: list[Line] = []
    for piece in pieces:
        gap = lines[-1].gap_to(piece) if lines else None
        if gap is None:
            lines.append(piece)
        else:
            lines[-1] = lines[-1].plus(piece, gap)
    return lines


def without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """Drop lines that stand at the same height at the top or bottom of many pages, equal up to their digits."""
    found = Counter(key for page in pages for key in {_key(line) for line in _outermost(page)})
    least = max(_RUNNING_PAGES, _RUNNING_SHARE * sum(map(bool, pages)))
    kept = []
    for page in pages:
        running = {line for line in _outermost(page) if found[_key(line)] >= least}
        kept.append([line for line in page if line not in running])
    return kept


def _outermost(page: list[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: line.bottom)
    return [*by_height[:_OUTERMOST], *by_height[-_OUTERMOST:]]


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text), round(line.bottom / 4)
