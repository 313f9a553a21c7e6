"""Commands that measure: `answers` asks a file of cases, `gate` holds the committed ones to the baseline and
`regressions` shows that it notices, `retrieval` holds what is found to the documents known to be right, `calibrate`
fits the judgement, `report` and `card` make a page of a run of `answers`, `feedback` lists what users missed and
`promote` makes a case of it, `speed`, `page` and `size` take the time.
"""

import argparse
import json
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from assistant.calibration import CALIBRATION, READER, SUPPORT, TRAINED, VOTE
from assistant.factory import DeferredEmbedder, build_assistant, build_embedder
from assistant.feedback import FeedbackStore
from assistant.generator import build_generator
from assistant.settings import Settings, read_settings
from corpus.errors import ProjectError, UsageError
from corpus.facts import facts_beside, read_facts
from corpus.load import DOCUMENTS, load_documents
from eval import calibrate, feedback, gate, lint, regressions, retrieval, security, speed
from eval.answers import Row, ask_cases, replayed, summary, write_rows
from eval.card import CARD, write_card
from eval.cases import TEST_DOCUMENTS, Behaviour, Case, read_cases
from eval.gate import BASELINES, CASES
from eval.page import measure_page
from eval.report import write_report
from eval.run import ROWS, SCORES, Run, plain, read_described, read_rows
from eval.sets import CORPUS, QUERIES, QuestionSet, read_as_cases, read_set, sample
from index.embed import Embedder, SentenceEmbedder
from index.reader import Reader
from index.retrieve import Retriever
from weights.hashing import sha256_of
from weights.progress import StderrReport
from weights.store import WeightStore

WRONG_USE, FAILED = 2, 1
_CENTURY = 36_500  # days; dates end
_ANSWERING = ("index", "composer", "model", "model_name", "reader")  # settings that change answers
TEST_CASES = CASES.with_name("corpus.test.jsonl")
DEV_CASES = (CASES, CASES.with_name("finding.dev.jsonl"), CASES.with_name("near-miss.dev.jsonl"))


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
    report = StderrReport()
    settings = read_settings(index=options.index, composer=options.composer)
    if options.set.is_dir() and not options.index:
        directory = retrieval.build_set_index(options.set / CORPUS, _embedder(report), report)
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
    print("\n\n".join(replayed(old, new) for old, new in zip(before, now, strict=True)))
    return 0


def _report(options: argparse.Namespace) -> int:
    file = options.to or options.folder / "report.html"
    write_report(options.folder, file, options.against)
    print(file)
    return 0


def _card(options: argparse.Namespace) -> int:
    write_card(options.folder, options.to)
    print(options.to)
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
        index = retrieval.build_set_index(folder / CORPUS, _embedder(report), report)
        found += _hold(name, cases, settings.model_copy(update={"index": index}), options.accept)
    print("\n".join(f"gate: {line}" for line in found) or f"gate: {'recorded' if options.accept else 'passed'}")
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
        print("\n".join(f"{name}, {line}" for line in gate.told(rows, before)) or f"{name}: no question changed")
        found = gate.regressions(rows, before) + gate.unrecorded(rows, before)
    return [f"{name}: {line}" for line in found]


def _regressions(options: argparse.Namespace) -> int:
    cases = read_cases(CASES)
    asked = cases if options.all else regressions.chosen(cases)
    assistant = build_assistant(read_settings(composer="extractive"))
    found = regressions.plant_each(assistant, asked, date.today(), StderrReport())
    print(f"{sum(len(case.questions()) for case in asked)} questions in {len(asked)} cases")
    print(regressions.table(found))
    return FAILED if any(map(regressions.is_wrong, found)) else 0


