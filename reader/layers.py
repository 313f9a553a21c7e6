"""What makes two questions alike (`index/likeness.py`), learned from the known questions: the layers before the map.

The upper layers of the embedding model go on learning what the map was learned by. Those below stay as they are, so the
states behind them are computed once. The vectors of the neighbourhood are those of when each was last asked about
("cross-batch memory", Wang et al. 2020, arXiv 1912.06798).
"""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from index.encoder import equally_long
from index.likeness import MANIFEST, TENSORS
from index.upper import Upper, UpperStates
from reader.base import layer_of
from reader.likeness import Lesson, Places, learn, loss_of
from weights.hashing import sha256_of
from weights.rows import save

SHARED = 8  # layers that stay as they are
EPOCHS, BATCH, RATE, MAP_RATE, WARM_UP = 6, 96, 1e-4, 3e-4, 60
NEIGHBOURHOOD = 12_000  # questions, drawn anew for each step
DROPOUT = 0.1


class Model:
    """The packaged embedding model (a sentence-transformers folder) in float32, cut behind its layer `SHARED`."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval().float()
        self._tokenizer, self._prompt = plain.tokenizer.backend_tokenizer, plain.prompts["query"] or ""
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(plain.get_max_seq_length() or 512))
        transformer: Any = plain[0].auto_model
        self.upper = _as_it_was(transformer)
        self._lower = UpperStates(transformer, self.upper, SHARED).eval()

    def states(self, texts: list[str]) -> list[Tensor]:
        """Return what lies behind the shared layers, shape (tokens, 384) each, in half precision."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch([self._prompt + text for text in texts])]
        found: list[Tensor] = [torch.empty(0)] * len(ids)
        with torch.inference_mode():
            for places in equally_long([len(row) for row in ids]):
                made = self._lower.shared(torch.tensor([ids[place] for place in places])).half()
                for place, states in zip(places, made, strict=True):
                    found[place] = states.clone()
        return found


def _as_it_was(transformer: Any) -> Upper:
    base, layers = transformer.state_dict(), transformer.config.num_hidden_layers - SHARED
    upper = Upper(layers, DROPOUT)
    state = upper.state_dict()
    for kind in ("weight", "bias"):
        for number in range(layers):
            taken = layer_of(base, SHARED + number, kind)
            state |= {f"layers.{number}.{name}.{kind}": value for name, value in taken.items()}
    upper.load_state_dict(state)
    return upper.eval()


def learn_map(upper: Upper, states: list[Tensor], lesson: Lesson) -> None:
    """Learn the map alone, of what the layers make of the `states` as they are."""
    learned = learn(replace(lesson, vectors=vectors_of(states, upper.pooled)))
    upper.mean.data, upper.map.data = torch.tensor(learned.mean).float(), torch.tensor(learned.matrix).float()


def learn_layers(
    upper: Upper, states: list[Tensor], lesson: Lesson, report: Callable[[str], None], epochs: int = EPOCHS
) -> None:
    """Learn map and layers together, from where they are; an hour of two cores for 33,000 questions."""
    torch.manual_seed(0)
    bank = torch.tensor(vectors_of(states, upper.pooled))
    upper.mean.requires_grad_(False)
    _, classes = np.unique(lesson.facts, return_inverse=True)
    labels, twins, steps = torch.tensor(classes), torch.tensor(lesson.twins), epochs * len([*_batches(states)])
    rates = [{"params": upper.layers.parameters(), "lr": RATE}, {"params": [upper.map], "lr": MAP_RATE}]
    optimizer = torch.optim.AdamW(rates)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step, steps))
    upper.train()
    for epoch in range(epochs):
        lost = []
        for batch in _batches(states):
            pooled = upper.pooled(torch.stack([states[place].float() for place in batch]))
            others, asked = torch.randperm(len(states))[:NEIGHBOURHOOD], torch.tensor(batch)
            places = Places(asked, others, labels, twins)
            loss = loss_of(upper.mapped(pooled), upper.mapped(bank[others]), places)
            optimizer.zero_grad()
            if loss.isfinite():  # not where nothing in the neighbourhood is like any of the batch
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(upper.layers.parameters(), 1.0)
                optimizer.step()
                lost.append(loss.item())
            schedule.step()
            bank[asked] = pooled.detach()
        report(f"epoch {epoch + 1} of {epochs}: loss {np.mean(lost):.3f}")
    upper.eval()


def vectors_of(states: list[Tensor], network: Callable[[Tensor], Tensor]) -> np.ndarray:
    """Return what the network makes of states of any length, shape (len(states), 384)."""
    made = np.empty((len(states), states[0].shape[1]), dtype=np.float32)
    with torch.inference_mode():
        for places in equally_long([len(row) for row in states]):
            made[places] = network(torch.stack([states[place].float() for place in places])).numpy()
    return made


def _batches(states: list[Tensor]) -> Iterator[list[int]]:
    """Yield places of equally long texts, about `BATCH` at a time, in an order that is drawn anew."""
    order = torch.randperm(len(states)).tolist()
    rows: dict[int, list[int]] = {}
    for place in order:
        rows.setdefault(len(states[place]), []).append(place)
    batches = [places[first : first + BATCH] for places in rows.values() for first in range(0, len(places), BATCH)]
    for number in torch.randperm(len(batches)).tolist():
        yield batches[number]


def _share(step: int, steps: int) -> float:
    """The share of its rate that a step learns at: up to the whole, then down along a cosine."""
    return min(1.0, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * min(1.0, step / steps))) / 2


def export(upper: Upper, embedder: str, folder: Path) -> None:
    """Write what ships, and for which embedding model it is."""
    folder.mkdir(parents=True, exist_ok=True)
    save(upper.state_dict(), folder / TENSORS)
    manifest = {
        "embedder": embedder,
        "sha256": sha256_of(folder / TENSORS),
        "layers": len(upper.layers),
        "shared": SHARED,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
