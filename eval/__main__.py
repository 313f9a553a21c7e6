"""Commands that measure: `answers` asks a file of cases, `gate` holds the committed ones to the baseline and
`regressions` shows that it notices, `retrieval` holds what is found to the documents known to be right, `calibrate`
fits the judgement, `agreement` holds the scorer to judges or a judging model to people, `judge` has that model judge a
run of `answers`, `report` and `card` make a page of one, `feedback` lists what users missed and `promote` makes a case
of it, `speed`, `page`, `size` and `load` take the time. They stand in `eval/commands`.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence

from corpus.errors import ProjectError, UsageError
from eval.commands import asking, judging, keeping, measuring
from eval.commands.shared import FAILED

WRONG_USE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 for wrong use, 1 for any other failure."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a page it serves must not outlive it
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except UsageError as error:
        print(f"eval: {error}", file=sys.stderr)
        return WRONG_USE
    except (ProjectError, OSError) as error:
        print(f"eval: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("eval: stopped", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (asking, measuring, judging, keeping):
        group.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
