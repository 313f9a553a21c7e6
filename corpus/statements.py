"""A document as the checks see it: its front matter, and its statements with the facts they are marked with."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.document import Document
from corpus.figures import quantities
from corpus.frontmatter import FrontMatter, parse_front_matter, read_parts
from corpus.marks import Mark, take_marks
from corpus.split import split_document


@dataclass(frozen=True)
class Statement:
    """One sentence, list item or table row, the unit that is quoted."""

    section: int
    heading: str
    historic: bool
    text: str
    facts: tuple[str, ...]
    language: str

    @cached_property
    def quantities(self) -> frozenset[str]:
        """Figures, number words and months of the sentence, as digits."""
        return quantities(self.text, self.language)


@dataclass(frozen=True)
class Page:
    """A file with front matter, taken apart."""

    path: Path
    front: FrontMatter
    head: str
    text: str
    marks: tuple[Mark, ...]
    statements: tuple[Statement, ...]
    loose: tuple[str, ...]  # facts whose mark does not stand right behind a statement

    @property
    def key(self) -> str:
        """Language and id: what no two files may share."""
        return f"{self.front.language}/{self.front.id}"

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headings above its statements, in order."""
        return tuple(dict.fromkeys(statement.heading for statement in self.statements))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts that are told, each once, in order."""
        return tuple(dict.fromkeys(mark.fact for mark in self.marks))


def read_page(path: Path) -> Page | None:
    """Take a file apart; None when it has no front matter. Raises `CorpusError` when it is not as it should be."""
    parts = read_parts(path)
    if parts is None:
        return None
    front = parse_front_matter(parts[0], path)
    text, marks = take_marks(parts[1])
    statements = tuple(_statements(front, text, marks))
    told = {fact for statement in statements for fact in statement.facts}
    loose = tuple(mark.fact for mark in marks if mark.fact not in told and not _ends_a_line(text, mark.at))
    return Page(path, front, parts[0], text, tuple(marks), statements, loose)


def _ends_a_line(text: str, at: int) -> bool:
    """Where no sentence stands (a signature, a heading), a mark stands well at the end of the line."""
    return not text[at - 1].isspace() and text[at : at + 1] in ("", "\n")


def _statements(front: FrontMatter, text: str, marks: list[Mark]) -> Iterator[Statement]:
    section, heading = -1, None
    for chunk in split_document(Document(front.id, front.language, front.title, text)):
        if chunk.section != heading:
            section, heading = section + 1, chunk.section
        for span in chunk.sentences:
            # A mark stands right behind the full stop, in a table before the bar that ends the row.
            facts = tuple(mark.fact for mark in marks if span.start < mark.at <= span.end)
            yield Statement(section, chunk.section, chunk.is_historic, chunk.sentence(span), facts, front.language)
