"""The training loop: every exit learns which sentence of a passage answers, or that none does.

The scores of a passage's sentences and a zero for "none" are one softmax. A record is read twice, as a whole passage
and as single sentences, so that the shipped model can be used either way.
"""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from index import windows as form
from index.crossencoder import CrossEncoder
from index.processor import quickest
from reader.batch import padded
from reader.records import Record

SMOOTH = 0.02  # no label is surer than this
LONE = 3  # sentences of a passage that are also read alone, of every second record of a batch
BUCKETS = 8  # passages of like length are read together
# How often a record of a source is drawn, by the end of its name; "" for all others. First reading, then what is told
# apart only by reading closely: questions with human labels, and those about our own documents.
BROADLY = {"squad2_dev": 2.0, "+near-miss": 0.4, "+removed": 0.3, "+other": 0.25, "twins": 0.4, "own": 0.4, "": 1.0}
CLOSELY = {
    "own-questions": 3.0,
    "own-questions+near-miss": 3.0,
    "own-questions+found": 1.0,
    "own-stories": 6.0,
    "own-stories+near-miss": 6.0,
    "own-stories+found": 2.0,
    "squad2_dev": 2.0,
    "squad_it": 0.5,
    "squad_it+near-miss": 0.3,
    "+near-miss": 0.1,
    "+crossed": 0.3,
    "+removed": 0.05,
    "+other": 0.05,
    "twins": 0.4,
    "own": 1.0,
    "answers": 1.0,
    "begin-cmu": 4.0,
    "begin-tc": 4.0,
    "begin-wow": 4.0,
    "climate-fever": 4.0,
    "": 0.1,
}
HEADED = 0.7  # share of passages that are read behind their heading
WARM_UP = 0.06


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train."""

    steps: int
    rate: float
    batch: int = 96
    seed: int = 0
    span_weight: float = 0.3
    lone: bool = True  # whether sentences are also read alone
    claims: float = 0.5  # claims to a question


@dataclass(frozen=True)
class Encoded:
    """A record as piece ids."""

    text: list[int]
    sentences: list[list[int]]
    gold: frozenset[int]
    answered: float
    claim: bool
    span: list[tuple[int, int, int]]  # sentence, first and last piece of the answer in it
    heading: list[int]


def encode(records: Sequence[Record], tokenizer: Any) -> list[Encoded]:
    """Return the records as piece ids, with the pieces of the answer."""
    texts = [encoding.ids for encoding in tokenizer.encode_batch([record.text for record in records])]
    headings = [encoding.ids for encoding in tokenizer.encode_batch([record.heading for record in records])]
    flat = tokenizer.encode_batch([sentence for record in records for sentence in record.sentences])
    found, at = [], 0
    for record, text, heading in zip(records, texts, headings, strict=True):
        pieces = flat[at : at + len(record.sentences)]
        at += len(record.sentences)
        ids = [encoding.ids for encoding in pieces]
        span = _span(record, pieces)
        claim = record.kind == "claim"
        found.append(Encoded(text, ids, frozenset(record.gold), record.answered, claim, span, heading))
    return found


def _span(record: Record, pieces: list[Any]) -> list[tuple[int, int, int]]:
    for number in record.gold if record.span else ():
        start = record.sentences[number].find(record.span)
        if start >= 0:
            end = start + len(record.span)
            inside = [i for i, (a, b) in enumerate(pieces[number].offsets) if a < end and b > start]
            if inside and inside[-1] < form.SENTENCE:
                return [(number, inside[0], inside[-1])]
    return []


def often(record: Record, table: dict[str, float]) -> float:
    """Return how often a record is drawn."""
    return table.get(record.source) or next(value for end, value in table.items() if record.source.endswith(end))


class Batches(IterableDataset[Any]):
    """Endless batches of padded windows of like length, drawn by weight; each worker has its own seed.

    What goes on from step `start` draws others than what began before it: the same ones again would be learnt by heart.
    """

    def __init__(
        self, data: list[Encoded], weights: list[float], marks: form.Marks, plan: Plan, pad: int, start: int = 0
    ) -> None:
        self.marks, self.plan, self.pad, self.start = marks, plan, pad, start
        pairs = list(zip(data, weights, strict=True))
        self.questions = _buckets([pair for pair in pairs if not pair[0].claim])
        self.claims = _buckets([pair for pair in pairs if pair[0].claim])

    def __iter__(self) -> Any:
        worker = torch.utils.data.get_worker_info()
        rng = random.Random(1000 * (self.plan.seed + self.start) + (worker.id if worker else 0))
        while True:
            drawn = _draw(self.questions, self.plan.batch, rng)
            claims = _draw(self.claims, int(self.plan.batch * self.plan.claims), rng)
            lone = self._lone(drawn[::2], rng) if self.plan.lone else None
            yield self._whole(drawn, rng), lone, self._claims(claims)

    def _whole(self, drawn: list[Encoded], rng: random.Random) -> Any:
        windows, golds = [], []
        for item in drawn:
            heading = item.heading if rng.random() < HEADED else []
            made = form.whole(item.text, item.sentences, self.marks, heading)
            holding = [w for w in made if any(w.first <= g < w.first + len(w.marks) for g in item.gold)]
            window = rng.choice(holding or made)
            windows.append(window)
            golds.append([number + window.first in item.gold for number in range(len(window.marks))])
        spans = [_placed(item, window) for item, window in zip(drawn, windows, strict=True)]
        return self._tensors(windows, [len(gold) for gold in golds], golds, drawn), torch.tensor(spans)

    def _lone(self, drawn: list[Encoded], rng: random.Random) -> Any:
        windows, golds = [], []
        for item in drawn:
            numbers = list(range(len(item.sentences)))
            rng.shuffle(numbers)
            gold = [n for n in numbers if n in item.gold][:1]
            chosen = gold + [n for n in numbers if n not in item.gold][: LONE - len(gold)]
            around = rng.random() < 0.5
            windows += [form.lone(item.text, item.sentences, n, self.marks, around) for n in chosen]
            golds.append([n in item.gold for n in chosen])
        return self._tensors(windows, [len(gold) for gold in golds], golds, drawn)

    def _claims(self, drawn: list[Encoded]) -> Any:
        windows = [form.claim(item.text, list(chain.from_iterable(item.sentences)), self.marks) for item in drawn]
        return self._tensors(windows, [1] * len(drawn), [[False]] * len(drawn), drawn)

    def _tensors(self, windows: Any, counts: list[int], golds: list[list[bool]], drawn: list[Encoded]) -> Any:
        arrays = [torch.from_numpy(array) for array in padded(windows, self.pad)]
        most = max(counts)
        real = torch.tensor([[i < count for i in range(most)] for count in counts])
        gold = torch.tensor([[*row, *[False] * (most - len(row))] for row in golds])
        return (*arrays, real, gold, torch.tensor([item.answered for item in drawn]))


def _buckets(pairs: list[tuple[Encoded, float]]) -> list[tuple[list[Encoded], list[float]]]:
    """Return the records by length, in buckets of equal size, each with its running sum of weights."""
    pairs.sort(key=lambda pair: len(pair[0].text) + sum(map(len, pair[0].sentences)))
    size = -(-len(pairs) // BUCKETS)
    parts = [pairs[i : i + size] for i in range(0, len(pairs), size)]
    return [([item for item, _ in part], np.cumsum([weight for _, weight in part]).tolist()) for part in parts]


def _draw(buckets: list[tuple[list[Encoded], list[float]]], count: int, rng: random.Random) -> list[Encoded]:
    data, weights = rng.choices(buckets, [weights[-1] for _, weights in buckets])[0]
    return rng.choices(data, cum_weights=weights, k=count)


def _placed(item: Encoded, window: form.Window) -> tuple[int, int]:
    """Return where the answer starts and ends in the window, (0, 0) where there is none."""
    for number, first, last in item.span:
        place = number - window.first
        if 0 <= place < len(window.marks):
            return window.marks[place] + 1 + first, window.marks[place] + 1 + last
    return 0, 0


def choice_loss(scores: Tensor, real: Tensor, gold: Tensor, answered: Tensor) -> Tensor:
    """Cross-entropy of one softmax a passage: its sentences (scores in the order of `real`) and a zero for none."""
    table = torch.full(real.shape, -1e4, device=scores.device).masked_scatter(real, scores.float())
    everything = torch.logsumexp(functional.pad(table, (0, 1)), dim=1)
    right = torch.where(gold.any(1, keepdim=True), gold, real)
    some = torch.logsumexp(table.masked_fill(~right, -1e4), dim=1)
    sure = answered.clamp(SMOOTH, 1 - SMOOTH)
    return (everything - sure * some).mean()


def train(
    reader: CrossEncoder, data: tuple[list[Encoded], list[float]], tokenizer: Any, plan: Plan, checkpoint: Path
) -> None:
    """Train `reader` in place; the checkpoint is written every now and then, and read if there is one."""
    device = next(reader.parameters()).device
    marks, pad = form.marks_of(tokenizer), tokenizer.token_to_id("<pad>")
    torch.manual_seed(plan.seed)
    optimiser = torch.optim.AdamW(_groups(reader), lr=plan.rate, betas=(0.9, 0.98), fused=True)
    start = _resumed(checkpoint, reader, optimiser)
    halved = device.type == "cuda" or quickest() == torch.bfloat16
    workers: dict[str, Any] = {"num_workers": 8, "prefetch_factor": 8} if device.type == "cuda" else {}
    batches = DataLoader(
        Batches(*data, marks, plan, pad, start), batch_size=None, pin_memory=device.type == "cuda", **workers
    )
    torch.backends.cuda.enable_cudnn_sdp(False)  # it plans anew for every shape, and no two batches have the same
    reader.train()
    began, losses = time.time(), []
    for step, batch in zip(range(start, plan.steps), batches, strict=False):
        _set_rate(optimiser, plan, step)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=halved):
            loss = _loss(reader, _to(batch, device), plan)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.detach())
        if step % 50 == 49 or step == plan.steps - 1:
            mean = float(torch.stack(losses[-50:]).mean())
            print(json.dumps({"step": step + 1, "loss": round(mean, 4), "s": round(time.time() - began)}), flush=True)  # noqa: T201
        if step % 100 == 99 or step == plan.steps - 1:
            torch.save((step + 1, reader.state_dict(), optimiser.state_dict()), checkpoint)
    reader.eval()


def _loss(reader: CrossEncoder, batch: Any, plan: Plan) -> Tensor:
    (whole, spans), lone, claims = batch
    total = torch.zeros((), device=spans.device)
    for part in (whole, lone, claims) if lone else (whole, claims):
        ids, seen, rows, columns, real, gold, answered = part
        scores, span = reader(ids, seen, rows, columns)
        for score in scores.values():
            if part is claims:
                target = answered.clamp(SMOOTH, 1 - SMOOTH).float()
                total = total + functional.binary_cross_entropy_with_logits(score[:, 1].float(), target)
            else:
                total = total + choice_loss(score[:, 0], real, gold, answered)
        if part is whole:
            logits = span.float().masked_fill(~seen[..., None], -1e4)
            known = spans.masked_fill((spans[:, :1] == 0) & (answered > 0.5)[:, None], -100)
            lost = functional.cross_entropy(logits, known, reduction="sum")
            total = total + plan.span_weight * lost / (known >= 0).sum().clamp_min(1)  # no span may be known at all
    return total / len(reader.heads)


def freeze_words(reader: CrossEncoder, marks: int) -> None:
    """Train no embedding but those of the last `marks` pieces: the base model's are better than few articles teach."""
    free = torch.zeros(len(reader.words.weight), 1, device=reader.words.weight.device)
    free[-marks:] = 1
    reader.words.weight.register_hook(lambda gradient: gradient * free)  # type: ignore[no-untyped-call]


def _groups(reader: CrossEncoder) -> list[dict[str, Any]]:
    trained = [(name, p) for name, p in reader.named_parameters() if p.requires_grad]
    plain = [p for name, p in trained if p.ndim < 2 or name.startswith(("words", "places"))]
    weighted = [p for name, p in trained if p.ndim >= 2 and not name.startswith(("words", "places"))]
    return [{"params": weighted, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]


def _set_rate(optimiser: Any, plan: Plan, step: int) -> None:
    warm = max(1, int(WARM_UP * plan.steps))
    share = min((step + 1) / warm, (plan.steps - step) / (plan.steps - warm + 1))
    for group in optimiser.param_groups:
        group["lr"] = plan.rate * share


def _to(batch: Any, device: Any) -> Any:
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    if batch is None:
        return None
    return tuple(_to(part, device) for part in batch)


def _resumed(checkpoint: Path, reader: CrossEncoder, optimiser: Any) -> int:
    if not checkpoint.exists():
        return 0
    step, state, moments = torch.load(checkpoint, weights_only=True)
    reader.load_state_dict(state)
    optimiser.load_state_dict(moments)
    return int(step)
