"""The live build as a source of vectors: what did not change is not embedded again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import IndexUnusable
from index.embed import Vectors
from index.manifest import Manifest
from index.parts import Parts
from index.serving import open_serving

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Previous:
    """The live build, or the one before it while that is damaged, or nothing when there is none that can be used."""

    manifest: Manifest | None = None
    parts: Parts | None = None
    is_live: bool = False

    @classmethod
    def open(cls, directory: Path, embedder_identity: str) -> "Previous":
        """Open the build that is served; one that was built by other means is as good as none."""
        try:
            serving = open_serving(directory, embedder_identity)
            return cls(serving.manifest, serving.parts, serving.degraded is None)
        except IndexUnusable as error:
            log.info("Nothing is reused: %s", error)
            return cls()

    @property
    def corpus(self) -> str | None:
        """Fingerprint of the corpus that the live build was made of, if that is whole."""
        return self.manifest.corpus if self.manifest and self.is_live else None

    @property
    def build(self) -> Path | None:
        """Folder of the build, to be kept."""
        return self.parts.build if self.parts else None

    @property
    def records(self) -> Path | None:
        """The file of its texts."""
        return self.parts.build / "records.sqlite" if self.parts else None

    def close(self) -> None:
        """Release the live build."""
        if self.parts:
            self.parts.close()

    def questions(self) -> dict[str, Vectors]:
        """Return the stored vectors of known questions, shape (dimension,), by their text."""
        if self.parts is None:
            return {}
        rows = self.parts.questions.read(0, len(self.parts.questions))
        return {asked.text: row for asked, row in zip(self.parts.records.questions(), rows, strict=True)}

    def vectors(self, wanted: Sequence[tuple[str, int]]) -> dict[str, Vectors]:
        """Return the stored vectors of chunks that were there before, by fingerprint: its own, then its sentences'.

        `wanted` are (fingerprint, number of sentences).
        """
        if self.parts is None:
            return {}
        counts = dict(wanted)
        rows = self.parts.records.rows_of([*counts])
        return {
            fingerprint: np.concatenate(
                [self.parts.passages.read(number), self.parts.sentences.read(first, counts[fingerprint])]
            )
            for fingerprint, (number, first) in rows.items()
        }
