"""Commands that ask nothing: `report` and `card` of a run, `lint` of cases, `feedback` and `promote`."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from assistant.factory import DeferredEmbedder
from assistant.feedback import FeedbackStore
from assistant.settings import read_settings
from corpus.asked import questions_beside, read_asked
from corpus.errors import UsageError
from corpus.facts import facts_beside, read_facts
from corpus.load import DOCUMENTS, load_documents
from eval import feedback, lint
from eval.card import CARD, write_card
from eval.cases import TEST_DOCUMENTS, Behaviour, read_cases
from eval.commands.shared import FAILED, TEST_CASES, Subparsers, show
from eval.gate import CASES
from eval.report import write_report
from weights.progress import StderrReport
from weights.store import WeightStore

_CENTURY = 36_500  # days; dates end


def add_to(commands: Subparsers) -> None:
    """Add these commands to those of the program."""
    reporting = commands.add_parser("report", help="one page about a run: scores, plots, failures, what changed")
    reporting.add_argument("folder", type=Path, metavar="RUN", help="the folder of the run")
    reporting.add_argument("--against", type=Path, metavar="RUN", help="compare it with this earlier run")
    reporting.add_argument("--to", type=Path, metavar="FILE", help="write the page there (RUN/report.html)")
    reporting.set_defaults(run=_report)
    card = commands.add_parser("card", help="the trust card: one page that says how good the answers of a run are")
    card.add_argument("folder", type=Path, metavar="RUN", help="the folder of a finished run")
    card.add_argument("--to", type=Path, default=CARD, metavar="FILE", help=f"write it there ({CARD}), JSON beside it")
    card.set_defaults(run=_card)
    linting = commands.add_parser("lint", help="check the project's own cases against facts, documents and themselves")
    linting.add_argument("--dev", type=Path, nargs="*", default=[CASES], metavar="CASES.jsonl")
    linting.add_argument("--test", type=Path, nargs="*", default=[TEST_CASES], metavar="CASES.jsonl")
    linting.set_defaults(run=_lint)
    _add_feedback(commands)


def _add_feedback(commands: Subparsers) -> None:
    listing = commands.add_parser("feedback", help="what users missed or disliked: masked, like ones together, ranked")
    listing.add_argument("--since", type=int, metavar="DAYS", help="only what was said in the last so many days")
    listing.add_argument("--out", type=Path, metavar="FILE.md", help="write the list there, too")
    listing.set_defaults(run=_feedback)
    promoting = commands.add_parser("promote", help="make a case of one item of the list")
    promoting.add_argument("id", metavar="ID", help="as the list shows it")
    promoting.add_argument("--reference", required=True, metavar="TEXT", help="the right answer")
    promoting.add_argument("--facts", default="", metavar="a.b,c.d", help="the facts it rests on")
    promoting.add_argument("--must-include", nargs="+", default=[], metavar='"x|y"', help="what an answer must say")
    promoting.add_argument("--behaviour", choices=get_args(Behaviour), default="answer")
    promoting.add_argument(
        "--question", default="", metavar="TEXT", help="asked so instead, for one that leaned on others"
    )
    promoting.add_argument("--to", type=Path, default=CASES, metavar="CASES.jsonl", help="append it there (dev cases)")
    promoting.set_defaults(run=_promote)
    for command in (listing, promoting):
        command.add_argument("--store", type=Path, metavar="FILE", help="the file of feedback (ASSISTANT_FEEDBACK)")


def _report(options: argparse.Namespace) -> int:
    file = options.to or options.folder / "report.html"
    write_report(options.folder, file, options.against)
    show(file)
    return 0


def _card(options: argparse.Namespace) -> int:
    write_card(options.folder, options.to)
    show(options.to)
    return 0


def _lint(options: argparse.Namespace) -> int:
    checked = _checked()
    files = {"dev": options.dev, "test": options.test}
    splits = {split: [case for file in named for case in read_cases(file)] for split, named in files.items()}
    found = lint.complaints(splits, checked)
    show("\n".join(found) or f"{sum(map(len, splits.values()))} cases, nothing to complain of")
    return FAILED if found else 0


def _checked() -> lint.Checked:
    facts = frozenset(read_facts(facts_beside(DOCUMENTS)))
    known = [asked.text for asked in read_asked(questions_beside(DOCUMENTS))]
    return lint.Checked(list(load_documents(DOCUMENTS)), facts, TEST_DOCUMENTS, known)


def _feedback(options: argparse.Namespace) -> int:
    since = datetime.now(UTC) - timedelta(days=min(options.since, _CENTURY)) if options.since is not None else None
    said = _store(options).all(since)
    report = StderrReport()
    written = feedback.worklist(said, DeferredEmbedder(WeightStore(read_settings().cache, report), report))
    show(written, end="")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(written, encoding="utf-8")
    return 0


def _promote(options: argparse.Namespace) -> int:
    said = next((item for item in _store(options).all() if item.id == options.id), None)
    if said is None:
        raise UsageError(f"There is no feedback {options.id}. `python -m eval feedback` shows the ids.")
    facts = [fact.strip() for fact in options.facts.split(",") if fact.strip()]
    case = feedback.as_case(said, options.reference, facts, options.must_include, options.behaviour, options.question)
    files = {file for file in (options.to, *CASES.parent.glob("*.jsonl")) if file.is_file()}
    feedback.add_case(case, options.to, _checked(), [case for file in sorted(files) for case in read_cases(file)])
    show(f"{case.id} stands in {options.to}: {case.question}")
    return 0


def _store(options: argparse.Namespace) -> FeedbackStore:
    return FeedbackStore(read_settings(feedback=options.store).feedback)
