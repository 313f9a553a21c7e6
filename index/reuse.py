"""The live build as a source of vectors: what did not change is not embedded again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from corpus.document import Chunk
from corpus.errors import IndexUnusable
from corpus.glossary import Term
from index.names import collection, sentence_ids
from index.parts import Parts, open_live

log = logging.getLogger(__name__)


@dataclass
class Previous:
    """Fingerprints and vectors of the live build; empty when there is none, or none that can be used."""

    documents: dict[str, str] = field(default_factory=dict)
    chunks: dict[str, str] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    parts: Parts | None = None

    def __post_init__(self) -> None:
        self._ids = {fingerprint: id_ for id_, fingerprint in self.chunks.items()}

    @classmethod
    def open(cls, directory: Path, embedder_identity: str) -> "Previous":
        """Open the live build; one that is damaged or was built by other means is as good as none."""
        try:
            _, parts = open_live(directory, embedder_identity)
        except IndexUnusable as error:
            log.info("Nothing is reused: %s", error)
            return cls()
        records = parts.records
        return cls(records.fingerprints("documents"), records.fingerprints("chunks"), records.terms(), parts)

    def close(self) -> None:
        """Release the live build."""
        if self.parts:
            self.parts.close()

    def vectors(self, batch: Sequence[tuple[Chunk, str]]) -> dict[str, list[np.ndarray]]:
        """Return the stored vectors of the chunks that were there before with these fingerprints, by the chunk's id.

        Of each its own vector first, then one a sentence; a chunk of which not all are there is left out.
        """
        old = {chunk.id: self._ids[fingerprint] for chunk, fingerprint in batch if fingerprint in self._ids}
        names = {c.id: [old[c.id], *sentence_ids(old[c.id], len(c.sentences))] for c, _ in batch if c.id in old}
        known: dict[str, np.ndarray] = {}
        for language in {chunk.language for chunk, _ in batch if chunk.id in old}:  # few look-ups: each costs over 1 ms
            ours = [names[c.id] for c, _ in batch if c.id in old and c.language == language]
            known |= self._read(collection("chunks", language), [own for own, *_ in ours])
            known |= self._read(collection("sentences", language), [name for _, *rest in ours for name in rest])
        return {id_: [known[n] for n in wanted] for id_, wanted in names.items() if all(n in known for n in wanted)}

    def _read(self, name: str, ids: list[str]) -> dict[str, np.ndarray]:
        try:
            return self.parts.store.vectors(name, ids) if self.parts else {}
        except Exception as error:  # whatever Chroma raises for a broken page: the vectors can be computed anew
            log.warning("Vectors of %s cannot be read (%s): computed anew.", name, error)
            return {}
