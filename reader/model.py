"""The encoder with a head at several depths: one training, and the depth is chosen by what it costs and gains."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN, HEADS, FEED_FORWARD, POSITIONS = 384, 12, 1536, 512
EXITS = (3, 6, 9, 12)


class Head(nn.Module):
    """Scores a sentence from its mark and the start of the window; 0 is the score of "no sentence answers"."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dense = nn.Linear(2 * HIDDEN, HIDDEN)
        self.out = nn.Linear(HIDDEN, 2)  # answers the question, supports the claim
        self.dropout = nn.Dropout(dropout)

    def forward(self, start: Tensor, mark: Tensor) -> Tensor:
        """(n, 384), (n, 384) -> (n, 2)"""
        both = self.dropout(torch.cat([start, mark], dim=-1))
        scores: Tensor = self.out(self.dropout(functional.gelu(self.dense(both))))
        return scores


class Layer(nn.Module):
    """One post-norm transformer layer, named as the base model's tensors are."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.wide = nn.Linear(HIDDEN, FEED_FORWARD)
        self.narrow = nn.Linear(FEED_FORWARD, HIDDEN)
        self.out_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(n, t, 384), (n, 1, 1, t) -> (n, t, 384)"""
        n, t, _ = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm(x + self.dropout(self.attended(seen.transpose(1, 2).reshape(n, t, HIDDEN))))
        out: Tensor = self.out_norm(x + self.dropout(self.narrow(functional.gelu(self.wide(x)))))
        return out


class Reader(nn.Module):
    """Embeddings, layers, and a head behind each layer of `exits`."""

    def __init__(self, pieces: int, layers: int, exits: tuple[int, ...], dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(pieces, HIDDEN)
        self.places = nn.Embedding(POSITIONS, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.heads = nn.ModuleDict({str(depth): Head(dropout) for depth in exits})
        self.span = nn.Linear(HIDDEN, 2)

    def forward(self, ids: Tensor, seen: Tensor, rows: Tensor, columns: Tensor) -> tuple[dict[int, Tensor], Tensor]:
        """Score the marks at (rows, columns) of padded windows `ids` (n, t), `seen` (n, t) true where there is a piece.

        Returns the scores (marks, 2) by depth, and the logits (n, t, 2) of where the answer starts and ends.
        """
        x = self.dropout(self.norm(self.words(ids) + self.places.weight[: ids.shape[1]]))
        mask = seen[:, None, None, :]
        scores = {}
        for depth, layer in enumerate(self.layers, 1):
            x = layer(x, mask)
            if str(depth) in self.heads:
                scores[depth] = self.heads[str(depth)](x[rows, 0], x[rows, columns])
        return scores, self.span(x)


def from_base(folder: Path, layers: tuple[int, ...], exits: tuple[int, ...]) -> Reader:
    """Return a reader whose embeddings and layers are those of the trimmed base model (`layers` by their number)."""
    from safetensors.torch import load_file

    base = {name: value.float() for name, value in load_file(folder / "base.safetensors").items()}
    word = base["embeddings.word_embeddings.weight"]
    reader = Reader(len(word), len(layers), exits)
    state = reader.state_dict()
    state["words.weight"] = word
    state["places.weight"] = (
        base["embeddings.position_embeddings.weight"] + base["embeddings.token_type_embeddings.weight"][:1]
    )
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = base[f"embeddings.LayerNorm.{kind}"]
        for new, old in enumerate(layers):
            state |= {f"layers.{new}.{name}.{kind}": value for name, value in _layer(base, old, kind).items()}
    reader.load_state_dict(state)
    return reader


def _layer(base: dict[str, Tensor], number: int, kind: str) -> dict[str, Any]:
    at = f"encoder.layer.{number}"
    return {
        "qkv": torch.cat([base[f"{at}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]),
        "attended": base[f"{at}.attention.output.dense.{kind}"],
        "norm": base[f"{at}.attention.output.LayerNorm.{kind}"],
        "wide": base[f"{at}.intermediate.dense.{kind}"],
        "narrow": base[f"{at}.output.dense.{kind}"],
        "out_norm": base[f"{at}.output.LayerNorm.{kind}"],
    }
