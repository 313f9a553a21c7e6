"""PDF through PDFium: the lines of each page and their places, made into paragraphs under `## p. 3`."""

import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import dropwhile, takewhile
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as c

from corpus.errors import CorpusError
from corpus.extract.limits import CHARACTERS, PAGES
from corpus.extract.pdf_lines import Line, cut_at_wide_gaps, glued, whole_lines, without_running_lines
from corpus.extract.pdf_paragraphs import Mender, carry_over, paragraphs
from corpus.extract.raw import TOO_LONG, Raw
from corpus.extract.text import clean, literal, raised

_NO_TEXT = "has no text (scanned?). Run it through text recognition (OCR) and put the result in its place."
# PDFium's mark for a hyphen at the end of a line that parts a word; it also ends the line.
_HYPHEN = "\x02"
_LINE = re.compile(rf"[^{_HYPHEN}\n]*{_HYPHEN}?\n?")
# Symbols of a font that only it can draw: in text, the marks of lists.
_SYMBOL = re.compile("[\ue000-\uf8ff]")
_WORD = re.compile(rf"[^\s{_HYPHEN}]+{_HYPHEN}?")
_FIGURES_APART = re.compile(r"\d|\D+")
# So much higher than half of the lines of its page is a title.
_TITLE_HEIGHT = 1.25

_Box = tuple[float, float, float, float]


def read_pdf(data: bytes) -> Raw:
    """Read a PDF. Raises `CorpusError` when it is damaged, has a password, too many pages, or no text."""
    with closing(_opened(data)) as document:
        if len(document) > PAGES:
            raise CorpusError(f"has more than {PAGES:,} pages. Split it.")
        pages = without_running_lines(_pages(document))
        changed = _metadata(document, "ModDate") or _metadata(document, "CreationDate")
        own_title = _metadata(document, "Title")
    if not any(pages):
        raise CorpusError(_NO_TEXT)
    return Raw(_text(pages), (own_title, _title(next(page for page in pages if page))), changed)


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == c.FPDF_ERR_PASSWORD:
            raise CorpusError("has a password. Save it without one.") from None
        raise CorpusError("is damaged: it cannot be opened as a PDF. Save it anew.") from None


def _metadata(document: pdfium.PdfDocument, name: str) -> str:
    return str(document.get_metadata_value(name))


def _pages(document: pdfium.PdfDocument) -> list[list[Line]]:
    """Return the lines of each page; a page that is damaged has none."""
    pages: list[list[Line]] = []
    characters = 0
    for number in range(len(document)):
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as text:
                characters += text.count_chars()
                pages.append(whole_lines(_pieces(text, page.get_rotation())))
        except pdfium.PdfiumError:
            pages.append([])
        if characters > 2 * CHARACTERS:
            raise CorpusError(TOO_LONG)
    return pages


def _pieces(page: pdfium.PdfTextPage, rotation: int) -> Iterator[Line]:
    """Yield stretches of text without a wide gap, in PDFium's order, which is that of reading in most documents."""
    codes = (c.FPDFText_GetUnicode(page, i) for i in range(page.count_chars()))
    characters = "".join(chr(code) if code <= sys.maxunicode else "\ufffd" for code in codes)
    before: Line | None = None
    for line in _LINE.finditer(characters):
        words = []
        for word in _WORD.finditer(characters, *line.span()):
            parts = []
            for found in _FIGURES_APART.finditer(characters, *word.span()):
                part = _part(page, found, rotation)
                if before and part.is_raised_from(before):
                    part = replace(part, cells=(raised(part.text),), bottom=before.bottom, top=before.top)
                parts.append(before := part)
            words.append(glued(parts, ""))
        yield from cut_at_wide_gaps([word for word in words if word.text])


def _part(page: pdfium.PdfTextPage, found: re.Match[str], rotation: int) -> Line:
    text = found[0].encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    text = clean(_SYMBOL.sub("•", text.replace(_HYPHEN, "-")))
    first, last = found.start(), found.end() - 1
    if last > first and found[0].endswith(_HYPHEN):
        last -= 1
    left, bottom, right, top = _turned(page.get_charbox(first, loose=True), rotation)
    if last > first:
        right = _turned(page.get_charbox(last, loose=True), rotation)[2]
    return Line((text,), left, right, bottom, top)


def _turned(box: _Box, rotation: int) -> _Box:
    """Return a box (left, bottom, right, top) as it lies on the page that was turned clockwise for the reader."""
    left, bottom, right, top = box
    turned = {90: (bottom, -right, top, -left), 180: (-right, -top, -left, -bottom), 270: (-top, left, -bottom, right)}
    return turned.get(rotation, box)


def _title(lines: list[Line]) -> str:
    """Return the first run of the highest lines of a page when they stand out, else ""."""
    highest = max(line.height for line in lines)
    if highest < _TITLE_HEIGHT * median(line.height for line in lines):
        return ""
    from_there = dropwhile(lambda line: line.height < highest, lines)
    run = takewhile(lambda line: line.height > 0.95 * highest, from_there)
    return " ".join(cell for line in run for cell in line.cells)


def _text(pages: list[list[Line]]) -> str:
    mender = Mender(line.text for page in pages for line in page)
    texts = carry_over([[mender.paragraph(group) for group in paragraphs(page)] for page in pages], mender)
    parts = (f"## p. {n}\n\n" + literal("\n\n".join(page)) for n, page in enumerate(texts, 1) if page)
    return "\n\n".join(parts) + "\n"
