"""Two writers of one index, and the lock that a killed one leaves."""

import time
from pathlib import Path

import numpy as np

from corpus.document import Document
from index.build import build_index
from tests.fakes import FakeEmbedder
from tests.index.faults.children import Child, Say
from tests.index.faults.lab import NEW, OTHER, Lab
from tests.index.faults.served import build
from tests.index.faults.texts import IDENTITY, collection_of

_REFUSED_SECONDS = 2.0
_HELD_SECONDS = 2.5  # longer than anybody waits for the lock


def at_once(lab: Lab, rng: np.random.Generator, _: int) -> str | None:
    """Start two together: one is refused by name, the other's version is served."""
    with lab.copy(lab.single) as directory:
        writers = {}
        for version in rng.permutation([NEW, OTHER]):
            writers[int(version)] = Child(_build_slowly, collection_of(int(version)), directory)
        outcomes = {version: writer.outcome() for version, writer in writers.items()}
        done = [version for version, outcome in outcomes.items() if outcome.how == "done"]
        if len(done) != 1:
            return f"not one of two wrote: {[str(outcome) for outcome in outcomes.values()]}"
        (other,) = outcomes.keys() - done
        named = f"IndexBusy: Process {writers[done[0]].pid} on "
        if not str(outcomes[other].value).startswith(named):
            return f"the second is not told who writes ({outcomes[other]})"
        if outcomes[other].seconds > _REFUSED_SECONDS:
            return f"the second is refused after {outcomes[other].seconds:.1f} s"
        return lab.unless_serves(directory, done[0])


def after_a_killed_one(lab: Lab, rng: np.random.Generator, _: int) -> str | None:
    """Kill a writer that holds the lock: the next one takes over at once."""
    with lab.copy(lab.single) as directory:
        killed = Child(build, collection_of(NEW), directory)
        if not killed.heard("stored"):
            return f"the writer never wrote ({killed.outcome()})"
        time.sleep(rng.uniform(0, lab.writing_seconds / 2))
        killed.kill()
        return lab.unless_mended(directory, OTHER)


def _build_slowly(_: Say, documents: list[Document], directory: Path) -> None:
    embedder = FakeEmbedder(IDENTITY)
    embedder.before_batch = lambda number: time.sleep(_HELD_SECONDS if number == 1 else 0)
    build_index(documents, directory, embedder, lambda _: None)
