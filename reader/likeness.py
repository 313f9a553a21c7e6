"""What makes two questions alike (`index/likeness.py`), learned from the known questions.

First a whitening by how questions to one fact differ (language, wording, story: "within-class covariance
normalisation", Hatch, Kajarekar and Stolcke 2006), then gradient descent on what a neighbourhood says of a question
("neighbourhood components analysis", Goldberger et al. 2004): the say of questions with its own fact, or of near-misses
for a near-miss, is to be large.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.asked import NOTHING, Written
from index.embed import Vectors
from index.likeness import MANIFEST, TENSORS, Likeness
from weights.hashing import sha256_of

EPOCHS, BATCH, RATE = 8, 1024, 0.002
NEIGHBOURHOOD = 6000  # questions, drawn anew for each step, among which the neighbours of a batch are
SHARPNESS = 20.0  # as `index/known.py` weighs neighbours
RIDGE = 1.0  # of the mean variance within a fact: what is added to each


@dataclass(frozen=True)
class Lesson:
    """Questions and near-misses: the vector of each, the fact that answers it (or `NOTHING`), and the place of the one
    it was written with, its own if it was written alone."""

    vectors: Vectors
    facts: np.ndarray
    twins: np.ndarray

    def part(self, chosen: np.ndarray) -> "Lesson":
        """Return the chosen ones (a truth value for each), twins included only if both are."""
        place = np.cumsum(chosen) - 1
        twins = np.where(chosen[self.twins], place[self.twins], place)
        return Lesson(self.vectors[chosen], self.facts[chosen], twins[chosen])


def texts_of(lines: Sequence[Written]) -> tuple[list[str], list[str], list[int]]:
    """Return the texts of questions and near-misses, the fact that answers each, and the place of its twin."""
    texts: list[str] = []
    facts: list[str] = []
    twins: list[int] = []
    for line in lines:
        first = len(texts)
        both = [(line.question, line.fact)] * bool(line.question) + [(line.miss, NOTHING)] * bool(line.miss)
        for place, (text, fact) in enumerate(both):
            texts.append(text)
            facts.append(fact)
            twins.append(first + (1 - place if len(both) == 2 else place))
    return texts, facts, twins


def learn(lesson: Lesson, seed: int = 0) -> Likeness:
    """Learn the map; a minute of two cores for 20,000 questions."""
    import torch

    torch.manual_seed(seed)
    mean = lesson.vectors.mean(axis=0)
    whitening = _whitening(lesson)
    whitened = torch.tensor(Likeness(mean, whitening).of(lesson.vectors))
    _, classes = np.unique(lesson.facts, return_inverse=True)
    labels, twins, count = torch.tensor(classes), torch.tensor(lesson.twins), len(whitened)
    matrix = torch.eye(whitened.shape[1], requires_grad=True)
    optimizer = torch.optim.Adam([matrix], lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * -(-count // BATCH))
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(count), BATCH):
            others = torch.randperm(count)[:NEIGHBOURHOOD]
            asked, known = (torch.nn.functional.normalize(whitened[rows] @ matrix) for rows in (batch, others))
            own = (others[None] == batch[:, None]) | (others[None] == twins[batch][:, None])
            say = (SHARPNESS * asked @ known.T).masked_fill(own, -torch.inf)
            alike = (labels[others][None] == labels[batch][:, None]) & ~own
            rows = alike.any(dim=1)
            right = say.masked_fill(~alike, -torch.inf)[rows].logsumexp(dim=1)
            loss = (say[rows].logsumexp(dim=1) - right).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return Likeness(mean, whitening @ matrix.detach().numpy())


def _whitening(lesson: Lesson) -> np.ndarray:
    answered = lesson.facts != NOTHING
    vectors, (_, places) = lesson.vectors[answered], np.unique(lesson.facts[answered], return_inverse=True)
    sums = np.zeros((places.max() + 1, vectors.shape[1]))
    np.add.at(sums, places, vectors)
    apart = vectors - (sums / np.bincount(places)[:, None])[places]
    variances, directions = np.linalg.eigh(apart.T @ apart / len(apart))
    return np.asarray(directions @ np.diag((variances + RIDGE * variances.mean()) ** -0.5) @ directions.T)


def told_apart(likeness: Likeness | None, known: Lesson, asked: Lesson) -> dict[str, float]:
    """Return for questions that were not learned from how often the nearest answered one has the same fact, and the
    area under the curve of the say of what is answered among the ten nearest: questions against near-misses.
    """
    from sklearn.metrics import roc_auc_score

    mapped = [likeness.of(lesson.vectors) if likeness else lesson.vectors for lesson in (known, asked)]
    alike = mapped[1] @ mapped[0].T
    answers, answered = known.facts != NOTHING, asked.facts != NOTHING
    nearest = known.facts[answers][alike[:, answers].argmax(axis=1)]
    ten = np.argpartition(-alike, 10, axis=1)[:, :10]
    say = np.exp(SHARPNESS * np.take_along_axis(alike, ten, axis=1))
    share = (say * answers[ten]).sum(axis=1) / say.sum(axis=1)
    return {
        "questions": int(answered.sum()),
        "same_fact": round(float((nearest == asked.facts)[answered].mean()), 3),
        "area": round(float(roc_auc_score(answered, share)), 3),
    }


def export(likeness: Likeness, embedder: str, folder: Path) -> None:
    """Write what ships: half precision, and which embedding model's vectors it is for."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"mean": likeness.mean, "matrix": likeness.matrix}
    save_file({name: value.astype(np.float16) for name, value in tensors.items()}, folder / TENSORS)
    manifest = {"embedder": embedder, "sha256": sha256_of(folder / TENSORS)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
