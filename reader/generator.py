"""The packaged generator in torch: read from its 4-bit file, with low-rank adapters in its upper layers.

The file is the one the assistant serves, so what is learnt here fits what runs there. Layers follow llama.cpp's names.
Architecture: Qwen2 (Bai et al., 2023); adapters: LoRA (Hu et al., 2021).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

PARTS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
# How Qwen2 cuts text before its pieces are joined.
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


class Adapted(nn.Module):
    """A frozen matrix with a low-rank addition: x W + (alpha / rank) x A B."""

    def __init__(self, weight: Tensor, bias: Tensor | None, rank: int, alpha: int) -> None:
        super().__init__()
        self.weight, self.bias, self.scale = weight, bias, alpha / max(rank, 1)
        self.a = nn.Parameter(torch.empty(rank, weight.shape[1])) if rank else None
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank)) if rank else None
        if self.a is not None:
            nn.init.kaiming_uniform_(self.a, a=5**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """(t, in) -> (t, out)"""
        out = functional.linear(x, self.weight, self.bias)
        if self.a is None or self.b is None:
            return out
        low = functional.linear(functional.linear(x, self.a.to(x.dtype)), self.b.to(x.dtype))
        return out + self.scale * low


class Layer(nn.Module):
    """One layer: grouped-query attention and a gated feed-forward net, each behind an RMS norm."""

    def __init__(self, tensors: dict[str, Tensor], sizes: dict[str, Any], rank: int, alpha: int) -> None:
        super().__init__()
        self.sizes = sizes
        self.norms = [tensors[f"{name}.weight"].float() for name in ("attn_norm", "ffn_norm")]
        self.parts = nn.ModuleDict(
            {name: Adapted(tensors[f"{name}.weight"], tensors.get(f"{name}.bias"), rank, alpha) for name in PARTS}
        )

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        """(t, hidden) -> (t, hidden); `turn` are cosines and sines of the positions, `mask` (t, t) what each sees."""
        part, t, heads, shared = self.parts, len(x), self.sizes["heads"], self.sizes["shared"]
        h = _norm(x, self.norms[0], self.sizes["epsilon"])
        q = _turned(part["attn_q"](h).view(t, heads, -1).transpose(0, 1), turn)
        k = _turned(part["attn_k"](h).view(t, shared, -1).transpose(0, 1), turn)
        v = part["attn_v"](h).view(t, shared, -1).transpose(0, 1)
        k, v = (side.repeat_interleave(heads // shared, 0) for side in (k, v))
        seen = functional.scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=mask)[0]
        x = x + part["attn_output"](seen.transpose(0, 1).reshape(t, -1))
        h = _norm(x, self.norms[1], self.sizes["epsilon"])
        out: Tensor = x + part["ffn_down"](functional.silu(part["ffn_gate"](h)) * part["ffn_up"](h))
        return out


class Generator(nn.Module):
    """Embeddings and layers; the upper ones, from `first_adapted`, carry adapters."""

    def __init__(self, gguf: Path, first_adapted: int, rank: int, alpha: int) -> None:
        super().__init__()
        from gguf import GGUFReader

        file = GGUFReader(str(gguf))
        self.sizes = _sizes(file)
        tensors = dict(_tensors(file))
        self.words = tensors["token_embd.weight"]
        self.out = tensors.get("output.weight", self.words)
        self.norm = tensors["output_norm.weight"].float()
        self.first_adapted = first_adapted
        self.layers = nn.ModuleList(
            Layer(_of_layer(tensors, n), self.sizes, rank if n >= first_adapted else 0, alpha)
            for n in range(self.sizes["layers"])
        )

    def lower(self, ids: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        """Return the hidden states (t, hidden) below the first adapted layer: they never change."""
        return self._through(self.words[ids], positions, mask, 0, self.first_adapted)

    def upper(self, x: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        """Return the last hidden states (t, hidden), normed, of those below the first adapted layer."""
        x = self._through(x, positions, mask, self.first_adapted, len(self.layers))
        return _norm(x, self.norm, self.sizes["epsilon"])

    def _through(self, x: Tensor, positions: Tensor, mask: Tensor, start: int, end: int) -> Tensor:
        turn = self._turn(positions)
        for layer in self.layers[start:end]:
            x = layer(x, turn, mask)
        return x

    def _turn(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        size = self.sizes["hidden"] // self.sizes["heads"]
        rates = self.sizes["theta"] ** -(torch.arange(0, size, 2).float() / size)
        angles = torch.outer(positions.float(), rates).repeat(1, 2)
        return angles.cos(), angles.sin()


def tokenizer_of(gguf: Path) -> Any:
    """Return the tokenizer that the file carries."""
    from gguf import GGUFReader
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    fields = GGUFReader(str(gguf)).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.normalizer = normalizers.NFC()
    cut = pre_tokenizers.Split(Regex(SPLIT), "isolated", invert=False)
    whole_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([cut, whole_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def _sizes(file: Any) -> dict[str, Any]:
    def field(name: str) -> Any:
        return file.fields[f"qwen2.{name}"].contents()

    return {
        "hidden": field("embedding_length"),
        "layers": field("block_count"),
        "heads": field("attention.head_count"),
        "shared": field("attention.head_count_kv"),
        "epsilon": field("attention.layer_norm_rms_epsilon"),
        "theta": field("rope.freq_base"),
    }


def _tensors(file: Any) -> Iterator[tuple[str, Tensor]]:
    from concurrent.futures import ThreadPoolExecutor

    from gguf.quants import dequantize

    def read(tensor: Any) -> tuple[str, Tensor]:
        return tensor.name, torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).bfloat16()

    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(read, file.tensors)


def _of_layer(tensors: dict[str, Tensor], number: int) -> dict[str, Tensor]:
    start = f"blk.{number}."
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}


def _norm(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return functional.rms_norm(x.float(), (x.shape[-1],), weight, epsilon).to(x.dtype)


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions, halves of a head turned against each other."""
    cosine, sine = turn
    first, second = x.float().chunk(2, dim=-1)
    return (x.float() * cosine + torch.cat([-second, first], dim=-1) * sine).to(x.dtype)
