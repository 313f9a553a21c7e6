"""The trained network as the files that ship: matrices as bytes with a scale a row, the rest in half precision."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from index.crossencoder import CrossEncoder
from index.reader import MANIFEST, TENSORS, TOKENIZER
from weights.hashing import sha256_of


def export(network: CrossEncoder, tokenizer: Path, depths: tuple[int, int], target: Path) -> None:
    """Write weights, tokenizer and a manifest with their SHA-256 to `target`; heads at other depths are left out."""
    target.mkdir(parents=True, exist_ok=True)
    kept = tuple(f"heads.{depth}." for depth in depths)
    tensors: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        if not name.startswith("heads.") or name.startswith(kept):
            tensors |= _stored(name, value.float())
    save_file(tensors, target / TENSORS)
    shutil.copyfile(tokenizer, target / TOKENIZER)
    files = {name: sha256_of(target / name) for name in (TENSORS, TOKENIZER)}
    manifest = {"format": 1, "depths": depths, "files": files}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _stored(name: str, value: Tensor) -> dict[str, Tensor]:
    if value.ndim < 2:
        return {name: value.half()}
    scale = value.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
    return {name: (value / scale).round().to(torch.int8), f"{name}.scale": scale}
