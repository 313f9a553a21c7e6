"""Many questions in one process, resumable: `{"id", "question", "history"?, "language"?}` in, answer objects out."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.answer import Turn
from assistant.assistant import Assistant
from assistant.question import LONGEST_QUESTION
from corpus.errors import UsageError


class BatchQuestion(BaseModel):
    """One line of the input."""

    model_config = ConfigDict(extra="ignore")
    id: str
    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    history: list[Turn] = []
    language: Literal["en", "it", "de"] | None = None

    @field_validator("question")
    @classmethod
    def _asks_something(cls, value: str) -> str:
        if not any(c.isprintable() and not c.isspace() for c in value):
            raise ValueError("it is empty")
        return value


def read_questions(source: Path, answered: Path) -> list[BatchQuestion]:
    """Return the questions of `source` whose ids are not in `answered` yet.

    Raises `UsageError`, naming the line, before anything is answered.
    """
    done = _ids(answered)
    try:
        # Not splitlines: a text may hold other line separators, which JSON leaves as they are.
        lines = source.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source} cannot be read ({error}). Give a file with one JSON object a line.") from None
    questions = [_parse(line, f"{source}, line {n}") for n, line in enumerate(lines, 1) if line.strip()]
    return [question for question in questions if question.id not in done]


def answer_all(
    assistant: Assistant, questions: Iterable[BatchQuestion], output: Path, report: Callable[[str], None]
) -> None:
    """Append the answer object and `id` of each question to `output`, one line each, as they come."""
    questions = list(questions)
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("a", encoding="utf-8") as file:
        for number, q in enumerate(questions, 1):
            answer = assistant.answer(q.question, q.history, q.language)
            file.write(json.dumps({"id": q.id, **answer.to_dict()}, ensure_ascii=False) + "\n")
            file.flush()
            report(f"answered {number} of {len(questions)}")


def _ids(output: Path) -> set[str]:
    try:
        return {json.loads(line)["id"] for line in _whole_lines(output)}
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{output} holds something else than answers. Name another file for them.") from None


def _whole_lines(output: Path) -> list[bytes]:
    """Lines of an earlier run; a last line cut off by a stop is removed from the file, so that it is answered again."""
    if not output.exists():
        return []
    whole, newline, rest = output.read_bytes().rpartition(b"\n")
    if rest:
        output.write_bytes(whole + newline)
    return whole.split(b"\n") if whole else []


def _parse(line: str, place: str) -> BatchQuestion:
    try:
        return BatchQuestion.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(map(str, problem["loc"])) or "the line"
        raise UsageError(f'{place}: {field}: {problem["msg"]}. A line is {{"id", "question"}}.') from None
