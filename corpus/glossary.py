"""Acronyms and official terms with their names in three languages, and what they add to a question.

To an embedding SRL and SRLS look the same, and "GmbH" is far from both; their written-out names are not.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import CorpusError
from corpus.frontmatter import Language, problems

GLOSSARY = "glossary.json"


class Term(BaseModel):
    """One entry: `acronym` as written in Italy, other ways to write it, and its names by language."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    acronym: str | None
    variants: tuple[str, ...] = ()
    is_word: bool = False  # in small letters it is a word ("its", "hit"), so its capitals count
    names: dict[Language, tuple[str, ...]]

    def forms(self, language: str) -> Iterator[str]:
        """Yield how a text in `language` calls it: the acronym, then its names."""
        if self.acronym:
            yield self.acronym
        yield from self.names.get(language, ())  # type: ignore[call-overload]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    terms: tuple[Term, ...] = Field(min_length=1)


def glossary_beside(folder: Path) -> Path:
    """Return where the glossary of a folder of documents is kept: next to the folder."""
    return folder.resolve().parent / GLOSSARY


def read_glossary(file: Path) -> tuple[Term, ...]:
    """Return the terms of a file, none when there is no such file; raises `CorpusError` naming what is wrong."""
    if not file.is_file():
        return ()
    try:
        return _File.model_validate_json(file.read_bytes()).terms
    except ValidationError as error:
        raise CorpusError(f"{file}: not a glossary: {problems(error)}.") from None


class Glossary:
    """Terms made ready to be looked for in questions."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._terms = [(term, _pattern(term)) for term in terms]

    def expansions(self, question: str, language: str) -> list[str]:
        """Return what documents in `language` call the terms of a question, as far as the question does not say it."""
        forms = [form for term, pattern in self._terms if pattern.search(question) for form in term.forms(language)]
        return [form for form in dict.fromkeys(forms) if not re.search(_whole([form]), question, re.IGNORECASE)]


def _pattern(term: Term) -> re.Pattern[str]:
    short = [term.acronym, *term.variants] if term.acronym else [*term.variants]
    names = [name for group in term.names.values() for name in group]
    if not term.is_word:
        return re.compile(_whole(short + names), re.IGNORECASE)
    return re.compile(f"{_whole(short)}|(?i:{_whole(names)})" if short else f"(?i:{_whole(names)})")


def _whole(forms: Sequence[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)"
