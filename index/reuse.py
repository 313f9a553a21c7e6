"""The live build as a source of vectors: what did not change is not embedded again."""

import logging
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

    def vectors(self, chunk: Chunk, fingerprint: str) -> list[np.ndarray] | None:
        """Return the stored vectors of an equal chunk, its own first, then one a sentence; None when not all exist."""
        old = self._ids.get(fingerprint)
        if old is None or self.parts is None:
            return None
        names = sentence_ids(old, len(chunk.sentences))
        try:
            own = self.parts.store.vectors(collection("chunks", chunk.language), [old])
            known = own | self.parts.store.vectors(collection("sentences", chunk.language), names)
        except Exception as error:  # whatever Chroma raises for a broken page: the vectors can be computed anew
            log.warning("The vectors of %s cannot be read (%s): computed anew.", old, error)
            return None
        vectors = [known[name] for name in (old, *names) if name in known]
        return vectors if len(vectors) == 1 + len(names) else None
