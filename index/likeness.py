"""What makes two questions alike: upper layers of their own for the embedding model, under which those that one fact
answers are near.

To the embedding model questions are near for their topic, their language and the story around them, too. The layers
were learned from known questions (`python -m reader likeness`, reader/CARD.md); what they bring:
docs/decisions/questions.md.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import WeightsError
from weights.hashing import sha256_of
from weights.rows import load

if TYPE_CHECKING:
    from index.upper import Upper

WEIGHTS = Path(__file__).parent.parent / "weights" / "likeness"
MANIFEST, TENSORS = "manifest.json", "likeness.safetensors"


@cache
def likeness_identity(folder: Path = WEIGHTS) -> str:
    """Return what an index of known questions is stamped with: the beginning of the layers' hash."""
    return str(_manifest(folder)["sha256"])[:16]


def likeness_for(embedder: str, folder: Path = WEIGHTS) -> "tuple[Upper, int] | None":
    """Return the layers learned for this very embedding model (its identity) and behind which of its own they go on,
    or None when they were learned for another.

    WeightsError when the file is not the one that was shipped.
    """
    manifest = _manifest(folder)
    if not (folder / TENSORS).is_file() or sha256_of(folder / TENSORS) != manifest["sha256"]:
        raise WeightsError(f"{folder / TENSORS} is not the file that was shipped: check it out again.")
    if manifest["embedder"] != embedder:
        return None
    from index.upper import Upper

    upper = Upper(manifest["layers"]).eval()
    upper.load_state_dict(load(folder / TENSORS))
    return upper, manifest["shared"]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        missing = {"embedder", "sha256", "layers", "shared"} - manifest.keys()
    except (OSError, ValueError, AttributeError) as error:
        raise WeightsError(f"{folder / MANIFEST} cannot be read ({error}): check it out again.") from None
    if missing:
        raise WeightsError(f"{folder / MANIFEST} lacks {', '.join(sorted(missing))}: check it out again.")
    return manifest