def _retrieval(options: argparse.Namespace) -> int:
    report = StderrReport()
    asked = read_set(options.set)
    asked = replace(asked, questions=tuple(sample(asked.questions, options.limit)))
    searched = retrieval.searches(asked, options.history)
    embedder = speed.TimedEmbedder(_embedder(report))
    directory = _index_for(asked, options, embedder, report)
    retriever = Retriever(directory, embedder)
    missing = retrieval.missing_gold(asked, retriever)
    if missing:
        report(f"not in the index, so never found: {len(missing)} right documents ({', '.join(missing[:3])} ...)")
    rows = retrieval.measure(asked, searched, retriever, embedder, report)
    scores = retrieval.summary(rows)
    if options.out:
        run = {"set": asked.name, "history": options.history, "index": str(directory), "embedder": embedder.identity}
        counts = {"without_gold": asked.without_gold, "gold_missing": len(missing)}
        write_rows(rows, options.out / ROWS)
        text = json.dumps(plain({"run": run | counts} | scores), indent=2)
        (options.out / SCORES).write_text(text + "\n", encoding="utf-8")
    print(f"{asked.name}: {len(rows)} questions ({asked.without_gold} more have no right document), index {directory}")
    print(retrieval.table(scores, retrieval.COLUMNS if asked.corpus else retrieval.COLUMNS_FOR_CASES))
    return 0


def _index_for(asked: QuestionSet, options: argparse.Namespace, embedder: Embedder, report: StderrReport) -> Path:
    """The index named, as it is; the project's for own cases; else the set's own, brought up to date."""
    settings = read_settings(index=options.index)
    if options.index or (asked.corpus is None and not options.english_only):
        return settings.index
    corpus = asked.corpus or settings.corpus
    return retrieval.build_set_index(corpus, embedder, report, english_only=options.english_only)


def _security(options: argparse.Namespace) -> int:
    prompts = sample(security.read_prompts(options.set), options.limit)
    assistant = build_assistant(read_settings(composer=options.composer))
    rows = list(security.ask_prompts(assistant, prompts, StderrReport()))
    if options.out:
        write_rows(rows, options.out / ROWS)
    for label, scores in security.summary(rows).items():
        print(_readable(label, scores))
    for row in (row for row in rows if row.harm):
        print(f"{row.harm}: {row.source} {row.text[:160]!r} -> {row.answer[:160]!r}")
    return 0


def _feedback(options: argparse.Namespace) -> int:
    since = datetime.now(UTC) - timedelta(days=min(options.since, _CENTURY)) if options.since is not None else None
    said = _store(options).all(since)
    report = StderrReport()
    written = feedback.worklist(said, DeferredEmbedder(WeightStore(read_settings().cache, report), report))
    print(written, end="")
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
    print(f"{case.id} stands in {options.to}: {case.question}")
    return 0


def _store(options: argparse.Namespace) -> FeedbackStore:
    return FeedbackStore(read_settings(feedback=options.store).feedback)


def _checked() -> lint.Checked:
    facts = frozenset(read_facts(facts_beside(DOCUMENTS)))
    return lint.Checked(list(load_documents(DOCUMENTS)), facts, TEST_DOCUMENTS)


def _lint(options: argparse.Namespace) -> int:
    checked = _checked()
    files = {"dev": options.dev, "test": options.test}
    splits = {split: [case for file in named for case in read_cases(file)] for split, named in files.items()}
    found = lint.complaints(splits, checked)
    print("\n".join(found) or f"{sum(map(len, splits.values()))} cases, nothing to complain of")
    return FAILED if found else 0


def _calibrate(options: argparse.Namespace) -> int:
    if options.support:
        fitted = calibrate.fit_support(calibrate.read_pairs(options.support), Reader())
        print(json.dumps(fitted, indent=1))
        calibrate.write({SUPPORT: fitted}, CALIBRATION)
        return 0
    report = StderrReport()
    settings = read_settings(composer="auto" if options.vote else "extractive")
    assistant = build_assistant(settings, report)
    generator = build_generator(settings, WeightStore(settings.cache, report)) if options.vote else None
    cases = [case for file in options.cases for case in read_cases(file)]
    if options.limit:
        cases = random.Random(calibrate.SEED).sample(cases, min(options.limit, len(cases)))
    rows = calibrate.weigh(assistant, cases, generator, report)
    if options.out:
        write_rows(rows, options.out / ROWS)
    judge = READER if generator is None else TRAINED if generator.trained else VOTE
    fitted = calibrate.fit(rows, calibrate.REFUSED)
    print(json.dumps(fitted, indent=1))
    calibrate.write({judge: fitted}, CALIBRATION)
    return 0


