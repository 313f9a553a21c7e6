"""Upper layers for an embedding model whose lower ones two uses share, and what the two make of texts."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.crossencoder import HIDDEN, Layer


class Upper(nn.Module):
    """Layers that go on behind the lower ones of an embedding model, and a linear map of the mean of their tokens."""

    def __init__(self, layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.mean = nn.Parameter(torch.zeros(HIDDEN))
        self.map = nn.Parameter(torch.eye(HIDDEN))

    def forward(self, states: Tensor) -> Tensor:
        """States behind the lower layers, (texts, tokens, 384), without padding -> unit vectors (texts, 384)."""
        return self.mapped(self.pooled(states))

    def pooled(self, states: Tensor) -> Tensor:
        """The same -> the unit vectors that are mapped, (texts, 384)."""
        for layer in self.layers:
            states = layer(states, None)
        return functional.normalize(states.float().mean(dim=1), dim=-1)

    def mapped(self, pooled: Tensor) -> Tensor:
        """Unit vectors (texts, 384) -> unit vectors (texts, 384)."""
        return functional.normalize((pooled - self.mean) @ self.map, dim=-1)


class BothStates(nn.Module):
    """What a model of the transformers library, and upper layers behind its layer `shared`, make of texts without
    padding.
    """

    def __init__(self, transformer: Any, upper: Upper, shared: int) -> None:
        super().__init__()
        self.transformer, self.upper, self.shared = transformer, upper, shared

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """(texts, tokens) -> (texts, tokens, dimension), (texts, 384)"""
        read = self.transformer(input_ids=ids, output_hidden_states=True)
        return read.last_hidden_state.float(), self.upper(read.hidden_states[self.shared])


class UpperStates(nn.Module):
    """The same of the upper layers alone, which spares the model's own."""

    def __init__(self, transformer: Any, upper: Upper, shared: int) -> None:
        super().__init__()
        self.embeddings, self.lower, self.upper = transformer.embeddings, transformer.encoder.layer[:shared], upper

    def forward(self, ids: Tensor) -> Tensor:
        """(texts, tokens) -> (texts, 384)"""
        alike: Tensor = self.upper(self.shared(ids))
        return alike

    def shared(self, ids: Tensor) -> Tensor:
        """(texts, tokens) -> (texts, tokens, 384): what the upper layers go on with."""
        states: Tensor = self.embeddings(input_ids=ids)
        for layer in self.lower:
            states = layer(states)
        return states
