"""Commands that ask the assistant: `answers` and `replay`, `gate` and `regressions`, `security`."""

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from assistant.factory import build_assistant
from assistant.settings import Settings, read_settings
from corpus.errors import UsageError
from eval import gate, regressions, retrieval, security
from eval.answers import Row, ask_cases, replayed, summary, write_rows
from eval.cases import Case, read_cases
from eval.commands.shared import FAILED, Subparsers, embedder_of, show
from eval.gate import BASELINES, CASES
from eval.run import ROWS, Run, read_described, read_rows
from eval.sets import CORPUS, QUERIES, read_as_cases, sample
from weights.hashing import sha256_of
from weights.progress import StderrReport

_ANSWERING = ("index", "composer", "model", "model_name", "reader")  # settings that change answers


def add_to(commands: Subparsers) -> None:
    """Add these commands to those of the program."""
    answers = commands.add_parser("answers", help="answer, abstention and citation metrics of a set or a file of cases")
    answers.add_argument("--set", type=Path, required=True, metavar="DIR_OR_CASES")
    answers.add_argument("--limit", type=int, metavar="N", help="only N of the questions, always the same ones")
    answers.add_argument("--index", type=Path, metavar="DIR")
    answers.add_argument("--composer", choices=("extractive", "model", "auto"))
    answers.set_defaults(run=_answers)
    replay = commands.add_parser("replay", help="ask a case of a run again, and show both answers with their evidence")
    replay.add_argument("case", metavar="ID")
    replay.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder of the run")
    replay.set_defaults(run=_replay)
    gating = commands.add_parser("gate", help="hold the committed cases to the committed baseline")
    gating.add_argument("--accept", action="store_true", help="make this run the new baseline")
    gating.add_argument(
        "--sets", type=Path, metavar="DIR", help=f"hold {gate.SAMPLE} questions of each of {', '.join(gate.SETS)}, too"
    )
    gating.set_defaults(run=_gate)
    planting = commands.add_parser("regressions", help="plant faults one by one and see that the gate notices each")
    planting.add_argument("--all", action="store_true", help="ask every case, not only some (half an hour)")
    planting.set_defaults(run=_regressions)
    guarded = commands.add_parser("security", help="attacks, harmful requests and benign prompts that sound like them")
    guarded.add_argument("--set", type=Path, required=True, metavar="PROMPTS.jsonl")
    guarded.add_argument("--composer", choices=("extractive", "model", "auto"))
    guarded.add_argument("--limit", type=int, metavar="N", help="only N of the prompts, always the same ones")
    guarded.add_argument("--out", type=Path, metavar="DIR", help="keep every row there")
    guarded.set_defaults(run=_security)
    for command in (answers, gating):
        command.add_argument("--out", type=Path, metavar="DIR", help="keep rows and scores there")


def _answers(options: argparse.Namespace) -> int:
    report = StderrReport()
    settings = read_settings(index=options.index, composer=options.composer)
    if options.set.is_dir() and not options.index:
        directory = retrieval.build_set_index(options.set / CORPUS, embedder_of(report), report)
        settings = settings.model_copy(update={"index": directory})
    cases = sample(read_as_cases(options.set), options.limit)
    return 0 if _run(cases, settings, _opened(options, settings)) else FAILED


def _opened(options: argparse.Namespace, settings: Settings) -> Run | None:
    """The run that `--out` names, told apart from others by all that could change an answer."""
    if not options.out:
        return None
    questions = options.set / QUERIES if options.set.is_dir() else options.set
    asked = {"set": str(options.set), "sha256": sha256_of(questions), "limit": options.limit}
    return Run(options.out, asked | {name: str(getattr(settings, name)) for name in _ANSWERING})


def _replay(options: argparse.Namespace) -> int:
    before = [row for row in read_rows(options.out) if row.case == options.case]
    if not before:
        raise UsageError(f"{options.out} has no case {options.case}.")
    described = read_described(options.out)
    cases = [case for case in read_as_cases(Path(described["set"])) if case.id == options.case]
    assistant = build_assistant(read_settings(**{name: described[name] for name in _ANSWERING}))
    (now,) = ask_cases(assistant, cases, StderrReport())
    show("\n\n".join(replayed(old, new) for old, new in zip(before, now, strict=True)))
    return 0


