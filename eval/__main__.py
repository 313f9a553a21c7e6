"""Commands that measure: `answers` asks a file of cases, `gate` holds the committed ones to the baseline."""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.factory import build_assistant
from assistant.settings import Settings, read_settings
from corpus.errors import ProjectError, UsageError
from eval.answers import Row, ask_cases, summary, write_rows
from eval.cases import read_cases
from eval.gate import BASELINE, CASES, read_baseline, regressions
from eval.metrics import Estimate
from eval.page import measure_page
from weights.progress import StderrReport

WRONG_USE, FAILED = 2, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 for wrong use, 1 for any other failure."""
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except UsageError as error:
        print(f"eval: {error}", file=sys.stderr)
        return WRONG_USE
    except (ProjectError, OSError) as error:
        print(f"eval: {error}", file=sys.stderr)
        return FAILED


def _answers(options: argparse.Namespace) -> int:
    _, scores = _run(options.set, read_settings(index=options.index, composer=options.composer), options.out)
    return 0 if scores else FAILED


def _gate(options: argparse.Namespace) -> int:
    # Quotes only: the same figures on every machine, and no weights of a language model.
    _, scores = _run(CASES, read_settings(composer="extractive"), options.out)
    if options.accept:
        BASELINE.parent.mkdir(exist_ok=True)
        BASELINE.write_text(json.dumps(_plain(scores), indent=2) + "\n", encoding="utf-8")
        return 0
    found = regressions(scores, read_baseline())
    print("\n".join(f"gate: {line}" for line in found) or "gate: passed")
    return FAILED if found else 0


def _page(options: argparse.Namespace) -> int:
    print(json.dumps(measure_page(options.browser, options.rounds, StderrReport()), indent=2))
    return 0


def _run(file: Path, settings: Settings, out: Path | None) -> tuple[list[Row], dict[str, Any]]:
    cases = read_cases(file)
    rows = ask_cases(build_assistant(settings), cases, StderrReport())
    scores = summary(rows)
    if out:
        write_rows(rows, out / "rows.jsonl")
        (out / "scores.json").write_text(json.dumps(_plain(scores), indent=2) + "\n", encoding="utf-8")
    for name, group in scores.items():
        print(_readable(name, group))
    for row in (row for row in rows if not row.right):
        print(f"wrong {row.case}.{row.turn} ({row.behaviour}): {row.question} -> {row.answer['answer'][:160]!r}")
    return rows, scores


def _readable(name: str, scores: dict[str, Any]) -> str:
    lines = [name]
    for key, value in scores.items():
        if key == "timings_ms":
            value = ", ".join(f"{part} {median:.0f} / {p95:.0f}" for part, (median, p95) in value.items())
            key = "timings_ms, median / p95"
        lines.append(f"  {key}: {value}")
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, Estimate):
        return asdict(value)
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    answers = commands.add_parser("answers", help="answer, abstention and citation metrics of a file of cases")
    answers.add_argument("--set", type=Path, required=True, metavar="CASES.jsonl")
    answers.add_argument("--index", type=Path, metavar="DIR")
    answers.add_argument("--composer", choices=("extractive", "model", "auto"))
    answers.set_defaults(run=_answers)
    gate = commands.add_parser("gate", help="hold the committed cases to the committed baseline")
    gate.add_argument("--accept", action="store_true", help="make this run the new baseline")
    gate.set_defaults(run=_gate)
    page = commands.add_parser("page", help="start, speed and memory of the served page, in Chromium")
    page.add_argument("--browser", metavar="PROGRAM", default=shutil.which("chromium"))
    page.add_argument("--rounds", type=int, default=4)
    page.set_defaults(run=_page)
    for command in (answers, gate):
        command.add_argument("--out", type=Path, metavar="DIR", help="keep every row and the scores there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
