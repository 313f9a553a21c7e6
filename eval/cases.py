"""Question-and-answer cases (the format of the contract), and which answers they accept."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from assistant.answer import Turn as Said
from corpus.errors import UsageError
from corpus.figures import normalise_figures

Behaviour = Literal["answer", "abstain", "refuse", "answer-corrected"]
# The documents that only the cases of *test* ask about: every third of their sorted names, as the reader was trained.
TEST_DOCUMENTS = frozenset(
    {
        "aid-other",
        "broadband-digital",
        "coverage",
        "energy-hydropower",
        "hit-foundation",
        "incorporation-steps",
        "irap",
        "life-sciences-hub",
        "negotiated-procedure",
        "progetto-manifattura",
        "research-foundations",
        "sectors-companies",
        "trentino-sviluppo",
    }
)
_GROUPS = Literal["main", "unanswerable", "multi-turn", "italian", "german", "typo-keyword", "adversarial"]


class Turn(BaseModel):
    """One question, and what its answer must be."""

    model_config = ConfigDict(extra="forbid")
    user: str
    reference: str = ""
    facts: list[str] = []
    must_include: list[str] = []
    behaviour: Behaviour = "answer"

    @property
    def documents(self) -> set[str]:
        """The documents whose facts answer."""
        return {fact.rpartition(".")[0] for fact in self.facts}


class Case(BaseModel):
    """A question, or a conversation of `turns`."""

    model_config = ConfigDict(extra="forbid")
    id: str
    group: _GROUPS
    style: str = ""
    lang: Literal["en", "it", "de"]
    answerable: bool | None = None
    behaviour: Behaviour = "answer"
    question: str | None = None
    reference: str = ""
    facts: list[str] = []
    must_include: list[str] = []
    turns: list[Turn] = []
    history: list[Said] = []  # what was said before the first question, oldest first

    @model_validator(mode="after")
    def _asks_something(self) -> "Case":
        if bool(self.question) == bool(self.turns):
            raise ValueError("a case has either a question or turns")
        return self

    def questions(self) -> list[Turn]:
        """The questions of the case, in order; one unless it is a conversation."""
        single = Turn(
            user=self.question or "",
            reference=self.reference,
            facts=self.facts,
            must_include=self.must_include,
            behaviour=self.behaviour,
        )
        return self.turns or [single]


def read_cases(path: Path) -> list[Case]:
    """Read a file of cases. Raises `UsageError` naming file and line, or saying that it holds none."""
    cases = list(_read(path))
    if not cases:
        raise UsageError(f"{path} holds no cases.")
    return cases


def _read(path: Path) -> Iterator[Case]:
    if not path.is_file():
        raise UsageError(f"There is no file of cases at {path}.")
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        try:
            if line.strip():
                yield Case.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            raise UsageError(f"{path}, line {number}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None


def includes(text: str, wanted: list[str]) -> bool:
    """Whether every entry (any of its `|` alternatives) occurs in `text`, at a word's start, case and figures aside."""
    plain = _plain(text)
    return all(any(_occurs(option, plain) for option in entry.split("|")) for entry in wanted)


def _occurs(option: str, plain: str) -> bool:
    wanted = _plain(option)
    whole = r"(?!\d)" if wanted[-1:].isdigit() else ""  # a word may go on, a figure is another one then
    return re.search(rf"(?<!\w){re.escape(wanted)}{whole}", plain) is not None


def _plain(text: str) -> str:
    return " ".join(normalise_figures(text).casefold().split())
