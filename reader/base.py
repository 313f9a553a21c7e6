"""A network to train, made of the trimmed base model."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from index.crossencoder import CrossEncoder


def from_base(folder: Path, layers: tuple[int, ...], exits: tuple[int, ...]) -> CrossEncoder:
    """Return a network whose embeddings and layers are those of the trimmed base model (`layers` by their number)."""
    from safetensors.torch import load_file

    base = {name: value.float() for name, value in load_file(folder / "base.safetensors").items()}
    word = base["embeddings.word_embeddings.weight"]
    network = CrossEncoder(len(word), len(layers), exits)
    state = network.state_dict()
    state["words.weight"] = word
    state["places.weight"] = (
        base["embeddings.position_embeddings.weight"] + base["embeddings.token_type_embeddings.weight"][:1]
    )
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = base[f"embeddings.LayerNorm.{kind}"]
        for new, old in enumerate(layers):
            state |= {f"layers.{new}.{name}.{kind}": value for name, value in layer_of(base, old, kind).items()}
    network.load_state_dict(state)
    return network


def layer_of(base: dict[str, Tensor], number: int, kind: str) -> dict[str, Any]:
    """Return the tensors of one `kind` (weight or bias) of a layer of the base model, by their names in ours."""
    at = f"encoder.layer.{number}"
    return {
        "qkv": torch.cat([base[f"{at}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]),
        "attended": base[f"{at}.attention.output.dense.{kind}"],
        "norm": base[f"{at}.attention.output.LayerNorm.{kind}"],
        "wide": base[f"{at}.intermediate.dense.{kind}"],
        "narrow": base[f"{at}.output.dense.{kind}"],
        "out_norm": base[f"{at}.output.LayerNorm.{kind}"],
    }
