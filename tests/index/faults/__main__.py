"""Try all faults and print what came of them; exit code 1 when anything was lost."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.index.faults import damage, disks, kill, writers
from tests.index.faults.lab import Lab
from tests.index.faults.texts import LARGE, SMALL, Sections

Trial = Callable[[Lab, np.random.Generator, int], str | None]


@dataclass
class Row:
    """One kind of fault, how often it is tried, and what went wrong."""

    name: str
    trial: Trial
    trials: int
    sections: Sections = SMALL
    needs_mount: bool = False
    problems: list[str] = field(default_factory=list)
    done: int = 0
    seconds: float = 0.0

    def run(self, lab: Lab, at_most: int) -> None:
        """Try the fault."""
        started = time.monotonic()
        for number in range(min(self.trials, at_most)):
            problem = self.trial(lab, np.random.default_rng(number), number)
            self.done += 1
            if problem:
                self.problems.append(f"{self.name}, trial {number}: {problem}")
        self.seconds = time.monotonic() - started


def rows() -> list[Row]:
    """All kinds of faults."""
    return [
        Row("kill -9 while indexing, at any time", kill.at_random, 300),
        Row("kill -9 at named points", kill.at_points, 100),
        Row("damaged file", damage.one_file, 300, LARGE),
        Row("two writers at once", writers.at_once, 50),
        Row("writer after a killed one", writers.after_a_killed_one, 50),
        Row("disk full while indexing", disks.full, 20, needs_mount=True),
        Row("read-only", disks.read_only, 10, needs_mount=True),
    ]


def main() -> int:
    """Run the trials; return the exit code."""
    options = _parser().parse_args()
    chosen = [row for row in rows() if not options.only or options.only in row.trial.__module__]
    with tempfile.TemporaryDirectory(prefix="faults-", dir=options.place) as root:
        os.environ["TMPDIR"] = tempfile.tempdir = root  # working copies of the killed go with the rest
        labs: dict[Sections, Lab] = {}
        print(f"{'fault':38} {'trials':>6} {'failed':>6} {'seconds':>8}")
        for row in chosen:
            if row.needs_mount and not disks.can_mount():
                print(f"{row.name:38} left out: only root may mount")
                continue
            if row.sections not in labs:
                labs[row.sections] = Lab(Path(root) / str(len(labs)), row.sections)
            row.run(labs[row.sections], options.trials)
            print(f"{row.name:38} {row.done:6} {len(row.problems):6} {row.seconds:8.0f}", flush=True)
    problems = [problem for row in chosen for problem in row.problems]
    print("\n".join(problems))
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.index.faults", description=__doc__)
    parser.add_argument("--trials", type=int, default=1000, help="at most so many of each fault")
    parser.add_argument("--only", choices=("kill", "damage", "writers", "disks"), help="only these faults")
    parser.add_argument("--place", type=Path, help="folder to work in, instead of the system's for temporary files")
    return parser


if __name__ == "__main__":
    sys.exit(main())