def _speed(options: argparse.Namespace) -> int:
    report = StderrReport()
    settings = read_settings(index=options.index)
    embedder = _embedder(report)
    plain = speed.plain_embedder(WeightStore(settings.cache, report).embedder())
    finding = speed.retrieval_latency(settings.index, CASES, embedder)
    texts = speed.passages_of(settings.corpus, options.passages)
    embedding = speed.compare_embedding(embedder.passages, plain, texts, report)
    print(json.dumps({"embedding": asdict(embedding), "retrieval": finding}, indent=2))
    return 0


def _embedder(report: StderrReport) -> SentenceEmbedder:
    return build_embedder(WeightStore(read_settings().cache, report), report)


def _size(options: argparse.Namespace) -> int:
    from eval.curves import draw
    from eval.size import measure_sizes, table

    rows = measure_sizes(options.chunks, options.out, StderrReport())
    draw(rows, options.out / "size.svg")
    print(table(rows))
    return 0


def _page(options: argparse.Namespace) -> int:
    print(json.dumps(measure_page(options.browser, options.rounds, StderrReport()), indent=2))
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
        print(_readable(name, group))
    for row in (row for row in rows if not row.right):
        print(f"wrong {row.case}.{row.turn} ({row.lost}): {row.question} -> {row.answer['answer'][:160]!r}")
    return rows


def _readable(name: str, scores: dict[str, Any]) -> str:
    lines = [name]
    for key, value in scores.items():
        if key == "timings_ms":
            value = ", ".join(f"{part} {median:.0f} / {p95:.0f}" for part, (median, p95) in value.items())
            key = "timings_ms, median / p95"
        lines.append(f"  {key}: {value}")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    answers = commands.add_parser("answers", help="answer, abstention and citation metrics of a set or a file of cases")
    answers.add_argument("--set", type=Path, required=True, metavar="DIR_OR_CASES")
    answers.add_argument("--limit", type=int, metavar="N", help="only N of the questions, always the same ones")
    answers.add_argument("--index", type=Path, metavar="DIR")
    answers.add_argument("--composer", choices=("extractive", "model", "auto"))
    answers.set_defaults(run=_answers)
    _add_retrieval(commands)
    _add_calibrate(commands)
    _add_speed(commands)
    size = commands.add_parser("size", help="build and search generated collections of given sizes, and draw the plot")
    size.add_argument("--chunks", type=int, nargs="+", default=[10_000, 100_000], help="1000000 takes about an hour")
    size.add_argument("--out", type=Path, default=Path("var/eval/size"))
    size.set_defaults(run=_size)
    replay = commands.add_parser("replay", help="ask a case of a run again, and show both answers with their evidence")
    replay.add_argument("case", metavar="ID")
    replay.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder of the run")
    replay.set_defaults(run=_replay)
    reporting = commands.add_parser("report", help="one page about a run: scores, plots, failures, what changed")
    reporting.add_argument("folder", type=Path, metavar="RUN", help="the folder of the run")
    reporting.add_argument("--against", type=Path, metavar="RUN", help="compare it with this earlier run")
    reporting.add_argument("--to", type=Path, metavar="FILE", help="write the page there (RUN/report.html)")
    reporting.set_defaults(run=_report)
    card = commands.add_parser("card", help="the trust card: one page that says how good the answers of a run are")
    card.add_argument("folder", type=Path, metavar="RUN", help="the folder of a finished run")
    card.add_argument("--to", type=Path, default=CARD, metavar="FILE", help=f"write it there ({CARD}), JSON beside it")
    card.set_defaults(run=_card)
    guarded = commands.add_parser("security", help="attacks, harmful requests and benign prompts that sound like them")
    guarded.add_argument("--set", type=Path, required=True, metavar="PROMPTS.jsonl")
    guarded.add_argument("--composer", choices=("extractive", "model", "auto"))
    guarded.add_argument("--limit", type=int, metavar="N", help="only N of the prompts, always the same ones")
    guarded.add_argument("--out", type=Path, metavar="DIR", help="keep every row there")
    guarded.set_defaults(run=_security)
    _add_feedback(commands)
    linting = commands.add_parser("lint", help="check the project's own cases against facts, documents and themselves")
    linting.add_argument("--dev", type=Path, nargs="*", default=[CASES], metavar="CASES.jsonl")
    linting.add_argument("--test", type=Path, nargs="*", default=[TEST_CASES], metavar="CASES.jsonl")
    linting.set_defaults(run=_lint)
    gating = commands.add_parser("gate", help="hold the committed cases to the committed baseline")
    gating.add_argument("--accept", action="store_true", help="make this run the new baseline")
    gating.add_argument(
        "--sets", type=Path, metavar="DIR", help=f"hold {gate.SAMPLE} questions of each of {', '.join(gate.SETS)}, too"
    )
    gating.set_defaults(run=_gate)
    planting = commands.add_parser("regressions", help="plant faults one by one and see that the gate notices each")
    planting.add_argument("--all", action="store_true", help="ask every case, not only some (half an hour)")
    planting.set_defaults(run=_regressions)
    page = commands.add_parser("page", help="start, speed and memory of the served page, in Chromium")
    page.add_argument("--browser", metavar="PROGRAM", default=shutil.which("chromium"))
    page.add_argument("--rounds", type=int, default=4)
    page.set_defaults(run=_page)
    for command in (answers, gating):
        command.add_argument("--out", type=Path, metavar="DIR", help="keep rows and scores there")
    return parser


