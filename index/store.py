"""Vectors on disk: the only file that knows Chroma.

One collection per kind and language, because a `where` filter that matches most rows costs a second at 400,000 rows
while a collection of its own costs nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embed import Vectors

if TYPE_CHECKING:
    from chromadb import Collection

_BATCH = 2000  # below Chroma's limit for one call on every platform


class VectorStore:
    """Embedded Chroma in a directory. Chroma itself never embeds: no embedding function is ever stored or built."""

    def __init__(self, path: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        self._client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))

    def collections(self) -> list[str]:
        """Names of the collections, sorted."""
        return sorted(collection.name for collection in self._client.list_collections())

    def add(self, collection: str, ids: list[str], vectors: Vectors) -> None:
        """Add unit vectors under new ids, creating the collection if needed."""
        target = self._client.get_or_create_collection(
            collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        for start in range(0, len(ids), _BATCH):
            stop = start + _BATCH
            target.add(ids=ids[start:stop], embeddings=vectors[start:stop])

    def count_all(self, prefix: str) -> int:
        """Return the number of vectors in the collections whose name begins with `prefix`."""
        return sum(self._open(name).count() for name in self.collections() if name.startswith(prefix))

    def search(self, collection: str, query: Vectors, k: int) -> dict[str, float]:
        """Return the cosine of the `k` nearest ids, best first. `query` has shape (1, dimension)."""
        found = self._open(collection).query(query_embeddings=query, n_results=k, include=["distances"])
        distances = found["distances"] or [[]]
        return {id_: 1.0 - distance for id_, distance in zip(found["ids"][0], distances[0], strict=True)}

    def vectors(self, collection: str, ids: list[str]) -> dict[str, np.ndarray]:
        """Return the stored vectors of those `ids` that exist."""
        if not ids:
            return {}
        found = self._open(collection).get(ids=ids, include=["embeddings"])
        embeddings = found["embeddings"]
        return dict(zip(found["ids"], np.asarray(embeddings, dtype=np.float32), strict=True)) if found["ids"] else {}

    def _open(self, collection: str) -> "Collection":
        return self._client.get_collection(collection, embedding_function=None)
