"""Verdicts on disk, one line each as soon as it is there: what was asked and paid for is not asked again."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import ModelUnavailable
from eval.judging.ask import Asked, Grades, Judge, Unreadable, ask
from weights.progress import Meter

JUDGED = "judged.jsonl"
_PATIENCE = 5  # failures in a row: then it is not the answer but the endpoint


@dataclass(frozen=True)
class Verdicts:
    """The grades by the id of what was asked, and how many there are none of, for which reason."""

    grades: dict[str, Grades]
    silent: int
    unreadable: int

    @property
    def failed(self) -> int:
        """How many have no grades."""
        return self.silent + self.unreadable

    def told(self) -> str:
        """Say how many were judged, and why others were not."""
        told = f"judged {len(self.grades)} of {len(self.grades) + self.failed}"
        if not self.failed:
            return told
        reasons = f"no reply {self.silent}, no grades in the reply {self.unreadable}"
        return f"{told} ({reasons}): the same command asks for these again"


def judge_all(judge: Judge, asked: Sequence[Asked], folder: Path, report: Callable[[str], None]) -> Verdicts:
    """Judge everything that `folder` holds no verdict on yet.

    Raises `ModelUnavailable` when the endpoint fails time after time; what was judged before is kept.
    """
    file = folder / JUDGED
    known = _read(file)
    grades, failures, row = {}, {"silent": 0, "unreadable": 0}, 0
    meter = Meter(report, "judged", max(1, len(asked)))
    for item in asked:
        try:
            key = item.key(judge.name)
            if key not in known:
                known[key] = ask(judge, item)
                _append(file, {"key": key, "model": judge.name, "id": item.id} | known[key].model_dump())
            grades[item.id], row = known[key], 0
        except (ModelUnavailable, Unreadable) as error:
            failures["unreadable" if isinstance(error, Unreadable) else "silent"] += 1
            row += 1
            if row == _PATIENCE:
                raise ModelUnavailable(_gave_up(judge.name, len(grades))) from None
        meter.advance(1)
    return Verdicts(grades, **failures)


def _gave_up(name: str, judged: int) -> str:
    return (
        f"{name} failed {_PATIENCE} times in a row, after {judged} verdicts, which are kept. Check "
        "ASSISTANT_JUDGE_URL, ASSISTANT_JUDGE_MODEL and ASSISTANT_JUDGE_KEY, then run the same command: it goes on."
    )


def _append(file: Path, line: dict[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(line, ensure_ascii=False) + "\n")


def _read(file: Path) -> dict[str, Grades]:
    """Read the verdicts of every judge that was ever asked there; a line that was cut off is taken away."""
    if not file.is_file():
        return {}
    whole, newline, cut_off = file.read_text(encoding="utf-8").rpartition("\n")
    if cut_off:
        file.write_text(whole + newline, encoding="utf-8")
    return dict(_verdicts(whole.split("\n")))


def _verdicts(lines: Iterable[str]) -> Iterable[tuple[str, Grades]]:
    for line in lines:
        try:
            fields = json.loads(line)
            yield fields["key"], Grades.model_validate(fields)
        except (ValueError, KeyError, TypeError, ValidationError):
            continue  # not ours to read: it is asked again
