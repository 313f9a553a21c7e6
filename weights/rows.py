"""How networks of our own are kept: matrices as bytes with a scale a row, the rest in half precision."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_SCALE = ".scale"


def save(state: "dict[str, Tensor]", file: Path) -> None:
    """Write the tensors of a network; bytes with a scale a row take a quarter of float32."""
    from safetensors.torch import save_file

    kept: dict[str, Tensor] = {}
    for name, value in state.items():
        kept |= _bytes(name, value.float())
    save_file(kept, file)


def load(file: Path) -> "dict[str, Tensor]":
    """Return the tensors of a network in float32."""
    from safetensors.torch import load_file

    state = {name: value.float() for name, value in load_file(file).items()}
    for name in [name for name in state if name.endswith(_SCALE)]:
        state[name.removesuffix(_SCALE)] *= state.pop(name)
    return state


def _bytes(name: str, value: "Tensor") -> "dict[str, Tensor]":
    import torch

    if value.ndim < 2:
        return {name: value.half()}
    scale = value.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
    return {name: (value / scale).round().to(torch.int8), name + _SCALE: scale}
