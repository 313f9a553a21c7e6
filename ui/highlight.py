"""A document's text as HTML with a quote highlighted: character for character, around the place that is read."""

import re

from ui.markup import escape

# Up to this many characters a document is shown whole, else the place with its surroundings.
_WHOLE = 12_000
_AROUND = 1500
# How much further to look for a paragraph border than `_AROUND`.
_BORDER = 600
_HEADING = re.compile(r"#{1,6} +")


def window(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of a document to show around a quote: all of a short one, else whole paragraphs around it."""
    if len(text) <= _WHOLE:
        return 0, len(text)
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    if first > 0:
        border = text.rfind("\n\n", max(0, first - _BORDER), first)
        first = border + 2 if border >= 0 else first
    if last < len(text):
        border = text.find("\n\n", last, last + _BORDER)
        last = border if border >= 0 else last
    return first, last


def highlighted_html(text: str, shown: tuple[int, int], quote: tuple[int, int]) -> str:
    """Return `text[shown]` as HTML with `text[quote]` in `<mark>`; without its tags it is the text itself.

    A quote over several lines becomes one mark per line: heading lines are elements of their own.
    """
    position, lines = shown[0], []
    for line in text[shown[0] : shown[1]].splitlines(keepends=True):
        lines.append(_line_html(line, quote[0] - position, quote[1] - position))
        position += len(line)
    return "".join(lines)


def _line_html(line: str, start: int, end: int) -> str:
    """One line, marked from `start` to `end` where these fall into it. The hashes of a heading are there, unseen."""
    heading = _HEADING.match(line)
    hashes = heading.end() if heading else 0
    start, end = max(0, min(start, len(line))), max(0, min(end, len(line)))
    body = _marked(line, hashes, len(line), start, end)
    if not heading:
        return body
    return f'<span class="hashes">{_marked(line, 0, hashes, start, end)}</span><strong>{body}</strong>'


def _marked(line: str, first: int, last: int, start: int, end: int) -> str:
    """`line[first:last]` with the part of `line[start:end]` that falls into it marked."""
    start, end = min(max(start, first), last), min(max(end, first), last)
    if start >= end:
        return escape(line[first:last])
    return f"{escape(line[first:start])}<mark>{escape(line[start:end])}</mark>{escape(line[end:last])}"
