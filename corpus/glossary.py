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

    def is_in(self, question: str) -> bool:
        """Whether a question uses the term: its acronym, a variant of it, or a name in any language."""
        short = [self.acronym, *self.variants] if self.acronym else self.variants
        names = [name for group in self.names.values() for name in group]
        ignoring_case = 0 if self.is_word else re.IGNORECASE
        return _stands_in(short, question, ignoring_case) or _stands_in(names, question, re.IGNORECASE)

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


def expansions(terms: Sequence[Term], question: str, language: str) -> list[str]:
    """Return what documents in `language` call the terms of a question, as far as the question does not say it."""
    forms = [form for term in terms if term.is_in(question) for form in term.forms(language)]
    return [form for form in dict.fromkeys(forms) if not _stands_in([form], question, re.IGNORECASE)]


def _stands_in(forms: Sequence[str | None], question: str, flags: int) -> bool:
    return any(form and re.search(rf"(?<!\w){re.escape(form)}(?!\w)", question, flags) for form in forms)
