"""How networks run on the processor: weights laid out for it, a core a pass, and no waiting for Python.

What each of the three is worth: docs/decisions/embedding.md.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

Number = int | float | complex


class Packed(nn.Module):
    """A linear layer whose weights are laid out for the processor's matrix units."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.register_buffer("weight", torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), None))
        self.register_buffer("bias", linear.bias.detach())

    def forward(self, x: Tensor) -> Tensor:
        """(…, n) -> (…, m)"""
        nothing = torch.jit.annotate(list[Number | None], [])  # type: ignore[no-untyped-call]
        packed: Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", nothing, "")
        return packed


class TokenStates(nn.Module):
    """What a model of the transformers library makes of texts without padding."""

    def __init__(self, transformer: Any) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, ids: Tensor) -> Tensor:
        """(texts, tokens) -> (texts, tokens, dimension)"""
        states: Tensor = self.transformer(input_ids=ids).last_hidden_state.float()
        return states


def unlocked(module: nn.Module, *example: Tensor) -> Callable[..., Any]:
    """Return what `module` computes, for tensors of any length like the `example`, as one operator; packs its layers.

    Run layer by layer it asks for Python's lock after every operator, and where another thread holds it waits up to
    5 ms each time: 964 ms a window instead of 41 beside one busy thread.
    """
    with torch.no_grad(), warnings.catch_warnings():
        # TorchScript is no longer developed. What follows it needs a C++ compiler on the user's machine.
        warnings.simplefilter("ignore")
        _pack(module)
        traced: Callable[..., Any] = torch.jit.trace(module, example, check_trace=False)  # type: ignore[no-untyped-call]
    return traced


def quickest() -> torch.dtype:
    """Return the type that the processor computes in most quickly."""
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def _pack(module: nn.Module) -> None:
    """Put linear layers in place whose weights are laid out for the processor; on some the layers stay as they are.

    PyTorch lays them out anew at every call: half of the time of a question. These operators are the ones that its own
    compiler emits.
    """
    if not torch._C._has_mkldnn or not torch.backends.cpu.get_cpu_capability().startswith("AVX"):
        return
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, torch.jit.script(Packed(child)))
        else:
            _pack(child)


def one_thread() -> None:
    """Let the calling thread compute by itself."""
    torch.get_num_threads()  # without it PyTorch would set the number anew at the thread's first operator
    torch.set_num_threads(1)


@contextmanager
def on_one_core() -> Iterator[None]:
    """Let the calling thread compute by itself for a while: beside other work two take ten times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
