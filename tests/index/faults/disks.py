"""Disks that are full, and disks that may only be read."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from index.directory import live_build
from tests.index.faults.children import result_of
from tests.index.faults.lab import NEW, OLD, Lab
from tests.index.faults.served import build
from tests.index.faults.texts import collection_of

_PEAK = 1.6  # what a build takes on the disk at its fullest, in builds
_WRITES = ("dac_override", "dac_read_search", "fowner")  # what lets root write where nobody may


def can_mount() -> bool:
    """Say whether this process may mount."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


def full(lab: Lab, rng: np.random.Generator, _: int) -> str | None:
    """Run out of room while indexing: the old index serves, and with more room the new one is made."""
    room = _size(lab.single) + int(rng.uniform(0.02, 0.98) * _PEAK * _size(lab.single))
    with _mounted(lab.root / "disk", "-t", "tmpfs", "-o", f"size={room}", "tmpfs") as disk:
        directory = Path(shutil.copytree(lab.single, disk / "index"))
        outcome = result_of(build, collection_of(NEW), directory)
        if outcome.how not in ("done", "failed"):
            return f"the writer {outcome}"
        finished = outcome.how == "done"
        problem = lab.unless_serves(directory, NEW if finished else OLD)
        subprocess.run(["mount", "-o", f"remount,size={4 * room}", disk], check=True)
        return problem or lab.unless_mended(directory)


def read_only(lab: Lab, _: np.random.Generator, number: int) -> str | None:
    """Serve from a disk that may not be written to, or from files that this process may not write to."""
    with lab.copy(lab.double) as directory:
        if number % 2:
            return _unless_serves_unprivileged(lab, directory)
        disk = lab.root / "disk"
        with _mounted(disk, "--bind", str(directory)):
            subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
            outcome = result_of(build, collection_of(OLD), disk)
            refused = outcome.how == "failed" and "Read-only" in outcome.value
            return lab.unless_serves(disk, NEW) if refused else f"does not refuse to write ({outcome})"


def _unless_serves_unprivileged(lab: Lab, directory: Path) -> str | None:
    for path in [directory, *directory.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    without = ",".join(f"-{name}" for name in _WRITES)
    command = ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}", sys.executable, "-c", _SERVED]
    done = subprocess.run([*command, str(directory)], capture_output=True, text=True, timeout=60, check=False)
    wanted = f"may not write {lab.content(NEW).digest()}"
    return None if done.stdout == wanted else f"does not serve ({done.stdout or done.stderr[-300:]})"


_SERVED = """
import os, sys
from pathlib import Path
from tests.index.faults.served import served
directory = Path(sys.argv[1])
print("may not write", end=" ") if not os.access(directory, os.W_OK) else None
print(served(print, directory).digest(), end="")
"""


@contextmanager
def _mounted(place: Path, *how: str) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", *how, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def _size(directory: Path) -> int:
    build_ = live_build(directory)
    assert build_ is not None
    return sum(file.stat().st_blocks * 512 for file in build_.rglob("*"))
