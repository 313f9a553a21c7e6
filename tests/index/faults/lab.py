"""Where faults are tried out: indexes to copy, and what they serve when all is well."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from tests.index.faults.children import Child, Outcome, result_of
from tests.index.faults.served import Content, build, served
from tests.index.faults.texts import Sections, collection_of

START_SECONDS = 30.0
OLD, NEW, OTHER = 1, 2, 3


class Lab:
    """Clean builds of a collection's versions, each made when it is first needed."""

    def __init__(self, root: Path, sections: Sections) -> None:
        self.root, self.sections = root, sections
        self._contents: dict[int, Content] = {}
        self.writing_seconds = 0.0  # from the first batch stored to the end of a build

    @cached_property
    def single(self) -> Path:
        """An index that holds the old version only."""
        self.content(OLD)
        return self.root / f"clean-{OLD}"

    @cached_property
    def double(self) -> Path:
        """An index that holds the new version, and the old one as the build before it."""
        double = Path(shutil.copytree(self.single, self.root / "double"))
        _value(result_of(build, collection_of(NEW, self.sections), double))
        return double

    def content(self, version: int) -> Content:
        """Return what an index serves that was made of this version only."""
        if version not in self._contents:
            directory = self.root / f"clean-{version}"
            writer = Child(build, collection_of(version, self.sections), directory)
            writer.heard("stored")
            started = time.monotonic()
            _value(writer.outcome())
            self.writing_seconds = time.monotonic() - started
            self._contents[version] = _value(result_of(served, directory))
        return self._contents[version]

    @contextmanager
    def copy(self, template: Path, place: str = "trial") -> Iterator[Path]:
        """Yield a copy of an index; it is removed afterwards."""
        directory = Path(shutil.copytree(template, self.root / place / "index"))
        try:
            yield directory
        finally:
            shutil.rmtree(self.root / place, ignore_errors=True)

    def unless_serves(
        self, directory: Path, *versions: int, degraded: bool = False, probed: bool = False
    ) -> str | None:
        """Say what is wrong unless, within half a minute, the index serves one of the versions and nothing else."""
        outcome = result_of(served, directory, probed)
        if outcome.how != "done":
            return f"does not serve ({outcome})"
        if outcome.seconds > START_SECONDS:
            return f"serves after {outcome.seconds:.0f} s only"
        if bool(outcome.value.degraded) != degraded:
            return f"says that it is degraded: {outcome.value.degraded}"
        if not any(outcome.value.equals(self.content(version)) for version in versions):
            return f"serves what is none of the versions {versions}"
        return None

    def unless_mended(self, directory: Path, version: int = NEW) -> str | None:
        """Say what is wrong unless indexing again makes all well."""
        outcome = result_of(build, collection_of(version, self.sections), directory)
        return self.unless_serves(directory, version) if outcome.how == "done" else f"cannot be mended ({outcome})"


def _value(outcome: Outcome) -> Content:
    if outcome.how != "done":
        raise RuntimeError(f"The lab itself does not work: {outcome}")
    return outcome.value
