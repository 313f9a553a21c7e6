"""What makes two questions alike: a linear map of their vectors under which those that one fact answers are near.

To the embedding model questions are near for their topic, their language and the story around them, too. The map was
learned from known questions (`python -m reader likeness`, reader/CARD.md); what it brings: docs/decisions/questions.md.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import WeightsError
from index.embed import Vectors
from weights.hashing import sha256_of

WEIGHTS = Path(__file__).parent.parent / "weights" / "likeness"
MANIFEST, TENSORS = "manifest.json", "likeness.safetensors"


@dataclass(frozen=True)
class Likeness:
    """Takes vectors as the embedding model gives them, shape (n, dimension), to unit vectors of the same shape."""

    mean: np.ndarray
    matrix: np.ndarray

    def of(self, vectors: Vectors) -> Vectors:
        """Map vectors; the product of two is then how alike they are: 1 the same, about 0 nothing in common."""
        mapped = (vectors - self.mean) @ self.matrix
        return np.asarray(mapped / np.linalg.norm(mapped, axis=1, keepdims=True), dtype=np.float32)


def likeness_for(embedder: str, folder: Path = WEIGHTS) -> Likeness | None:
    """Return the map that was learned from the vectors of this very embedding model (its identity), or None.

    WeightsError when the file is not the one that was shipped.
    """
    from safetensors.numpy import load_file

    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        shipped = sha256_of(folder / TENSORS) == manifest["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"The map in {folder} cannot be opened ({error}): check it out again.") from None
    if not shipped:
        raise WeightsError(f"{folder / TENSORS} is not the file that was shipped: check it out again.")
    if manifest["embedder"] != embedder:
        return None
    tensors = {name: tensor.astype(np.float32) for name, tensor in load_file(folder / TENSORS).items()}
    return Likeness(tensors["mean"], tensors["matrix"])
