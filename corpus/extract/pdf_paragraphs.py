"""From lines to paragraphs: where one ends, how a hyphenated word is mended, and sentences that run over a page."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from statistics import quantiles

from corpus.extract.pdf_lines import Line

# A step down that is wider than this times the usual one begins a paragraph, as do letters this much higher or lower.
_WIDE_STEP = 1.35
_OTHER_HEIGHT = 1.25
# In heights: so far in or out, a line after the end of a sentence begins a paragraph.
_INDENT = 0.8

_BULLET = re.compile(r"[•▪■●○◦‣❖➢➤✓✔]\s*(?=\S)")
_MARK = re.compile(r"(?:[-–—*]|\(?(?:\d{1,2}|[a-z])[.)])\s+\S")
# What leads from an entry of a table of contents to its page.
_DOTS = re.compile(r"(?:\s?\.){4,}")
_LEADERS = re.compile(rf"{_DOTS.pattern}\s*\S{{1,6}}$")
_ENDED = re.compile(r"[.!?:;,][\"'”’»)\]]*$")
_REST_OF_SENTENCE = re.compile(r".*?[.!?][\"'”’»)\]]*(?=\s|$)")

_BROKEN_WORD = re.compile(r"([^\W\d_]+)-$")
_WORD = re.compile(r"\w+(?:-\w+)*")
# "Forschungs- und Entwicklungszentrum": that hyphen stands for what comes later.
_AFTER_HANGING_HYPHEN = {"und", "oder", "sowie", "bzw", "bis", "and", "or", "to", "e", "ed", "o", "od"}


class Mender:
    """Joins lines and mends the words broken between them, with the document's own words as its dictionary."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._known = {word.lower() for line in lines for word in _WORD.findall(line)}

    def paragraph(self, lines: list[Line]) -> str:
        """Return the text of a paragraph; the bullet of an item becomes "- "."""
        text = lines[0].text
        for line in lines[1:]:
            text = f"{text}\n{line.text}" if line.is_row else self.join(text, line.text)
        return _DOTS.sub(" …", re.sub(rf"^{_BULLET.pattern}", "- ", text))

    def join(self, before: str, after: str) -> str:
        """Join two lines of running text."""
        broken, rest = _BROKEN_WORD.search(before), _WORD.match(after)
        if not broken or not rest or rest[0].lower() in _AFTER_HANGING_HYPHEN:
            return f"{before} {after}"
        return before[: None if self._keeps_hyphen(broken[1], rest[0]) else -1] + after

    def _keeps_hyphen(self, before: str, after: str) -> bool:
        whole, compound = (before + after).lower(), f"{before}-{after}".lower()
        if whole in self._known or compound in self._known:
            return whole not in self._known
        return not after[0].islower()


def paragraphs(lines: list[Line]) -> list[list[Line]]:
    """Group the lines of a page, given in the order of reading."""
    found: list[list[Line]] = []
    for block in _blocks(lines):
        for group in _cut(block):
            if found and _goes_on_in_next_column(found[-1][-1], group[0]):
                found[-1] += group
            else:
                found.append(group)
    return found


def carry_over(pages: list[list[str]], mender: Mender) -> list[list[str]]:
    """Move the rest of a sentence that runs over a page to the page where it begins; a quote needs it whole."""
    pages = [list(page) for page in pages]
    for before, after in pairwise(pages):
        if before and after and _goes_on(before[-1], after[0]):
            rest = _REST_OF_SENTENCE.match(after[0])
            end = rest.end() if rest else len(after[0])
            before[-1] = mender.join(before[-1], after[0][:end])
            after[:1] = [left] if (left := after[0][end:].strip()) else []
    return pages


def _blocks(lines: list[Line]) -> Iterator[list[Line]]:
    """Cut where the step down is wide or upwards, the letters change their height, or nothing stands below."""
    steps = [step for a, b in pairwise(lines) if 0 < (step := a.bottom - b.bottom) < 4 * a.height]
    wide = _WIDE_STEP * (quantiles(steps)[0] if len(steps) > 1 else 1.5 * max((a.height for a in lines), default=0))
    block: list[Line] = []
    for line in lines:
        if block and not _follows(block[-1], line, wide):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _follows(before: Line, line: Line, wide: float) -> bool:
    heights = sorted((before.height, line.height))
    overlap = min(before.right, line.right) - max(before.left, line.left)
    return 0 < before.bottom - line.bottom <= wide and heights[1] <= _OTHER_HEIGHT * heights[0] and overlap > 0


def _cut(block: list[Line]) -> Iterator[list[Line]]:
    edge = max(line.right for line in block)
    group = block[:1]
    for line in block[1:]:
        if _begins(group, line, edge):
            yield group
            group = []
        group.append(line)
    yield group


def _begins(group: list[Line], line: Line, edge: float) -> bool:
    """Whether `line` begins a paragraph: it does when its first word had room on the line before."""
    before = group[-1]
    if before.is_row or line.is_row:
        return before.is_row != line.is_row
    ended = _ENDED.search(before.text)
    if _BULLET.match(line.text) or _LEADERS.search(before.text) or (ended and _MARK.match(line.text)):
        return True
    if _BROKEN_WORD.search(before.text):
        return False
    hangs = len(group) == 1 and (_BULLET.match(before.text) or _MARK.match(before.text))
    if ended and not hangs and abs(line.left - before.left) > _INDENT * line.height:
        return True
    word = line.text.split(maxsplit=1)[0]
    width = (line.right - line.left) / len(line.text) * (len(word) + 1)
    return before.right + 1.1 * width < edge


def _goes_on_in_next_column(before: Line, line: Line) -> bool:
    return line.bottom > before.top and _goes_on(before.text, line.text)


def _goes_on(before: str, after: str) -> bool:
    return after[0].islower() and not before.endswith("|") and not _ENDED.search(before)
