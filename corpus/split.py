"""From a document to sentences and chunks, with exact offsets: `document.text[start:end] == chunk.text`.

Sections come from Markdown headings, paragraphs from blank lines, units from list items, table rows and sentences.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.document import Chunk, Document, Span
from corpus.sections import sections
from corpus.sentences import says_something, sentences, slice_of

# About 250 tokens: long enough to carry its context, short enough that an embedding still stands for one topic.
CHUNK_CHARACTERS = 1100
VERSION = "3"

_PARAGRAPH = re.compile(r"\S(?:.|\n(?![^\S\n]*\n))*")
_ITEM = re.compile(r"^[ \t]*(?:(?P<row>\|)|(?:[-*+]|(?P<number>\d{1,3})[.)])[ \t]+(?=\S))", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]*_]*$")


@dataclass(frozen=True)
class _Unit:
    span: Span
    is_claim: bool


def split_document(document: Document, size: int = CHUNK_CHARACTERS) -> list[Chunk]:
    """Cut a document into chunks of whole sentences, at most `size` characters unless one sentence is longer."""
    chunks = []
    for section in sections(document.text):
        for group in _pack(_paragraphs(document, section.body), size):
            chunks.append(_chunk(document, section.name, group))
    return chunks


def _chunk(document: Document, section: str, group: list[_Unit]) -> Chunk:
    span = Span(group[0].span.start, group[-1].span.end)
    return Chunk(
        document=document.id,
        language=document.language,
        title=document.title,
        section=section,
        start=span.start,
        end=span.end,
        text=document.text[slice_of(span)],
        sentences=tuple(unit.span for unit in group if unit.is_claim),
        status=document.status,
        as_of=document.as_of,
        valid_until=document.valid_until,
        references=document.references_in(span),
    )


def _paragraphs(document: Document, body: Span) -> Iterator[list[_Unit]]:
    """Yield the units of a section, paragraph by paragraph."""
    for paragraph in _PARAGRAPH.finditer(document.text, body.start, body.end):
        yield [unit for line in _lines(Span(*paragraph.span()), document.text) for unit in _units(document, line)]


def _lines(paragraph: Span, text: str) -> Iterator[Span]:
    """A list or a table is cut at its items and rows; running text stays whole, line breaks included."""
    edges = [paragraph.start]
    for item in _ITEM.finditer(text, paragraph.start, paragraph.end):
        # As in CommonMark: a wrapped line of running text that happens to begin with "3. " opens no list.
        in_list = len(edges) > 1 or _ITEM.match(text, paragraph.start) is not None
        if item.start() > paragraph.start and (in_list or item["number"] in (None, "1")):
            edges.append(item.start())
    yield from map(Span, edges, [*edges[1:], paragraph.end])


def _units(document: Document, line: Span) -> list[_Unit]:
    """Cut a line into sentences; a table row stays whole, and the mark of an item stays with its first sentence."""
    text = document.text
    item = _ITEM.match(text, line.start, line.end)
    if item and item["row"]:
        row = text[slice_of(line)].rstrip()
        return [_Unit(Span(line.start, line.start + len(row)), says_something(row))]
    spans = sentences(text, Span(item.end() if item else line.start, line.end), document.language)
    if item:
        mark = line.start + item[0].index(item[0].strip())
        spans[0] = Span(mark, spans[0].end)
    alone = len(spans) == 1 and not item
    return [_Unit(span, _is_claim(text[slice_of(span)], alone=alone)) for span in spans]


def _is_claim(sentence: str, *, alone: bool) -> bool:
    """A line that stands alone without a sentence's end is a title or a signature: it asserts nothing to quote."""
    return says_something(sentence) and (not alone or _SENTENCE_END.search(sentence) is not None)


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
