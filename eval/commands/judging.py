"""Commands about judges of answers: `judge` has a model judge a run, `agreement` holds scorer or judge to others."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from assistant.generator import build_judge
from assistant.settings import read_settings
from corpus.errors import UsageError
from eval import agreement
from eval.commands.shared import Subparsers, show
from eval.judging import belief, humans, runs
from eval.judging.ask import Asked, prompt_id
from eval.judging.kept import Verdicts, judge_all
from eval.metrics import Estimate
from eval.run import JUDGEMENT, SCORES, plain, read_rows
from eval.sets import sample
from weights.progress import StderrReport


def add_to(commands: Subparsers) -> None:
    """Add these commands to those of the program."""
    judging = commands.add_parser("judge", help="have a strong model judge the answers of a run (ASSISTANT_JUDGE_URL)")
    judging.add_argument("folder", type=Path, metavar="RUN", help="the folder of a finished run")
    judging.add_argument("--limit", type=int, metavar="N", help="only N of the answers, always the same ones")
    judging.set_defaults(run=_judge)
    agreeing = commands.add_parser("agreement", help="hold the scorer, or the judge, to others who judged, blind")
    held = agreeing.add_mutually_exclusive_group()
    held.add_argument("--judged", type=Path, default=agreement.JUDGED, metavar="FILE", help="the scorer, to these")
    held.add_argument("--humans", type=Path, metavar="FILE", help="the judge, to people: human_eval.jsonl of MTRAG")
    agreeing.add_argument("--limit", type=int, metavar="N", help="with --humans: only N of the questions")
    agreeing.add_argument(
        "--out", type=Path, default=Path("var/eval/humans"), metavar="DIR", help="with --humans: keep verdicts there"
    )
    agreeing.add_argument(
        "--support", action="store_true", help="with --humans: our own check of support instead of a judging model"
    )
    agreeing.set_defaults(run=_agreement)


def _judge(options: argparse.Namespace) -> int:
    if not (options.folder / SCORES).is_file():
        raise UsageError(f"{options.folder} holds no finished run: `python -m eval answers --out DIR` makes one.")
    judge = build_judge(read_settings())
    rows = list(read_rows(options.folder))
    asked = sample(list(runs.questions(rows)), options.limit)
    verdicts = judge_all(judge, asked, options.folder, StderrReport())
    judged = runs.seen(rows, verdicts.grades)
    doubts, found = belief.doubts(judge.name), runs.figures(judged)
    _write(options.folder / JUDGEMENT, judge.name, doubts, verdicts, judged, found)
    show(f"{judge.name} {verdicts.told()}; {sum(row.abstained for row in rows)} refusals are not for it to judge")
    for name, estimate in found.items():
        show(f"  {name}: {estimate}")
    for item in (item for item in judged if not item.alike):
        show(item.told())
    show(belief.told(doubts))
    return 0


def _write(
    file: Path,
    model: str,
    doubts: list[str],
    verdicts: Verdicts,
    judged: list[runs.Seen],
    found: dict[str, Estimate],
) -> None:
    told = {
        "model": model,
        "prompt": prompt_id(),
        "believed": not doubts,
        "doubts": doubts,
        "no reply": verdicts.silent,
        "no grades in the reply": verdicts.unreadable,
        "figures": plain(found),
        "disagreements": [item.told() for item in judged if not item.alike],
    }
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _agreement(options: argparse.Namespace) -> int:
    return _of_judge(options) if options.humans else _of_scorer(options)


def _of_scorer(options: argparse.Namespace) -> int:
    share, kappa, others = agreement.agreement(agreement.read_judged(options.judged))
    show(f"scorer and judges agree on {share}, kappa {kappa:.3f}")
    for item in others:
        show(f"{item.case}: the judge says {'right' if item.right else 'wrong'}: {item.why}")
    return 0


def _of_judge(options: argparse.Namespace) -> int:
    tasks = sample(humans.read_humans(options.humans), options.limit)
    show("rank correlation of one person with the others, over questions:")
    for name, estimate in humans.among_people(tasks).items():
        show(f"  {name}: {estimate}")
    asked = [item.asked for task in tasks for item in task]
    if options.support:
        _show_alike("our check of support, faithful", humans.alike(tasks, "faithful", _support(asked)))
        return 0
    judge = build_judge(read_settings())
    verdicts = judge_all(judge, asked, options.out, StderrReport())
    found = humans.agreement(tasks, judge.name, verdicts)
    belief.remember(found)
    show(f"{judge.name} {verdicts.told()}")
    for name, alike in found.grades.items():
        _show_alike(f"{judge.name}, {name}", alike)
    show(belief.told(found.doubts()))
    return 0


def _support(asked: Sequence[Asked]) -> dict[str, float]:
    from eval.judging.support import support  # not for those who judge with a model: the reader takes seconds to load
    from index.reader import Reader

    return support(Reader(), asked, StderrReport())


def _show_alike(who: str, alike: belief.Alike) -> None:
    show(f"{who}: with people {alike.judge}, a person {alike.people}, ahead by {alike.ahead}")
    show(f"  the better of two answers: as people {alike.judge_orders}, a person {alike.people_order}")
