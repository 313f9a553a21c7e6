"""How far the scorer agrees with judges: answers of the assistant that were read one by one, with the reference.

The 150 that ship were judged by a large language model, not by people; a file of people's verdicts has the same form.
Who judged saw the conversation, the question, what is expected and the reference, the answer with its quotes; neither
the scorer's verdict nor its code.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from assistant.answer import Status
from corpus.errors import UsageError
from eval.answers import is_right
from eval.cases import Turn
from eval.metrics import Estimate, mean

JUDGED = Path(__file__).with_name("judged.jsonl")


@dataclass(frozen=True)
class Judged:
    """An answer, what it was asked for, and what its judge said of it."""

    case: str
    turn: Turn
    status: Status
    answer: str
    cited: tuple[str, ...]  # documents
    right: bool
    why: str


def read_judged(file: Path = JUDGED) -> list[Judged]:
    """Read what was judged. Raises `UsageError` when the file is not there."""
    if not file.is_file():
        raise UsageError(f"There is no file of judged answers at {file}.")
    return [_judged(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def agreement(judged: list[Judged]) -> tuple[Estimate, float, list[Judged]]:
    """Return the share of answers that scorer and judge see alike, Cohen's kappa, and the others."""
    scored = [is_right(item.turn, item.status, item.answer, item.cited) for item in judged]
    alike = [verdict == item.right for verdict, item in zip(scored, judged, strict=True)]
    kappa = float(cohen_kappa_score([item.right for item in judged], scored))
    return mean(alike), kappa, [item for item, same in zip(judged, alike, strict=True) if not same]


def _judged(row: dict[str, object]) -> Judged:
    values = {**row, "turn": Turn.model_validate(row["turn"]), "cited": tuple(row["cited"])}  # type: ignore[arg-type]
    return Judged(**{**values, "status": Status(str(row["status"]))})  # type: ignore[arg-type]