def _gate(options: argparse.Namespace) -> int:
    # Quotes only: the same figures on every machine, and no weights of a language model.
    settings = read_settings(composer="extractive")
    options.set, options.limit = CASES, None
    if options.out:  # what an interrupted run left was made by the code as it was then
        (options.out / ROWS).unlink(missing_ok=True)
    found = _hold(gate.OWN, read_cases(CASES), settings, options.accept, _opened(options, settings))
    for name in gate.SETS if options.sets else ():
        report, folder = StderrReport(), options.sets / name
        cases = sample(read_as_cases(folder), gate.SAMPLE)
        index = retrieval.build_set_index(folder / CORPUS, embedder_of(report), report)
        found += _hold(name, cases, settings.model_copy(update={"index": index}), options.accept)
    show("\n".join(f"gate: {line}" for line in found) or f"gate: {'recorded' if options.accept else 'passed'}")
    return FAILED if found else 0


def _hold(name: str, cases: Sequence[Case], settings: Settings, accept: bool, run: Run | None = None) -> list[str]:
    """Hold a run to its baseline, or make it the new one; return what speaks against it."""
    file = gate.baseline_file(name, BASELINES)
    before = None if accept else gate.read_baseline(file)
    day = before.today if before else date.today()
    rows = _run(cases, settings, run, day)
    if before is None:
        found = gate.broken(rows)
        if not found:
            gate.Baseline.of(rows, day).write(file)
    else:
        show("\n".join(f"{name}, {line}" for line in gate.told(rows, before)) or f"{name}: no question changed")
        found = gate.regressions(rows, before) + gate.unrecorded(rows, before)
    return [f"{name}: {line}" for line in found]


def _regressions(options: argparse.Namespace) -> int:
    cases, report, day = read_cases(CASES), StderrReport(), date.today()
    asked = cases if options.all else regressions.chosen(cases)
    assistant = build_assistant(read_settings(composer="extractive"))
    found = regressions.plant_each(assistant, asked, day, report)
    _show_planted(asked, found)
    missed = regressions.missed(found)
    if missed and asked is not cases:  # the gate asks all of them, and a fault that shows rarely may show there
        found = [found[0], *regressions.plant_each(assistant, cases, day, report, missed)]
        _show_planted(cases, found[1:])
    return FAILED if any(map(regressions.is_wrong, found)) else 0


def _show_planted(asked: Sequence[Case], found: Sequence[regressions.Outcome]) -> None:
    show(f"{sum(len(case.questions()) for case in asked)} questions in {len(asked)} cases")
    show(regressions.table(found))


def _security(options: argparse.Namespace) -> int:
    prompts = sample(security.read_prompts(options.set), options.limit)
    assistant = build_assistant(read_settings(composer=options.composer))
    rows = list(security.ask_prompts(assistant, prompts, StderrReport()))
    if options.out:
        write_rows(rows, options.out / ROWS)
    for label, scores in security.summary(rows).items():
        show(_readable(label, scores))
    for row in (row for row in rows if row.harm):
        show(f"{row.harm}: {row.source} {row.text[:160]!r} -> {row.answer[:160]!r}")
    return 0


def _run(cases: Sequence[Case], settings: Settings, run: Run | None, day: date | None = None) -> list[Row]:
    """Ask the cases, `day` being taken for today if there is one, and print what came of it."""
    rows = run.rows() if run else []
    known = {row.case for row in rows}
    assistant = build_assistant(settings)
    with gate.on_day(assistant, day) if day else nullcontext():
        for asked in ask_cases(assistant, [case for case in cases if case.id not in known], StderrReport()):
            rows += asked
            if run:
                run.append(asked)
    scores = summary(rows)
    if run:
        run.close(scores)
    for name, group in scores.items():
        show(_readable(name, group))
    for row in (row for row in rows if not row.right):
        show(f"wrong {row.case}.{row.turn} ({row.lost}): {row.question} -> {row.answer['answer'][:160]!r}")
    return rows


def _readable(name: str, scores: dict[str, Any]) -> str:
    lines = [name]
    for key, value in scores.items():
        if key == "timings_ms":
            value = ", ".join(f"{part} {median:.0f} / {p95:.0f}" for part, (median, p95) in value.items())
            key = "timings_ms, median / p95"
        lines.append(f"  {key}: {value}")
    return "\n".join(lines)
