"""What makes two questions alike (`index/likeness.py`), learned from the known questions: the linear map.

First a whitening by how questions to one fact differ (language, wording, story: "within-class covariance
normalisation", Hatch, Kajarekar and Stolcke 2006), then gradient descent on what a neighbourhood says of a question
("neighbourhood components analysis", Goldberger et al. 2004): the say of questions with its own fact, or of near-misses
for a near-miss, is to be large. The layers before it are learned next (`reader/layers.py`), by the same measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.asked import NOTHING, Written
from index.embed import Vectors

if TYPE_CHECKING:
    from torch import Tensor

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


@dataclass(frozen=True)
class Map:
    """A linear map of unit vectors, shape (n, dimension), to unit vectors of the same shape."""

    mean: np.ndarray
    matrix: np.ndarray

    def of(self, vectors: Vectors) -> Vectors:
        """Map vectors; the product of two is then how alike they are: 1 the same, about 0 nothing in common."""
        mapped = (vectors - self.mean) @ self.matrix
        return np.asarray(mapped / np.linalg.norm(mapped, axis=1, keepdims=True), dtype=np.float32)


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


def learn(lesson: Lesson, seed: int = 0) -> Map:
    """Learn the map; a minute of two cores for 20,000 questions."""
    import torch

    torch.manual_seed(seed)
    mean = lesson.vectors.mean(axis=0)
    whitening = _whitening(lesson)
    whitened = torch.tensor(Map(mean, whitening).of(lesson.vectors))
    _, classes = np.unique(lesson.facts, return_inverse=True)
    labels, twins, count = torch.tensor(classes), torch.tensor(lesson.twins), len(whitened)
    matrix = torch.eye(whitened.shape[1], requires_grad=True)
    optimizer = torch.optim.Adam([matrix], lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * -(-count // BATCH))
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(count), BATCH):
            others = torch.randperm(count)[:NEIGHBOURHOOD]
            asked, known = (torch.nn.functional.normalize(whitened[rows] @ matrix) for rows in (batch, others))
            loss = loss_of(asked, known, Places(batch, others, labels, twins))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return Map(mean, whitening @ matrix.detach().numpy())


@dataclass(frozen=True)
class Places:
    """Which rows are asked about, among which `others`, and the class and the twin of every row."""

    asked: "Tensor"
    others: "Tensor"
    labels: "Tensor"
    twins: "Tensor"


def loss_of(asked: "Tensor", known: "Tensor", places: Places) -> "Tensor":
    """How little say those of its own class have in the neighbourhood of each, itself and its twin left out."""
    import torch

    rows, others = places.asked[:, None], places.others[None]
    own = (others == rows) | (others == places.twins[rows])
    say = (SHARPNESS * asked @ known.T).masked_fill(own, -torch.inf)
    alike = (places.labels[others] == places.labels[rows]) & ~own
    told = alike.any(dim=1)
    right = say.masked_fill(~alike, -torch.inf)[told].logsumexp(dim=1)
    return (say[told].logsumexp(dim=1) - right).mean()


def _whitening(lesson: Lesson) -> np.ndarray:
    answered = lesson.facts != NOTHING
    vectors, (_, places) = lesson.vectors[answered], np.unique(lesson.facts[answered], return_inverse=True)
    sums = np.zeros((places.max() + 1, vectors.shape[1]))
    np.add.at(sums, places, vectors)
    apart = vectors - (sums / np.bincount(places)[:, None])[places]
    variances, directions = np.linalg.eigh(apart.T @ apart / len(apart))
    return np.asarray(directions @ np.diag((variances + RIDGE * variances.mean()) ** -0.5) @ directions.T)


def told_apart(known: Lesson, asked: Lesson) -> dict[str, float]:
    """Return for questions that were not learned from how often the nearest answered one has the same fact, and the
    area under the curve of the say of what is answered among the ten nearest: questions against near-misses.
    """
    from sklearn.metrics import roc_auc_score

    alike = asked.vectors @ known.vectors.T
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
