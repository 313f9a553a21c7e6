"""From running text to sentences: `sentencex`, with the joints mended that it opens in our kind of text.

`sentencex` never changes a character, so offsets are sums of lengths. It does cut behind abbreviations that laws and
calls for tender are full of ("D.Lgs. n. 50", "der 1. Platz"), and half a sentence is no evidence.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import sentencex

from corpus.document import Span

# Never the last word of a sentence.
_BEFORE_ITS_OBJECT = re.compile(
    r"\b(?:n|nn|pag|pagg|cfr|vgl|prov|approx|lett|cpv|sig|sigg|dott|ing|avv|tel|fax"
    r"|einschl|inkl|zzgl|insbes|sog|ehem|Mio|Mrd"
    r"|Abs|Art|art|artt|Nr|Ziff|lit|Bsp|Prov|Str|Sec|Fig|fig|Vgl|Cfr|Pag|Tel|Fax|Sig|Dott|Ing|Avv)\.$"
)
# May end a sentence ("founded as a S.p.A."): joined only when what follows cannot begin one.
_WITH_INNER_STOPS = re.compile(r"\b(?:\w{1,4}\.)+\w{1,4}\.$")
# Always may: to `sentencex` an Italian "IRAP.", "laser.", "100 km." or "provincia.tn.it." wants more. Elsewhere only
# acronyms are cut behind: German does shorten long words. What follows is not all in capitals.
_NEXT = r"\.\s+(?=[«“„\"(]?[A-ZÀ-Þ](?:[a-zß-ÿ\s]|['’\u02bc]))"
_ACRONYM_ENDS = re.compile(rf"(?<![.\w])[A-Z]{{2,}}{_NEXT}")
_ITALIAN_ENDS = re.compile(
    rf"(?:(?<![.\w])[A-Z]{{2,}}|\b[^\W\d_A-Z]{{5,}}|\d\s(?:k?m[²³q]?|kg|ha)|\w\.(?:it|com|eu|org)){_NEXT}"
)
_GERMAN_ORDINAL = re.compile(
    r"\b(?:d(?:er|ie|as|es|en|em)|am|ab|bis|beim|im|und|vom|zu[mr])\s\d{1,3}\.$", re.IGNORECASE
)
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_LETTER_APOSTROPHE = "\u02bc"
_MEANS_SOMETHING = re.compile(r"[^\W_]")


def sentences(text: str, span: Span, language: str) -> list[Span]:
    """Return the sentences of `text[span.start:span.end]`, without the white space around them."""
    found: list[Span] = []
    for piece in _pieces(text, span, language):
        if found and _belong_together(text[slice_of(found[-1])], text[slice_of(piece)], language):
            found[-1] = Span(found[-1].start, piece.end)
        else:
            found.append(piece)
    return found


def slice_of(span: Span) -> slice:
    """Return the span as a slice: `text[slice_of(span)]`."""
    return slice(span.start, span.end)


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in `text`; a rule, a fence or a stray mark has none."""
    return _MEANS_SOMETHING.search(text) is not None


def _pieces(text: str, span: Span, language: str) -> Iterator[Span]:
    position = span.start
    # To `sentencex` two wrapped lines that begin with "3. " and "2017. " are a list; to us a wrap is a space. And what
    # stands between the apostrophes of "l'IRAP … dell'IRAP" is to it a quotation, which it never cuts.
    plain = _APOSTROPHE.sub(_LETTER_APOSTROPHE, text[slice_of(span)].replace("\n", " "))
    ends = _ITALIAN_ENDS if language == "it" else _ACRONYM_ENDS
    for piece in _cut(sentencex.segment(language, plain), ends):
        stripped = piece.strip()
        if stripped:
            start = position + piece.index(stripped)
            yield Span(start, start + len(stripped))
        position += len(piece)


def _cut(pieces: Iterable[str], ends: re.Pattern[str]) -> Iterator[str]:
    for piece in pieces:
        edges = [0, *(match.end() for match in ends.finditer(piece)), len(piece)]
        yield from (piece[start:end] for start, end in pairwise(edges))


def _belong_together(before: str, after: str, language: str) -> bool:
    if not says_something(after) or _BEFORE_ITS_OBJECT.search(before):
        return True
    if _WITH_INNER_STOPS.search(before) and (after[0].islower() or after[0].isdigit()):
        return True
    return language == "de" and _GERMAN_ORDINAL.search(before) is not None
