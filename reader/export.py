"""The trained network as the files that ship."""

import json
import shutil
from pathlib import Path

from index.crossencoder import CrossEncoder
from index.reader import MANIFEST, TENSORS, TOKENIZER
from weights.hashing import sha256_of
from weights.rows import save


def export(network: CrossEncoder, tokenizer: Path, depths: tuple[int, int], target: Path) -> None:
    """Write weights, tokenizer and a manifest with their SHA-256 to `target`; heads at other depths are left out."""
    target.mkdir(parents=True, exist_ok=True)
    kept = tuple(f"heads.{depth}." for depth in depths)
    state = network.state_dict().items()
    tensors = {name: value for name, value in state if not name.startswith("heads.") or name.startswith(kept)}
    save(tensors, target / TENSORS)
    shutil.copyfile(tokenizer, target / TOKENIZER)
    files = {name: sha256_of(target / name) for name in (TENSORS, TOKENIZER)}
    manifest = {"format": 1, "depths": depths, "files": files}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
