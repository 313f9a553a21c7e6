"""Compare this assistant with other systems: same documents, same generator, same questions, one run.

Each peer gets an environment of its own under ~/.cache/trentino-assistant/peers. Takes minutes a question with the
slowest of them.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.settings import read_settings
from corpus.errors import ProjectError, UsageError
from corpus.load import load_documents
from eval.cases import Case, read_cases
from eval.gate import CASES
from eval.sets import sample
from peers.roster import PEERS
from peers.run import bench, compare
from peers.table import table
from weights.progress import StderrReport
from weights.store import WeightStore

WRONG_USE, FAILED = 2, 1
UNSEEN = CASES.with_name("corpus.test.jsonl")  # nothing of ours was fitted to these
TABLE = "table.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return 0, 2 for wrong use, 1 when our own assistant, or every peer, could not be measured."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it started must not outlive it
    try:
        return _compare(options)
    except UsageError as error:
        return _complain(error, WRONG_USE)
    except (ProjectError, OSError) as error:
        return _complain(error, FAILED)
    except KeyboardInterrupt:
        return _complain("stopped", FAILED)


def _compare(options: argparse.Namespace) -> int:
    report = StderrReport()
    settings = read_settings()
    peers = [peer for peer in PEERS if peer.name in (options.only or [peer.name])]
    asked: list[Case] = [case for file in options.cases for case in read_cases(file)]
    stands_on = bench(WeightStore(settings.cache, report), report)
    documents = load_documents(settings.corpus, skipped=report)
    outcomes = compare(peers, sample(asked, options.limit), documents, options.out, stands_on, report)
    found = table(outcomes)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / TABLE).write_text(found, encoding="utf-8")
    print(found)
    ours, *others = outcomes
    return 0 if ours.rows and any(other.rows for other in others) else FAILED


def _complain(error: object, code: int) -> int:
    print(f"peers: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m peers", description=__doc__)
    parser.add_argument("--cases", type=Path, nargs="+", default=[UNSEEN], metavar="FILE")
    parser.add_argument("--limit", type=int, metavar="N", help="only N of the cases, always the same ones")
    parser.add_argument("--out", type=Path, default=Path("var/peers"), metavar="DIR", help="rows, logs and table")
    names = [peer.name for peer in PEERS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
