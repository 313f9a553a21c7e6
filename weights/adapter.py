"""The adapter that makes a packaged generator judge: `judge/`, trained by `python -m reader judge` (reader/CARD.md)."""

import json
from pathlib import Path

from corpus.errors import WeightsError
from weights.catalogue import load_catalogue
from weights.hashing import sha256_of

FOLDER = Path(__file__).parent / "judge"
MANIFEST = "manifest.json"


def adapter_for(model: str, folder: Path = FOLDER) -> Path | None:
    """Return the adapter (GGUF, of low rank) trained for this very model of the catalogue, or None.

    WeightsError when the file is not the one that was shipped.
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    weights = load_catalogue().get(model)
    if weights is None or weights.sha256 != manifest["trained_on"]:
        return None
    path: Path = folder / manifest["file"]
    if not path.is_file() or sha256_of(path) != manifest["sha256"]:
        raise WeightsError(f"{path} is not the file that was shipped: check it out again.")
    return path
