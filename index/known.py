"""Known questions: what is known of the questions nearest to one, and what they say for each sentence.

Two questions lie nearer to each other than a question and its answer, and what is asked in vain lies near what others
asked in vain: docs/decisions/questions.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from index.embed import Vectors

if TYPE_CHECKING:
    from index.retrieve import ScoredSentence

FAR = 0.75  # cosine of questions that have nothing in common, as the embedding model gives it
ANSWERS = 0.3  # what a sentence gains by the cosine, beyond `_ALIKE`, of the nearest question that its facts answer
_ALIKE = 0.80
_NEIGHBOURS = 10  # nearest questions that have a say,
_SHARPNESS = 40.0  # each weighing exp(this x its cosine): .02 nearer is more than twice the say


@dataclass(frozen=True)
class Nearness:
    """The cosine of a question with the nearest known one that each fact answers, and the say that each fact, or
    `NOTHING`, has among its neighbours: shares that add up to 1.
    """

    cosines: Mapping[str, float]
    shares: Mapping[str, float]

    def knows(self, facts: Iterable[str]) -> bool:
        """Whether any of these facts is known to answer a question."""
        return any(fact in self.cosines for fact in facts)

    def cosine(self, facts: Iterable[str]) -> float:
        """Of these facts that of the nearest; `FAR` when none is known to answer anything."""
        return max((self.cosines.get(fact, FAR) for fact in facts), default=FAR)

    def share(self, facts: Iterable[str]) -> float:
        """The say of these facts together."""
        return sum(self.shares.get(fact, 0.0) for fact in set(facts))


class KnownQuestions:
    """The vectors of known questions, and the fact that answers each or `NOTHING`."""

    def __init__(self, vectors: Vectors, facts: Sequence[str]) -> None:
        self._vectors, self._of = vectors, facts
        self._facts = sorted(set(facts))
        place = {fact: number for number, fact in enumerate(self._facts)}
        self._places = np.array([place[fact] for fact in facts], dtype=np.int64)

    def near(self, question: Vectors) -> Nearness | None:
        """Compare a question, shape (1, dimension), with all; None when none is known."""
        if not self._facts:
            return None
        cosines = self._vectors @ question[0]
        nearest = np.full(len(self._facts), FAR, dtype=np.float32)
        np.maximum.at(nearest, self._places, cosines)
        return Nearness(dict(zip(self._facts, map(float, nearest), strict=True)), self._shares(cosines))

    def _shares(self, cosines: np.ndarray) -> dict[str, float]:
        neighbours = np.argsort(-cosines, kind="stable")[:_NEIGHBOURS]
        say = np.exp(_SHARPNESS * (cosines[neighbours] - cosines[neighbours[0]]))
        shares: dict[str, float] = defaultdict(float)
        for number, part in zip(neighbours, say / say.sum(), strict=True):
            shares[self._of[number]] += float(part)
        return dict(shares)


def as_asked(sentences: Sequence["ScoredSentence"], near: Nearness | None) -> list["ScoredSentence"]:
    """Return the sentences with what known questions add to the scores of those that answer them."""
    if near is None:
        return list(sentences)
    return [replace(s, score=s.score + ANSWERS * max(0.0, near.cosine(s.facts) - _ALIKE)) for s in sentences]
