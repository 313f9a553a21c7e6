"""Bytes to clean text: encodings, characters that nobody sees, and lines that would be taken for Markdown."""

import codecs
import re

from corpus.errors import CorpusError
from corpus.extract.limits import CHARACTERS
from corpus.extract.raw import TOO_LONG, Raw

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# One byte a character, for European languages; what a page may declare. "latin-1" on the web is Windows-1252.
_DECLARABLE = re.compile(r"(?:iso-8859-(?:[2-9]|1[03-6])|windows-125[0-7])", re.IGNORECASE)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters; marks that turn the direction of writing; invisible characters that hide text from the reader, or
# words from the search; halves of surrogate pairs; and what is no character at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
_DAMAGED = "\ufffd"
# A damaged character among so many sound ones is put up with.
_SOUND_CHARACTERS = 1000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Up to three spaces before these make a heading or open a fence that swallows the headings below; four do not.
_MARKDOWN = re.compile(r"^ {0,3}(?=#{1,6}(?:[ \t]|$)|`{3}|~{3})", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
_MOST_BYTES_A_CHARACTER = 4
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


def read_plain(data: bytes) -> Raw:
    """Read a text file as it is; a line of it that looks like a heading is none."""
    return Raw(literal(clean(_short(data))))


def read_markdown(data: bytes) -> Raw:
    """Read a Markdown file as it is; its first heading is its title."""
    text = clean(_short(data))
    return Raw(text, (first_heading(text),))


def clean(text: str) -> str:
    """Return the text with line ends as newlines and without characters that nobody sees."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


def first_heading(text: str) -> str:
    """Return the text of the first Markdown heading, or ""."""
    found = _HEADING.search(text)
    return found[1].rstrip().rstrip("#").rstrip() if found else ""


def raised(text: str) -> str:
    """Return the text with its digits raised: a power or the mark of a note must not lengthen a figure."""
    return text.translate(_RAISED)


def literal(text: str) -> str:
    """Indent lines that would be taken for headings or for the fence of a block of code."""
    return _MARKDOWN.sub("    ", text)


def decode(data: bytes, declared: str = "") -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, else the `declared` encoding or Windows-1252.

    Raises `CorpusError` when the bytes are no text, or damaged UTF-8.
    """
    if data.startswith(_UTF16_MARKS):
        text = _decode(data, "utf-16")
    else:
        text = _decode_unmarked(data.removeprefix(codecs.BOM_UTF8), declared)
    if "\0" in text:
        raise CorpusError("holds zero bytes: it is no text. Save it as UTF-8 text.")
    if len(_CONTROL.findall(text)) > len(text) / 100:
        raise CorpusError("is full of control characters: it is no text. Save it as UTF-8 text.")
    return text


def _short(data: bytes) -> str:
    # Refused before the work of finding out its encoding.
    if len(data) > _MOST_BYTES_A_CHARACTER * CHARACTERS:
        raise CorpusError(TOO_LONG)
    return decode(data)


def _decode_unmarked(data: bytes, declared: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = error.start
    text = data.decode("utf-8", "replace")
    damaged = text.count(_DAMAGED)
    if damaged < sum(character > "\x7f" for character in text) / 2:
        # Most of what is beyond ASCII is sound, so it is UTF-8, and something broke it.
        if damaged > len(text) / _SOUND_CHARACTERS:
            raise CorpusError(f"is UTF-8 text with damaged bytes, the first at {place}. Save it anew.")
        return text
    text = _decode(data, declared if _DECLARABLE.fullmatch(declared) else "windows-1252")
    if sum(character > "\x7f" for character in text) > len(text) / 4:
        raise CorpusError("is in an unknown encoding, or no text. Save it as UTF-8 text.")
    return text


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise CorpusError(f"is neither UTF-8 nor {encoding} text (byte {error.start}). Save it as UTF-8.") from None
