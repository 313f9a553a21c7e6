"""Commands that measure parts: `retrieval`, `calibrate`, `speed`, `size`, `page` and `load`."""

import argparse
import json
import random
import shutil
from dataclasses import asdict, replace
from pathlib import Path

from assistant.calibration import CALIBRATION, READER, SUPPORT, TRAINED, UNREAD, VOTE, WITH_QUESTIONS
from assistant.factory import build_assistant
from assistant.generator import build_generator
from assistant.settings import read_settings
from eval import calibrate, retrieval, speed
from eval.answers import write_rows
from eval.cases import read_cases
from eval.commands.shared import DEV_CASES, Subparsers, embedder_of, show
from eval.gate import CASES
from eval.load import Load, measure_load
from eval.page import measure_page
from eval.run import ROWS, SCORES, plain
from eval.sets import QuestionSet, read_set, sample
from index.embed import Embedder
from index.reader import Reader
from index.retrieve import Retriever
from weights.progress import StderrReport
from weights.store import WeightStore


def add_to(commands: Subparsers) -> None:
    """Add these commands to those of the program."""
    _add_retrieval(commands)
    _add_calibrate(commands)
    _add_speed(commands)
    size = commands.add_parser("size", help="build and search generated collections of given sizes, and draw the plot")
    size.add_argument("--chunks", type=int, nargs="+", default=[10_000, 100_000], help="1000000 takes about an hour")
    size.add_argument("--out", type=Path, default=Path("var/eval/size"))
    size.set_defaults(run=_size)
    page = commands.add_parser("page", help="start, speed and memory of the served page, in Chromium")
    page.add_argument("--browser", metavar="PROGRAM", default=shutil.which("chromium"))
    page.add_argument("--rounds", type=int, default=4)
    page.set_defaults(run=_page)
    load = commands.add_parser("load", help="many users at once on the served page without a language model")
    load.add_argument("--users", type=int, default=50)
    load.add_argument("--think", type=float, default=10.0, metavar="SECONDS", help="between two questions of a user")
    load.add_argument("--seconds", type=float, default=60.0)
    load.add_argument("--sessions", type=int, default=0, metavar="N", help="then open N more and watch the memory")
    load.set_defaults(run=_load)


def _add_retrieval(commands: Subparsers) -> None:
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


def _add_calibrate(commands: Subparsers) -> None:
    judging = commands.add_parser("calibrate", help="find weights and thresholds of the judgement on dev cases")
    judging.add_argument("--vote", action="store_true", help="and those of the generator's vote (2 to 8 s a case)")
    judging.add_argument("--support", type=Path, metavar="PAIRS.jsonl", help="find the threshold of support instead")
    judging.add_argument("--cases", type=Path, nargs="+", default=list(DEV_CASES), metavar="CASES.jsonl")
    judging.add_argument("--limit", type=int, metavar="N", help="about N of the cases, always the same ones")
    judging.add_argument("--out", type=Path, metavar="DIR", help="keep the signals of every case there")
    judging.set_defaults(run=_calibrate)


def _add_speed(commands: Subparsers) -> None:
    fast = commands.add_parser("speed", help="embedding against a plain float32 loop, and warm retrieval for one user")
    fast.add_argument("--index", type=Path, metavar="DIR")
    fast.add_argument("--passages", type=int, default=512, metavar="N", help="how many the two embed (512)")
    fast.set_defaults(run=_speed)


def _retrieval(options: argparse.Namespace) -> int:
    report = StderrReport()
    asked = read_set(options.set)
    asked = replace(asked, questions=tuple(sample(asked.questions, options.limit)))
    searched = retrieval.searches(asked, options.history)
    embedder = speed.TimedEmbedder(embedder_of(report))
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
    show(f"{asked.name}: {len(rows)} questions ({asked.without_gold} more have no right document), index {directory}")
    show(retrieval.table(scores, retrieval.COLUMNS if asked.corpus else retrieval.COLUMNS_FOR_CASES))
    return 0


def _index_for(asked: QuestionSet, options: argparse.Namespace, embedder: Embedder, report: StderrReport) -> Path:
    """The index named, as it is; the project's for own cases; else the set's own, brought up to date."""
    settings = read_settings(index=options.index)
    if options.index or (asked.corpus is None and not options.english_only):
        return settings.index
    corpus = asked.corpus or settings.corpus
    return retrieval.build_set_index(corpus, embedder, report, english_only=options.english_only)


def _calibrate(options: argparse.Namespace) -> int:
    if options.support:
        fitted = calibrate.fit_support(calibrate.read_pairs(options.support), Reader())
        show(json.dumps(fitted, indent=1))
        calibrate.write({SUPPORT: fitted}, CALIBRATION)
        return 0
    report = StderrReport()
    settings = read_settings(composer="auto" if options.vote else "extractive")
    assistant = build_assistant(settings, report)
    generator = build_generator(settings, WeightStore(settings.cache, report)) if options.vote else None
    cases = [case for file in options.cases for case in read_cases(file)]
    if options.limit:
        cases = random.Random(calibrate.SEED).sample(cases, min(options.limit, len(cases)))
    rows = calibrate.weigh(assistant, cases, report)
    known = [row for row in rows if "asked" in row.values]
    asked = WITH_QUESTIONS if known else ""
    rows = known or rows  # the others are judged as where no question is known
    signals = max((row.values.keys() for row in rows), key=len)
    rows = [row for row in rows if row.values.keys() == signals]  # of the few others nothing was read
    judge = (READER if settings.reader else UNREAD) + asked
    by_vote = calibrate.REFUSED_BY_VOTE if known else calibrate.REFUSED_ELSEWHERE_BY_VOTE
    fitted = {judge: calibrate.fit(rows, calibrate.REFUSED if known else calibrate.REFUSED_ELSEWHERE)}
    if not known:  # it serves other corpora, where it was as surely right in .79 to .89 of cases, not .95: always vote
        del fitted[judge]["sure"]
    if generator:
        voted = calibrate.vote(rows, fitted[judge], generator, report)
        fitted[(TRAINED if generator.trained else VOTE) + asked] = calibrate.fit(voted, by_vote)
        rows += voted
    if options.out:
        write_rows([replace(row, quotes=()) for row in rows], options.out / ROWS)
    show(json.dumps(fitted, indent=1))
    calibrate.write(fitted, CALIBRATION)
    return 0


def _speed(options: argparse.Namespace) -> int:
    report = StderrReport()
    settings = read_settings(index=options.index)
    embedder = embedder_of(report)
    plain = speed.plain_embedder(WeightStore(settings.cache, report).embedder())
    finding = speed.retrieval_latency(settings.index, CASES, embedder)
    texts = speed.passages_of(settings.corpus, options.passages)
    embedding = speed.compare_embedding(embedder.passages, plain, texts, report)
    show(json.dumps({"embedding": asdict(embedding), "retrieval": finding}, indent=2))
    return 0


def _size(options: argparse.Namespace) -> int:
    from eval.curves import draw
    from eval.size import measure_sizes, table

    rows = measure_sizes(options.chunks, options.out, StderrReport())
    draw(rows, options.out / "size.svg")
    show(table(rows))
    return 0


def _page(options: argparse.Namespace) -> int:
    show(json.dumps(measure_page(options.browser, options.rounds, StderrReport()), indent=2))
    return 0


def _load(options: argparse.Namespace) -> int:
    questions = [turn.user for case in read_cases(DEV_CASES[0]) for turn in case.questions()]
    load = Load(options.users, options.think, options.seconds, options.sessions)
    show(json.dumps(measure_load(load, questions, StderrReport()), indent=2))
    return 0
