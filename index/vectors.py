"""Vectors in flat files: the truth that Chroma's graphs are held against, and where single vectors are read from.

A file is rows of one dimension and type, nothing else. It is read with `pread`: a passage's sentences lie side by side,
so they cost one call, and no page of the file stays in the process however large the index is.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.embed import Vectors

_BLOCK_ROWS = 8192


class VectorFile:
    """Rows of vectors, appended once and then only read. Safe to read from several threads."""

    def __init__(self, path: Path, dimension: int, dtype: Any = np.float32, *, create: bool = False) -> None:
        self._dimension = dimension
        self._dtype = np.dtype(dtype)
        self._row_bytes = dimension * self._dtype.itemsize
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL if create else os.O_RDONLY
        self._file = os.open(path, flags, 0o644)

    def __len__(self) -> int:
        return os.fstat(self._file).st_size // self._row_bytes if self._row_bytes else 0

    def append(self, rows: Vectors) -> None:
        """Write rows of shape (n, dimension) behind those already there."""
        octets = memoryview(np.ascontiguousarray(rows, dtype=self._dtype).tobytes())
        while octets:  # a nearly full disk takes a part and says so
            octets = octets[os.write(self._file, octets) :]

    def read(self, start: int, count: int = 1) -> Vectors:
        """Return `count` rows from row `start`; shape (count, dimension), float32. Raises `OSError` past the end."""
        octets = os.pread(self._file, count * self._row_bytes, start * self._row_bytes)
        if len(octets) != count * self._row_bytes:
            raise OSError(f"rows {start} to {start + count} are not all there")
        rows = np.frombuffer(octets, dtype=self._dtype).reshape(count, self._dimension)
        return rows.astype(np.float32)

    def blocks(self) -> Iterator[tuple[int, Vectors]]:
        """Yield (number of the first row, rows) over the whole file, a few thousand rows at a time."""
        for start in range(0, len(self), _BLOCK_ROWS):
            yield start, self.read(start, min(_BLOCK_ROWS, len(self) - start))

    def sync(self) -> None:
        """Make sure that what was appended is on the disk."""
        os.fsync(self._file)

    def close(self) -> None:
        """Release the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
