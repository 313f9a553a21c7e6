"""What the vectors of a language have in common: their mean, of passages and of sentences.

A general text is near every question, and a text in the question's language nearer than one in another. Both show in
the mean, so a cosine can be freed of them (`index.rank`).
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.embed import Vectors
from index.vectors import VectorFile


class Means:
    """Sums while an index is built, written as two rows a language: of its passages, then of its sentences."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._sums: dict[str, np.ndarray] = {}
        self._counts: dict[str, np.ndarray] = {}

    def add(self, language: str, rows: Vectors) -> None:
        """Add the vectors of one passage: its own, then its sentences'."""
        sums = self._sums.setdefault(language, np.zeros((2, self._dimension)))
        counts = self._counts.setdefault(language, np.zeros((2, 1)))
        sums += np.stack([rows[0], rows[1:].sum(axis=0)])
        counts += [[1], [len(rows) - 1]]

    def write(self, file: Path) -> None:
        """Write the means, by language in alphabetical order."""
        target = VectorFile(file, self._dimension, create=True)
        for language in sorted(self._sums):
            target.append((self._sums[language] / np.maximum(1, self._counts[language])).astype(np.float32))
        target.sync()
        target.close()


def read_means(file: Path, dimension: int, languages: Iterable[str]) -> dict[str, Vectors]:
    """Return the means of each language, shape (2, dimension)."""
    source = VectorFile(file, dimension)
    means = {language: source.read(2 * place, 2) for place, language in enumerate(sorted(languages))}
    source.close()
    return means
