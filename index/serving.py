"""The build that questions are answered from: the live one, or the one before it while the live one is damaged."""

import logging
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import IndexUnusable
from index.directory import IndexDamaged, pointer, previous_build, require_live_build
from index.manifest import Manifest
from index.parts import Parts, open_build
from index.probe import Probe, probe

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Serving:
    """An open build. `degraded` says why it is not the live one, and how to mend that; None when it is."""

    manifest: Manifest
    parts: Parts
    degraded: str | None
    directory: Path
    pointed: bytes

    def is_stale(self) -> bool:
        """Say whether another build has taken over since this one was opened."""
        return pointer(self.directory) != self.pointed


def open_serving(directory: Path, embedder_identity: str, probing: Probe | None = None) -> Serving:
    """Open the live build, or the one before it when the live one is damaged.

    With `probing`, nothing is opened that a process of its own did not open before. Raises `IndexUnusable` when there
    is nothing to serve from: none was built, all is damaged, or it was built by other means.
    """
    pointed = pointer(directory)
    try:
        build = require_live_build(directory)
        return Serving(*_open(build, embedder_identity, probing), None, directory, pointed)
    except IndexDamaged as error:
        manifest, parts = _open_previous(directory, embedder_identity, probing, error)
        degraded = f"{error} Until then the index of {manifest.built_at} is served."
    log.warning(degraded)
    return Serving(manifest, parts, degraded, directory, pointed)


def _open_previous(
    directory: Path, embedder_identity: str, probing: Probe | None, error: IndexDamaged
) -> tuple[Manifest, Parts]:
    build = previous_build(directory)
    if build is None:
        raise error
    try:
        return _open(build, embedder_identity, probing and probe(build))
    except IndexUnusable:
        raise error from None


def _open(build: Path, embedder_identity: str, probing: Probe | None) -> tuple[Manifest, Parts]:
    ours = probing is not None and probing.build == build  # another build may have taken over since it was started
    return open_build(build, embedder_identity, probing.flaw if probing and ours else None)
