"""Commands that measure. `answers` asks a file of cases and prints the scores of the contract."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.factory import build_assistant
from assistant.settings import read_settings
from corpus.errors import ProjectError, UsageError
from eval.answers import ask_cases, summary, write_rows
from eval.cases import read_cases
from eval.metrics import Estimate
from weights.progress import StderrReport

WRONG_USE, FAILED = 2, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 for wrong use, 1 for any other failure."""
    options = _parser().parse_args(arguments)
    try:
        return _answers(options)
    except UsageError as error:
        print(f"eval: {error}", file=sys.stderr)  # noqa: T201
        return WRONG_USE
    except (ProjectError, OSError) as error:
        print(f"eval: {error}", file=sys.stderr)  # noqa: T201
        return FAILED


def _answers(options: argparse.Namespace) -> int:
    cases = read_cases(options.set)
    assistant = build_assistant(read_settings(index=options.index, composer=options.composer))
    rows = ask_cases(assistant, cases, StderrReport())
    scores = summary(rows)
    if options.out:
        write_rows(rows, options.out / "rows.jsonl")
        (options.out / "scores.json").write_text(json.dumps(_plain(scores), indent=2) + "\n", encoding="utf-8")
    for name, group in scores.items():
        print(_readable(name, group))  # noqa: T201 - the command's output
    for row in rows:
        if not row.right:
            print(f"wrong {row.case}.{row.turn} ({row.behaviour}): {row.question} -> {row.answer['answer'][:160]!r}")  # noqa: T201
    return 0


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
    answers = commands.add_parser("answers", help="answer, abstention and citation metrics")
    answers.add_argument("--set", type=Path, required=True, metavar="CASES.jsonl")
    answers.add_argument("--out", type=Path, metavar="DIR", help="keep every row and the scores there")
    answers.add_argument("--index", type=Path, metavar="DIR")
    answers.add_argument("--composer", choices=("extractive", "model", "auto"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
