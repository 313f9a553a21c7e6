"""Commands: check, refresh. What a machine can say about the documents, and what it can write into them."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from corpus.check import Report, check_corpus
from corpus.errors import ProjectError
from corpus.load import DOCUMENTS
from corpus.refresh import refresh

_NEAR = 60  # days ahead that the readable calendar shows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 1 when there is something to mend, 2 for wrong use."""
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except (ProjectError, OSError) as error:
        print(f"corpus: {error}", file=sys.stderr)
        return 1


def _check(options: argparse.Namespace) -> int:
    report = check_corpus(options.documents, date.today())
    print(json.dumps(asdict(report), ensure_ascii=False, indent=2) if options.json else _readable(report))
    return 1 if report.errors else 0


def _refresh(options: argparse.Namespace) -> int:
    changed = refresh(options.documents)
    print("\n".join(f"written: {path.relative_to(options.documents)}" for path in changed) or "nothing to write")
    return 0


def _readable(report: Report) -> str:
    counts = ", ".join(f"{count} {language}" for language, count in sorted(report.documents.items()))
    lines = [f"error    {found.place}: {found.text}" for found in report.errors]
    lines += [f"warning  {found.place}: {found.text}" for found in report.warnings]
    near = [due for due in report.calendar if due.days <= _NEAR]
    lines += [f"due      {due.day} ({_left(due.days)}) {due.what}: {due.why}" for due in near]
    lines.append(f"documents: {counts or 'none'}")
    lines.append(f"facts: {report.facts_used} told, {report.facts_omitted} omitted with a reason")
    lines.append(f"statements: {report.statements}, with a figure and traced to a fact: {report.traced}")
    lines.append(
        f"errors: {len(report.errors)}, warnings: {len(report.warnings)}, due within {_NEAR} days: {len(near)}"
    )
    return "\n".join(lines)


def _left(days: int) -> str:
    return f"in {days} days" if days >= 0 else f"{-days} days ago"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="errors, warnings, and the days that come near")
    check.add_argument("--json", action="store_true", help="everything, as one JSON object")
    check.set_defaults(run=_check)
    fill = commands.add_parser("refresh", help="write sources, facts, day and confidence of each front matter anew")
    fill.set_defaults(run=_refresh)
    for command in (check, fill):
        command.add_argument("documents", nargs="?", type=Path, default=DOCUMENTS, metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
