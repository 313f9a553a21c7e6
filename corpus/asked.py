"""Questions that people ask, beside the documents: which fact answers each, and which nothing here answers.

They are written by whoever keeps the corpus (`corpus/questions/*.jsonl`), never quoted and never shown as an answer. A
question like one of them is found and judged by what is known of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus.errors import CorpusError
from corpus.frontmatter import Language, problems

QUESTIONS = "questions"
NOTHING = ""  # stands for the fact that answers where none does


class Written(BaseModel):
    """One line of a file: a question, the `fact` that answers it with the words `answer`, and a near-`miss`: a question
    like it that no document answers. A miss may stand alone. A broad question is answered by several facts together: by
    `fact` and `also`.

    `style` tells short questions from those with a story around them, `why` what the miss changes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    fact: str = ""
    also: tuple[str, ...] = ()
    lang: Language
    style: Literal["short", "story"] = "short"
    question: str = Field(default="", max_length=600)
    answer: str = ""
    miss: str = Field(default="", max_length=600)
    why: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """All that answer the question."""
        return (self.fact, *self.also) if self.fact else ()

    @model_validator(mode="after")
    def _is_something(self) -> "Written":
        if bool(self.question) != bool(self.fact) or (self.also and not self.fact):
            raise ValueError("a question has the fact that answers it, and a fact its question")
        if not self.question and not self.miss:
            raise ValueError("neither a question nor a miss")
        return self


@dataclass(frozen=True)
class Asked:
    """A question as people ask it (a `short` one has no story), and the fact that answers it, or `NOTHING`."""

    text: str
    fact: str
    language: str
    short: bool


def questions_beside(folder: Path) -> Path:
    """Return where the questions to a folder of documents are kept: next to the folder."""
    return folder.resolve().parent / QUESTIONS


def read_written(folder: Path) -> Iterator[tuple[str, Written]]:
    """Yield every line of the folder's files with its place, none when there is no such folder.

    Raises `CorpusError` naming the line that is none.
    """
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                yield f"{file.name}, line {number}", Written.model_validate_json(line)
            except ValidationError as error:
                raise CorpusError(f"{file}, line {number}: not a question: {problems(error)}.") from None


def read_asked(folder: Path) -> tuple[Asked, ...]:
    """Return the questions of a folder, answered ones once for each fact, and misses, in the order of the files."""
    lines = [written for _, written in read_written(folder)]
    answered = [Asked(line.question, fact, line.lang, line.style == "short") for line in lines for fact in line.facts]
    misses = [Asked(line.miss, NOTHING, line.lang, line.style == "short") for line in lines if line.miss]
    return tuple(dict.fromkeys(answered + misses))
