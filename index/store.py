"""Vectors on disk: the only file that knows Chroma.

One collection per kind and language, because a `where` filter that matches most rows costs a second at 400,000 rows
while a collection of its own costs nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import IndexUnusable
from index.embed import Vectors

if TYPE_CHECKING:
    from chromadb import Collection

_SELF_SIMILARITY = 0.99  # a stored vector must find itself; HNSW and float32 cost far less than this
_NEIGHBOURS = 10  # when its files are lost, Chroma counts all and finds one
_BATCH = 2000  # below Chroma's limit for one call on every platform


class VectorStore:
    """Embedded Chroma in a directory. Chroma itself never embeds: no embedding function is ever stored or built."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        import chromadb
        from chromadb.config import Settings

        # Chroma would make an empty database, or go on with the one of this path that it still has open.
        if not create and not (path / "chroma.sqlite3").is_file():
            raise IndexUnusable(f"{path} holds no vectors")
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

    def finds(self, collection: str, id_: str) -> bool:
        """Say whether the vector stored under `id_`, or one equal to it, is found by searching for it."""
        own = self.vectors(collection, [id_])
        nearest = self.search(collection, own[id_][None, :], 1) if own else {}
        return max(nearest.values(), default=0.0) >= _SELF_SIMILARITY

    def leads_on(self, collection: str) -> bool:
        """Say whether a search from the first vector of a collection reaches others; true where there are none."""
        target = self._open(collection)
        first = target.get(limit=1, include=[])["ids"]
        if not first:
            return True
        reached = self.search(collection, self.vectors(collection, first)[first[0]][None, :], _NEIGHBOURS)
        return 2 * len(reached) >= min(_NEIGHBOURS, target.count())

    def close(self) -> None:
        """Release files and memory."""
        self._client.close()  # type: ignore[attr-defined] # it has one; its interface does not say so

    @staticmethod
    def settled_files(path: Path) -> list[Path]:
        """Files that Chroma has finished writing: of the graphs it keeps in memory it writes only placeholders.

        Its SQLite file is never settled: opening it for reading changes it.
        """
        return sorted(file for graph in path.glob("*/index_metadata.pickle") for file in graph.parent.iterdir())

    def _open(self, collection: str) -> "Collection":
        return self._client.get_collection(collection, embedding_function=None)
