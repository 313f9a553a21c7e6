"""What the assistant knows, as plain values: a document, its sentences, and the chunks it is searched by."""

import re
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True)
class Span:
    """Half-open character range of a document's text: `document.text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Reference:
    """What the statement that ends at character `at` rests on; empty `publisher` and `url` for general knowledge."""

    at: int
    fact: str
    as_of: str
    valid_until: str | None
    confidence: str
    publisher: str
    url: str | None
    official: bool = False
    differs_from: tuple[str, ...] = ()  # facts that say otherwise of the same thing


@dataclass(frozen=True)
class Document:
    """One text in one language. Translations share the id; `(language, id)` is unique."""

    id: str
    language: str
    title: str
    text: str
    kind: str = "document"
    status: str = "current"
    as_of: str = ""
    valid_until: str | None = None
    url: str | None = None
    publisher: str = ""
    confidence: str = "source"
    summary: str = ""
    references: tuple[Reference, ...] = ()
    topics: tuple[str, ...] = ()

    def references_in(self, span: Span) -> tuple[Reference, ...]:
        """Return what the statements that end inside `span` rest on."""
        return _ending_in(span, self.references)


@dataclass(frozen=True)
class Entry:
    """A document as a list of documents names it, without its text."""

    id: str
    language: str
    title: str
    topics: tuple[str, ...] = ()
    status: str = "current"


@dataclass(frozen=True)
class Chunk:
    """A passage of one section: the unit that is embedded and ranked. `text == document.text[start:end]`.

    What it says about its own time is its document's (`status`, `as_of`, `valid_until`) and that of the facts its
    statements rest on (`references`, offsets are the document's).
    """

    document: str
    language: str
    title: str
    section: str
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...] = field(default=())
    status: str = "current"
    as_of: str = ""
    valid_until: str | None = None
    references: tuple[Reference, ...] = ()

    @property
    def id(self) -> str:
        """Unique in an index, and stable as long as the document's text before `end` is unchanged."""
        return f"{self.language}/{self.document}:{self.start}-{self.end}"

    def sentence(self, span: Span) -> str:
        """Text of one of `sentences` (offsets are the document's)."""
        return self.text[span.start - self.start : span.end - self.start]

    def references_in(self, span: Span) -> tuple[Reference, ...]:
        """Return what the statements that end inside `span` rest on."""
        return _ending_in(span, self.references)

    @property
    def is_historic(self) -> bool:
        """Whether the heading above says that the passage speaks of a time that is over: "… (historic, 2018)"."""
        return _names_an_era(self.section)


def _ending_in(span: Span, references: tuple[Reference, ...]) -> tuple[Reference, ...]:
    return tuple(reference for reference in references if span.start < reference.at <= span.end)


@lru_cache(4096)  # asked of every sentence that is ranked
def _names_an_era(heading: str) -> bool:
    return _ERA.search(heading) is not None


_ERA = re.compile(r"\((?:historic|storic[oaie]|historisch)\b[^()]*\)$", re.IGNORECASE)
