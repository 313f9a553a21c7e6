"""The reader's network: multilingual-e5-small as a cross-encoder, with a head behind several of its layers.

One training gives a quick judgement from the lower layers and a better one from all of them.
"""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN, HEADS, FEED_FORWARD, POSITIONS = 384, 12, 1536, 512


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
    """One post-norm transformer layer."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.wide = nn.Linear(HIDDEN, FEED_FORWARD)
        self.narrow = nn.Linear(FEED_FORWARD, HIDDEN)
        self.out_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """(n, t, 384), (n, 1, 1, t) -> (n, t, 384)"""
        n, t, _ = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        seen = _attended(q, k, v, mask)
        x = self.norm(x + self.dropout(self.attended(seen.transpose(1, 2).reshape(n, t, HIDDEN))))
        out: Tensor = self.out_norm(x + self.dropout(self.narrow(functional.gelu(self.wide(x)))))
        return out


def _attended(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """Attention in plain products: on a processor the fused kind takes a third longer, and twice as long to train."""
    n, heads, t, size = q.shape
    q, k, v = (side.reshape(n * heads, t, size) for side in (q, k, v))
    weights = torch.bmm(q * size**-0.5, k.transpose(1, 2)).view(n, heads, t, t)
    if mask is not None:
        weights = weights.masked_fill(~mask, -1e4)
    return torch.bmm(weights.softmax(-1).view(n * heads, t, t), v).view(n, heads, t, size)


class CrossEncoder(nn.Module):
    """Embeddings, layers, a head behind each layer of `exits`, and where the answer starts and ends."""

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
        x, mask, scores = self.embedded(ids), seen[:, None, None, :], {}
        for depth, layer in enumerate(self.layers, 1):
            x = layer(x, mask)
            if str(depth) in self.heads:
                scores[depth] = self.head(depth, x, rows, columns)
        return scores, self.span(x)

    def embedded(self, ids: Tensor) -> Tensor:
        """(n, t) -> (n, t, 384): what the first layer reads."""
        x: Tensor = self.dropout(self.norm(self.words(ids) + self.places.weight[: ids.shape[1]]))
        return x

    def head(self, depth: int, x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """Scores (marks, 2) of the marks at (rows, columns), from the states behind layer `depth`."""
        return cast("Tensor", self.heads[str(depth)](x[rows, 0], x[rows, columns]))


class Stretch(nn.Module):
    """The layers from `start` to `end` of a network, and the head behind them, for one window without padding."""

    def __init__(self, network: CrossEncoder, start: int, end: int) -> None:
        super().__init__()
        self.network, self.start, self.end = network, start, end

    def forward(self, x: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """What lies behind layer `start`, (1, t, 384), or piece ids (1, t); places of marks (m) -> states, scores.

        States behind layer `end`, (1, t, 384), and the scores (m, 2) of the marks.
        """
        if self.start == 0:
            x = self.network.embedded(x)
        for layer in self.network.layers[self.start : self.end]:
            x = layer(x, None)
        return x, self.network.head(self.end, x, torch.zeros_like(marks), marks).float()
