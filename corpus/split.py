"""From a document to sentences and chunks, with exact offsets: `document.text[start:end] == chunk.text`.

Sections come from Markdown headings, paragraphs from blank lines, sentences from `sentencex` (which never changes a
character, so offsets are sums of lengths).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sentencex

from corpus.document import Chunk, Document, Span

# About 250 tokens: long enough to carry its context, short enough that an embedding still stands for one topic.
CHUNK_CHARACTERS = 1100
VERSION = "1"

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_PARAGRAPH = re.compile(r"\S(?:.|\n(?![ \t\xa0]*\n))*")
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)]|\|)[ \t]*", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]*_]*$")


@dataclass(frozen=True)
class _Unit:
    span: Span
    is_claim: bool


def split_document(document: Document, size: int = CHUNK_CHARACTERS) -> list[Chunk]:
    """Cut a document into chunks of whole sentences, at most `size` characters unless one sentence is longer."""
    chunks = []
    for section, body in _sections(document.text):
        for group in _pack(_paragraphs(document, body), size):
            start, end = group[0].span.start, group[-1].span.end
            claims = tuple(unit.span for unit in group if unit.is_claim)
            text = document.text[start:end]
            chunks.append(Chunk(document.id, document.language, document.title, section, start, end, text, claims))
    return chunks


def _sections(text: str) -> Iterator[tuple[str, Span]]:
    """Yield each heading's text with the span below it; what stands before the first heading has none."""
    headings = list(_HEADING.finditer(text))
    starts = [0, *(heading.end() for heading in headings)]
    ends = [*(heading.start() for heading in headings), len(text)]
    names = ["", *(heading[1].strip() for heading in headings)]
    yield from zip(names, map(Span, starts, ends), strict=True)


def _paragraphs(document: Document, body: Span) -> Iterator[list[_Unit]]:
    """Yield the sentences of a section, paragraph by paragraph."""
    for paragraph in _PARAGRAPH.finditer(document.text, body.start, body.end):
        units = []
        for line in _lines(Span(*paragraph.span()), document.text):
            spans = list(_sentences(document.text, line, document.language))
            units += [_Unit(span, _is_claim(document.text, span, alone=len(spans) == 1)) for span in spans]
        yield units


def _lines(paragraph: Span, text: str) -> Iterator[Span]:
    """A list or a table is cut at its items and rows; running text stays whole, line breaks included."""
    items = [match.start() for match in _ITEM.finditer(text, paragraph.start, paragraph.end)]
    edges = sorted({paragraph.start, *items, paragraph.end})
    yield from map(Span, edges, edges[1:])


def _sentences(text: str, span: Span, language: str) -> Iterator[Span]:
    position = span.start
    for piece in sentencex.segment(language, text[span.start : span.end]):
        stripped = piece.strip()
        if stripped:
            start = position + piece.index(stripped)
            yield Span(start, start + len(stripped))
        position += len(piece)


def _is_claim(text: str, span: Span, *, alone: bool) -> bool:
    """A line that stands alone without a sentence's end is a title or a signature: it asserts nothing to quote."""
    sentence = text[span.start : span.end]
    return not alone or bool(_SENTENCE_END.search(sentence)) or bool(_ITEM.match(sentence))


def _pack(paragraphs: Iterable[list[_Unit]], size: int) -> Iterator[list[_Unit]]:
    """Fill chunks with whole paragraphs; only a paragraph that is itself too long is cut, between sentences."""
    chunk: list[_Unit] = []
    for paragraph in paragraphs:
        pieces = [paragraph] if _length(paragraph) <= size else [[unit] for unit in paragraph]
        for number, piece in enumerate(pieces):
            starts_long_paragraph = len(pieces) > 1 and number == 0
            if chunk and (starts_long_paragraph or _length(chunk + piece) > size):
                yield chunk
                chunk = []
            chunk = chunk + piece
    if chunk:
        yield chunk


def _length(units: list[_Unit]) -> int:
    return units[-1].span.end - units[0].span.start
