"""Vectors on disk: the only file that knows Chroma.

One collection a language, because a `where` filter that matches most rows costs a second at 400,000 rows
while a collection of its own costs nothing.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import IndexUnusable
from index.embed import Vectors

if TYPE_CHECKING:
    from chromadb import Collection

DATABASE = "chroma.sqlite3"  # changed by Chroma whenever it is opened
_LOOKED_AT = 200  # candidates of a search; Chroma's 100 is at the edge of .99 recall at a million
_BATCH = 2000  # below Chroma's limit for one call on every platform


class VectorStore:
    """Embedded Chroma in a directory. Chroma itself never embeds: no embedding function is ever stored or built."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        import chromadb
        from chromadb.config import Settings

        # Chroma would make an empty database, or go on with the one of this path that it still has open.
        if not create and not (path / DATABASE).is_file():
            raise IndexUnusable(f"{path} holds no vectors")
        self._client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
        self._collections: dict[str, Collection] = {}

    def collections(self) -> list[str]:
        """Names of the collections, sorted."""
        return sorted(collection.name for collection in self._client.list_collections())

    def add(self, collection: str, ids: list[str], vectors: Vectors) -> None:
        """Add unit vectors under new ids, creating the collection if needed."""
        target = self._client.get_or_create_collection(
            collection, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": _LOOKED_AT}}
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

    def close(self) -> None:
        """Release files and memory."""
        self._client.close()  # type: ignore[attr-defined] # it has one; its interface does not say so

    @staticmethod
    def compact(path: Path) -> None:
        """Leave of a closed store what reading needs, and reading does not change.

        Its database shrinks to a quarter, without the room that the queue of vectors took. Of a graph that was never
        written, for it is small, Chroma keeps placeholders that it makes anew at each start.
        """
        database, beside = path / DATABASE, path / "compact.new"
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(beside),))
        beside.replace(database)
        for graph in filter(Path.is_dir, list(path.iterdir())):
            if not (graph / "index_metadata.pickle").exists():
                shutil.rmtree(graph)

    def _open(self, collection: str) -> "Collection":
        if collection not in self._collections:  # a look-up costs a quarter of a search
            self._collections[collection] = self._client.get_collection(collection, embedding_function=None)
        return self._collections[collection]
