"""kill -9 while indexing: at any time after work was acknowledged, and at the points where most is at stake."""

import signal
import time
from itertools import count
from pathlib import Path

import numpy as np

import index.build
from corpus.document import Document
from index import directory as directories
from index.manifest import Manifest
from index.parts import Parts
from index.store import VectorStore
from tests.index.faults.children import Child, Say
from tests.index.faults.lab import NEW, OLD, Lab
from tests.index.faults.served import build
from tests.index.faults.texts import collection_of

# Where, at which call, before or after it, and what must be served then. CURRENT is the second file that is written
# atomically, after the name of the writer, and PREVIOUS the third.
POINTS = [
    (Parts, "finish", 1, "before", OLD),
    (VectorStore, "compact", 1, "before", OLD),
    (VectorStore, "compact", 1, "after", OLD),
    (index.build, "verify", 1, "after", OLD),
    (Manifest, "write", 1, "before", OLD),
    (Manifest, "write", 1, "after", OLD),
    (directories, "_settle", 1, "after", OLD),
    (directories, "_write_atomically", 2, "before", OLD),
    (directories, "_write_atomically", 2, "after", NEW),
    (directories, "_write_atomically", 3, "before", NEW),
    (directories, "_write_atomically", 3, "after", NEW),
    (directories, "_remove_leftovers", 2, "before", NEW),
]
_MENDED_EVERY = 5


def at_random(lab: Lab, rng: np.random.Generator, number: int) -> str | None:
    """Kill at any time from the first batch to the end."""
    with lab.copy(lab.single) as directory:
        writer = Child(build, collection_of(NEW), directory)
        if not writer.heard("stored"):
            return f"the writer never wrote ({writer.outcome()})"
        time.sleep(rng.uniform(0, lab.writing_seconds))
        writer.kill()
        finished = writer.outcome().how == "done"
        return lab.unless_serves(directory, *([NEW] if finished else [OLD, NEW])) or _mended(lab, directory, number)


def at_points(lab: Lab, _: np.random.Generator, number: int) -> str | None:
    """Kill at a point that is named."""
    *point, expected = POINTS[number % len(POINTS)]
    with lab.copy(lab.single) as directory:
        writer = Child(_build_until, collection_of(NEW), directory, tuple(point))
        if not (writer.heard("stored") and writer.heard("there")):
            return f"the writer never came to {point[1:]} ({writer.outcome()})"
        writer.kill()
        problem = lab.unless_serves(directory, expected) or _mended(lab, directory, number)
        return f"{point[1:]}: {problem}" if problem else None


def _mended(lab: Lab, directory: Path, number: int) -> str | None:
    return None if number % _MENDED_EVERY else lab.unless_mended(directory)


def _build_until(say: Say, documents: list[Document], directory: Path, point: tuple) -> int:
    owner, name, call, moment = point
    original, calls = getattr(owner, name), count(1)

    def halting(*arguments, **named):
        here = next(calls) == call
        if here and moment == "before":
            _wait_there(say)
        result = original(*arguments, **named)
        if here and moment == "after":
            _wait_there(say)
        return result

    setattr(owner, name, halting)
    return build(say, documents, directory)


def _wait_there(say: Say) -> None:
    say("there")
    signal.pause()
