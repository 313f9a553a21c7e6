"""A run on disk: who was asked what (`run.json`), each row once it is judged (`rows.jsonl`), the scores at the end.

What was asked before an interruption is not asked again.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from eval.answers import Row
from eval.metrics import Estimate

RUN, ROWS, SCORES = "run.json", "rows.jsonl", "scores.json"
JUDGEMENT = "judged.json"  # what `eval judge` found of a finished run


class Run:
    """The rows of one run in a folder, `begun` on a day. One that was finished there is begun anew, another goes on.

    UsageError when the one that was not finished asks something else.
    """

    def __init__(self, folder: Path, described: dict[str, Any], begun: date | None = None) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / SCORES).exists():
            for name in (RUN, ROWS, SCORES, JUDGEMENT):
                (folder / name).unlink(missing_ok=True)
        file = folder / RUN
        known = read_described(folder) if file.exists() else {}
        day = known.pop("begun", (begun or date.today()).isoformat())
        if file.exists() and known != described:
            raise UsageError(
                f"{folder} holds the beginning of another run: name another folder for --out, or delete it."
            )
        file.write_text(json.dumps(described | {"begun": day}, indent=1) + "\n", encoding="utf-8")
        if (folder / ROWS).exists():  # a row that was cut off must not swallow the one that follows
            whole = (folder / ROWS).read_text(encoding="utf-8").rpartition("\n")
            (folder / ROWS).write_text(whole[0] + whole[1], encoding="utf-8")

    def append(self, rows: Sequence[Row]) -> None:
        """Add the rows of one case."""
        with (self.folder / ROWS).open("a", encoding="utf-8") as file:
            file.write("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows))

    def rows(self) -> list[Row]:
        """Return what was asked so far."""
        return list(read_rows(self.folder)) if (self.folder / ROWS).exists() else []

    def close(self, scores: dict[str, Any]) -> None:
        """Write the scores."""
        text = json.dumps(plain(scores), indent=2)
        (self.folder / SCORES).write_text(text + "\n", encoding="utf-8")


def read_rows(folder: Path) -> Iterator[Row]:
    """Yield the rows of a run; a last line that was cut off is left out. UsageError when there is no run."""
    file = folder / ROWS
    if not file.is_file():
        raise UsageError(f"{folder} holds no run: `python -m eval answers --set CASES --out {folder}` makes one.")
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield Row(**json.loads(line))


def read_described(folder: Path) -> dict[str, Any]:
    """Return what a run says of itself."""
    described: dict[str, Any] = json.loads((folder / RUN).read_text(encoding="utf-8"))
    return described


def plain(value: Any) -> Any:
    """Return scores as what JSON can hold."""
    if isinstance(value, Estimate):
        return asdict(value)
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value
