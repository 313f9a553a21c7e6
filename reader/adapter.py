"""The generator's judgement, trained: does the passage answer, read as the gap of its "Yes" and "No".

Only low-rank additions to the upper layers are trained. What lies below never changes, so it is computed once and kept.
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from reader.generator import PARTS, Generator
from reader.packs import Pack
from weights.adapter import MANIFEST
from weights.hashing import sha256_of

FIRST, RANK, ALPHA = 14, 8, 16
TOGETHER = 4  # passages a step
WARM_UP, SMOOTH = 0.05, 0.02
EVERY = 20  # steps between two checkpoints


def gaps(model: Generator, hidden: Tensor, pack: Pack, words: Tensor) -> Tensor:
    """Return for each question of a pack the logit of Yes minus that of No; `words` is the difference of their rows."""
    last = model.upper(hidden, pack.positions, pack.mask)[pack.ends]
    return (last @ words).float()


def lower_states(model: Generator, packs: Sequence[Pack]) -> Iterator[Tensor]:
    """Yield the states below the first adapted layer, pack by pack, with progress."""
    began = time.time()
    with torch.inference_mode():
        for number, pack in enumerate(packs, 1):
            state = model.lower(pack.ids, pack.positions, pack.mask)
            if number % 50 == 0:
                _say({"read": number, "of": len(packs), "s": round(time.time() - began)})
            yield state.clone()


def train(
    model: Generator,
    packs: Sequence[Pack],
    words: Tensor,
    *,
    rate: float,
    seed: int,
    out: Path,
    until: int | None = None,
) -> None:
    """Train the adapters in place, on every pack once, or `until` a step that comes before the rate has gone down.

    A checkpoint in `out` is gone on from if there is one.
    """
    out.mkdir(exist_ok=True)
    states = _kept_states(model, packs, out / "states.pt")
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=rate, weight_decay=0.0, betas=(0.9, 0.98))
    order = _order(len(packs), seed)
    step = _resumed(out / "adapter.pt", model, optimiser)
    began, losses = time.time(), []
    last = min(until or len(order), len(order))
    while step < last:
        optimiser.param_groups[0]["lr"] = rate * _share(step, len(order))
        for number in order[step]:
            pack = packs[number]
            target = pack.answered.clamp(SMOOTH, 1 - SMOOTH)
            gap = gaps(model, states[number], pack, words)
            loss = functional.binary_cross_entropy_with_logits(gap, target, reduction="sum")
            torch.autograd.backward(loss / sum(len(packs[n].ends) for n in order[step]))
            losses.append(float(loss.detach()) / len(target))
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        if step % EVERY == 0 or step == last:
            recent = sum(losses[-EVERY * TOGETHER :]) / len(losses[-EVERY * TOGETHER :])
            _say({"step": step, "of": len(order), "loss": round(recent, 4), "s": round(time.time() - began)})
            torch.save((step, _trained(model), optimiser.state_dict()), out / "adapter.pt")


def export(model: Generator, folder: Path, trained_on: str) -> None:
    """Write the adapters as a GGUF file that llama.cpp reads, and say for which generator (its SHA-256) they are."""
    from gguf import GGUFWriter

    path = folder / "judge.gguf"
    folder.mkdir(exist_ok=True)
    writer = GGUFWriter(str(path), "qwen2")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(ALPHA))
    for number, layer in enumerate(model.layers):
        for name in PARTS:
            part: Any = layer.parts[name]  # type: ignore[index]
            if part.a is not None:
                for side, matrix in (("lora_a", part.a), ("lora_b", part.b)):
                    writer.add_tensor(f"blk.{number}.{name}.weight.{side}", matrix.detach().half().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    manifest = {"file": path.name, "sha256": sha256_of(path), "trained_on": trained_on}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _kept_states(model: Generator, packs: Sequence[Pack], path: Path) -> list[Tensor]:
    if not path.exists():
        torch.save(list(lower_states(model, packs)), path)
    states: list[Tensor] = torch.load(path, weights_only=True)
    return states


def _order(count: int, seed: int) -> list[list[int]]:
    numbers = random.Random(seed).sample(range(count), count)
    return [numbers[i : i + TOGETHER] for i in range(0, len(numbers), TOGETHER)]


def _share(step: int, steps: int) -> float:
    warm = max(1, int(WARM_UP * steps))
    return min((step + 1) / warm, (steps - step) / (steps - warm + 1))


def _trained(model: Generator) -> dict[str, Tensor]:
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}


def _resumed(checkpoint: Path, model: Generator, optimiser: Any) -> int:
    if not checkpoint.exists():
        return 0
    step, state, moments = torch.load(checkpoint, weights_only=True)
    model.load_state_dict(state, strict=False)
    optimiser.load_state_dict(moments)
    return int(step)


def _say(values: dict[str, Any]) -> None:
    print(json.dumps(values), flush=True)  # noqa: T201
