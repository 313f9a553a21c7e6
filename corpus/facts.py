"""The statements the documents may make, each with its sources, its day, and how sure it is: `corpus/facts.jsonl`."""

from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import CorpusError
from corpus.figures import quantities
from corpus.frontmatter import Date, Link, problems

FACTS = "facts.jsonl"


class Origin(BaseModel):
    """A publication that a fact was read in."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    publisher: str
    title: str
    url: Link | None
    official: bool


class Fact(BaseModel):
    """One checked statement; `id` is "document.name", after the document it was collected for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9-]*$")
    statement: str = Field(min_length=1)
    figures: dict[str, Any] = {}
    sources: tuple[Origin, ...]  # none for general knowledge
    as_of: Date
    as_of_note: str = ""
    valid_until: Date | None = None
    confidence: Literal["source", "knowledge-high", "knowledge-low"]
    remark: str = ""  # what is disputed, derived or superseded
    differs_from: tuple[str, ...] = ()  # facts that say otherwise of the same thing; each names the other
    omitted: str = ""  # why no document tells it

    @cached_property
    def quantities(self) -> frozenset[str]:
        """Every quantity a sentence that rests on this fact may hold (see `corpus.figures.quantities`)."""
        values = " ; ".join(str(value) for value in self.figures.values())
        dates = f"{self.as_of} {self.as_of_note} {self.valid_until or ''}"
        return quantities(" ; ".join((self.statement, values, self.remark, dates)), "en")


def facts_beside(folder: Path) -> Path:
    """Return where the facts of a folder of documents are kept: next to the folder."""
    return folder.resolve().parent / FACTS


def read_facts(file: Path) -> dict[str, Fact]:
    """Return the facts of a file by id, none when there is no such file.

    Raises `CorpusError` naming the line that is not a fact or repeats an id.
    """
    facts: dict[str, Fact] = {}
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            fact = Fact.model_validate_json(line)
        except ValidationError as error:
            raise CorpusError(f"{file}, line {number}: not a fact: {problems(error)}.") from None
        if fact.id in facts:
            raise CorpusError(f"{file}, line {number}: the fact {fact.id} is there twice. Rename one.")
        facts[fact.id] = fact
    return facts
