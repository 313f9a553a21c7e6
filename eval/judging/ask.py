"""Ask the judge about one answer, and read its grades: from 1 to 4, on the scale that people were asked for."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

GOOD = 3  # a grade from which on nothing that matters is wrong
_TOKENS = 2_000  # a model that thinks aloud needs most of them
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
_AGAIN = 'That is not one JSON object {"why": "…", "faithful": 1-4, "answers": 1-4}. Reply with that object alone.'


class Judge(Protocol):
    """What judging needs of a model; `assistant.generator.ChatGenerator` has it."""

    name: str

    def reply(self, messages: Sequence[BaseMessage], tokens: int) -> str:
        """Return a whole reply of at most so many tokens. Raises `ModelUnavailable`."""


class Unreadable(Exception):
    """What the judge said is no grades, twice."""


@dataclass(frozen=True)
class Asked:
    """An answer with all that is needed to judge it; `conversation` is what was said before, oldest first."""

    id: str
    conversation: tuple[tuple[str, str], ...]
    question: str
    quotes: tuple[str, ...]
    reference: str
    answer: str

    def messages(self) -> list[BaseMessage]:
        """Return what the judge is asked. JSON keeps apart what is whose, whatever stands in it."""
        told = {
            "conversation": [f"{role}: {text}" for role, text in self.conversation],
            "question": self.question,
            "quotes": self.quotes,
            "reference": self.reference,
            "answer": self.answer,
        }
        return [SystemMessage(prompt()), HumanMessage(json.dumps(told, ensure_ascii=False, indent=1))]

    def key(self, model: str) -> str:
        """Return what tells this question to this model from every other."""
        said = [model, *(str(message.content) for message in self.messages())]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class Grades(BaseModel):
    """What a judge finds."""

    model_config = ConfigDict(strict=True, frozen=True)
    faithful: int = Field(ge=1, le=4)
    answers: int = Field(ge=1, le=4)
    why: str = ""

    @property
    def is_faithful(self) -> bool:
        """Whether nothing that matters lacks a quote."""
        return self.faithful >= GOOD

    @property
    def is_answer(self) -> bool:
        """Whether nothing that matters is missing."""
        return self.answers >= GOOD

    @property
    def is_right(self) -> bool:
        """Whether it is both."""
        return self.is_faithful and self.is_answer


@cache
def prompt() -> str:
    """Return what the judge is told to do."""
    return Path(__file__).with_name("prompt.md").read_text(encoding="utf-8").strip()


def prompt_id() -> str:
    """Return what tells this prompt from others: a judge that is asked in other words is another judge."""
    return hashlib.sha256(prompt().encode()).hexdigest()[:12]


def ask(judge: Judge, asked: Asked) -> Grades:
    """Return the judge's grades, asked for once more if need be. Raises `Unreadable` or `ModelUnavailable`."""
    messages = asked.messages()
    said = judge.reply(messages, _TOKENS)
    if grades := read_grades(said):
        return grades
    if grades := read_grades(judge.reply([*messages, AIMessage(said), HumanMessage(_AGAIN)], _TOKENS)):
        return grades
    raise Unreadable


def read_grades(said: str) -> Grades | None:
    """Return the grades in a reply, whatever stands around them; none if there are none, or two that differ."""
    found = {(grades.faithful, grades.answers): grades for grades in _graded(_THOUGHTS.sub("", said))}
    return next(iter(found.values())) if len(found) == 1 else None


def _graded(text: str) -> Iterator[Grades]:
    decoder, position = json.JSONDecoder(), text.find("{")
    while position >= 0:
        try:
            value, end = decoder.raw_decode(text, position)
            yield Grades.model_validate(value)
        except ValidationError:
            position = text.find("{", end)
        except (ValueError, RecursionError):
            position = text.find("{", position + 1)
        else:
            position = text.find("{", end)