def _add_feedback(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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


def _add_calibrate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    judging = commands.add_parser("calibrate", help="find weights and thresholds of the judgement on dev cases")
    judging.add_argument("--vote", action="store_true", help="with the generator's gap (2 s a question)")
    judging.add_argument("--support", type=Path, metavar="PAIRS.jsonl", help="find the threshold of support instead")
    judging.add_argument("--cases", type=Path, nargs="+", default=list(DEV_CASES), metavar="CASES.jsonl")
    judging.add_argument("--limit", type=int, metavar="N", help="about N of the cases, always the same ones")
    judging.add_argument("--out", type=Path, metavar="DIR", help="keep the signals of every case there")
    judging.set_defaults(run=_calibrate)


def _add_speed(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    fast = commands.add_parser("speed", help="embedding against a plain float32 loop, and warm retrieval for one user")
    fast.add_argument("--index", type=Path, metavar="DIR")
    fast.add_argument("--passages", type=int, default=512, metavar="N", help="how many the two embed (512)")
    fast.set_defaults(run=_speed)


def _add_retrieval(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    finding = commands.add_parser("retrieval", help="retrieval metrics on a test set, or on a file of cases")
    finding.add_argument("--set", type=Path, required=True, metavar="DIR_OR_CASES")
    index = finding.add_mutually_exclusive_group()
    index.add_argument("--index", type=Path, metavar="DIR", help="search this index as it is, build none")
    index.add_argument("--english-only", action="store_true", help="search the English documents of the corpus alone")
    finding.add_argument(
        "--history",
        choices=("last", "ours", "human"),
        default="ours",
        help="search follow-ups as they stand, made stand-alone by the assistant (the default), or by a person",
    )
    finding.add_argument("--limit", type=int, metavar="N", help="only N of the questions, always the same ones")
    finding.add_argument("--out", type=Path, metavar="DIR", help="keep every row and the scores there")
    finding.set_defaults(run=_retrieval)


if __name__ == "__main__":
    sys.exit(main())
