"""Questions whose right documents are known: a folder in the normal form of the contract, or a file of our cases."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answer import Turn
from corpus.errors import UsageError
from corpus.language import LANGUAGES, detect_language
from eval.cases import Case, read_cases

CORPUS, QUERIES = "corpus.jsonl", "queries.jsonl"
_SEED = 0
_T = TypeVar("_T")


@dataclass(frozen=True)
class Question:
    """A question and the documents that answer it: `gold` maps their ids to grades (1: relevant; more: better)."""

    id: str
    text: str
    language: str
    gold: Mapping[str, int]
    history: tuple[Turn, ...] = ()  # oldest first
    rewrite: str | None = None  # made stand-alone by a person
    style: str = ""


@dataclass(frozen=True)
class QuestionSet:
    """The questions of a set that have gold, and how many have none (there is nothing to be found for them)."""

    name: str
    questions: tuple[Question, ...]
    without_gold: int
    corpus: Path | None  # None: cases of our own, about the project's documents


def sample(items: Sequence[_T], size: int | None) -> Sequence[_T]:
    """Return at most `size` of some questions, always the same ones, in their order."""
    if size is None or size >= len(items):
        return items
    if size < 1:
        raise UsageError(f"{size} questions are none. Ask for one at least.")
    return [items[number] for number in sorted(random.Random(_SEED).sample(range(len(items)), size))]


def read_set(path: Path) -> QuestionSet:
    """Read a folder with `corpus.jsonl` and `queries.jsonl`, or a `.jsonl` of cases.

    Raises `UsageError`, naming file and line where there is one, when it cannot be read or nothing in it has gold.
    """
    is_folder = path.is_dir()
    if not is_folder and not path.is_file():
        form = f"Name a folder with {CORPUS} and {QUERIES}, or a file of cases"
        raise UsageError(f"There is no set at {path}. {form}.")
    every = list(_read_folder(path) if is_folder else _read_cases(path))
    for id_, count in Counter(question.id for question in every).items():
        if count > 1:
            raise UsageError(f"{path}: {count} questions have the id {id_!r}. Give each its own.")
    questions = tuple(question for question in every if question.gold)
    if not questions:
        raise UsageError(f"{path}: none of its {len(every)} questions names a right document; nothing can be measured.")
    corpus = path / CORPUS if is_folder else None
    return QuestionSet(path.resolve().name, questions, len(every) - len(questions), corpus)


def read_as_cases(path: Path) -> list[Case]:
    """Read a file of cases, or every question of a folder as a case. Raises `UsageError` as `read_set` does."""
    if not path.is_dir():
        return read_cases(path)
    return [query.as_case() for query in _queries(path)]


class _Message(BaseModel):
    role: Literal["user", "assistant"]
    text: str


class _Query(BaseModel):
    """One line of `queries.jsonl`; fields that finding has no use for are passed over."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    lang: str | None = None
    gold_ids: list[str] | None = None
    gold_grades: dict[str, int] | None = None
    also_gold_ids: list[str] | None = None
    history: list[_Message] | None = None
    rewrite: str | None = None
    answers: list[str] | None = None
    answerable: bool | None = None

    def as_case(self) -> Case:
        """A question of a set as a case: any of its answers will do, and any of its right documents may be cited."""
        question = self.as_question()
        answerable = bool(question.gold) if self.answerable is None else self.answerable
        wanted = [answer.replace("|", " ").strip() for answer in self.answers or ()]
        return Case(
            id=self.id,
            group="main" if answerable else "unanswerable",
            lang=question.language,  # type: ignore[arg-type]
            answerable=answerable,
            behaviour="answer" if answerable else "abstain",
            question=self.text,
            facts=[f"{document}.gold" for document in question.gold] if answerable else [],
            must_include=["|".join(filter(None, wanted))] if answerable and any(wanted) else [],
            history=list(question.history),
        )

    def as_question(self) -> Question:
        history = tuple(Turn(message.role, message.text) for message in self.history or ())
        # Equally right documents that the question was not written on count like those it was.
        gold = dict.fromkeys([*(self.gold_ids or ()), *(self.also_gold_ids or ())], 1) if self.gold_ids else {}
        grades = {id_: grade for id_, grade in (self.gold_grades or {}).items() if id_ in gold}
        language = self.lang if self.lang in LANGUAGES else _language(self.text, history)
        return Question(self.id, self.text, language, gold | grades, history, self.rewrite or None)


def _language(text: str, history: Sequence[Turn]) -> str:
    """Detect the language as the assistant does: where a follow-up does not tell, that of the question before."""
    spoken = [turn.content for turn in history if turn.role == "user"]
    return detect_language(text, detect_language(spoken[-1]) if spoken else "en")


def _read_folder(folder: Path) -> Iterator[Question]:
    return (query.as_question() for query in _queries(folder))


def _queries(folder: Path) -> Iterator[_Query]:
    for name in (CORPUS, QUERIES):
        if not (folder / name).is_file():
            raise UsageError(f"{folder} is no test set: it has no {name}.")
    for number, line in enumerate((folder / QUERIES).read_bytes().split(b"\n"), 1):
        if line.strip():
            yield _parse(line, f"{folder / QUERIES}, line {number}")


def _parse(line: bytes, place: str) -> _Query:
    try:
        return _Query.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(map(str, problem["loc"])) or "the line"
        raise UsageError(f'{place}: {field}: {problem["msg"]}. A line is {{"id", "text", "gold_ids"}}.') from None


def _read_cases(path: Path) -> Iterator[Question]:
    """Yield each turn of each case; what the assistant said before is taken to be the reference answer."""
    for case in read_cases(path):
        history: tuple[Turn, ...] = ()
        for number, turn in enumerate(case.questions()):
            name = f"{case.id}.{number}" if case.turns else case.id
            gold = dict.fromkeys(sorted(turn.documents), 1)
            yield Question(name, turn.user, case.lang, gold, history, style=case.style)
            history += (Turn("user", turn.user), Turn("assistant", turn.reference))
