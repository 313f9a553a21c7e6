"""The vectors of the project's known questions, which ship beside the layers that made them (`index/likeness.py`).

Without them three fifths of a first index would be spent on questions that are the same on every machine.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.errors import WeightsError
from index.embed import Vectors
from index.encoder import Vector
from index.likeness import WEIGHTS, likeness_identity

KNOWN = WEIGHTS / "known.safetensors"
_LARGEST = 127  # of a byte; as bytes a unit vector is off by a cosine of some .0001


def ship(texts: Sequence[str], vectors: Vectors, embedder: str, file: Path = KNOWN) -> None:
    """Write unit vectors, shape (len(texts), dimension), that the `embedder` (its identity) made of these texts."""
    from safetensors.numpy import save_file

    rows = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * _LARGEST).astype(np.int8)
    save_file({"texts": _hashes(texts), "vectors": rows}, file, _stamp(embedder))


def shipped(embedder: str, texts: Sequence[str], file: Path = KNOWN) -> dict[str, Vector]:
    """Return the unit vectors of those of the texts that shipped with one, none when other means made them.

    WeightsError when the file cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as opened:
            if opened.metadata() != _stamp(embedder):
                return {}
            places = {known: place for place, known in enumerate(opened.get_tensor("texts").tolist())}
            rows = opened.get_tensor("vectors")
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{file} cannot be read ({error}): check it out again.") from None
    found = {text: places.get(known) for text, known in zip(texts, _hashes(texts).tolist(), strict=True)}
    return {text: _unit(rows[place]) for text, place in found.items() if place is not None}


def _stamp(embedder: str) -> dict[str, str]:
    return {"embedder": embedder, "likeness": likeness_identity()}


def _hashes(texts: Sequence[str]) -> np.ndarray:
    begun = [hashlib.sha256(text.encode()).digest()[:8] for text in texts]
    return np.frombuffer(b"".join(begun), dtype=np.int64)


def _unit(row: np.ndarray) -> Vector:
    return np.asarray(row / np.linalg.norm(row.astype(np.float32)), dtype=np.float32)
