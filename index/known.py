"""Known questions: what is known of the questions nearest to one, and what they say for each passage and sentence.

Two questions lie nearer to each other than a question and its answer, and what is asked in vain lies near what others
asked in vain: docs/decisions/questions.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from corpus.asked import NOTHING
from index.embed import Vectors

if TYPE_CHECKING:
    from index.rank import Fit
    from index.retrieve import ScoredSentence

FAR = 0.0  # cosine of questions that have nothing in common
# What a sentence, and the passage it stands in, gain by the cosine, beyond `_ALIKE`, of the nearest question that their
# facts answer, and a passage by the say of those facts.
SENTENCE, PASSAGE, PASSAGE_SAY = 0.3, 0.3, 0.1
_ALIKE = 0.20
_NOMINATING = 10  # facts asked for by the nearest questions whose passages are looked at, whatever else is found
_NEIGHBOURS = 10  # nearest questions that have a say,
_SHARPNESS = 20.0  # each weighing exp(this x its cosine): .04 nearer is more than twice the say


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

    def alike(self, facts: Iterable[str]) -> float:
        """By how much the nearest question that one of these facts answers is nearer than unrelated ones are."""
        return max(0.0, self.cosine(facts) - _ALIKE)

    def nearest(self) -> list[str]:
        """The facts that answer the nearest questions."""
        answered = [fact for fact in self.cosines if fact != NOTHING]
        return sorted(answered, key=lambda fact: -self.cosines[fact])[:_NOMINATING]


class KnownQuestions:
    """The vectors of known questions, the fact that answers each or `NOTHING`, and which passages, by their numbers,
    tell which facts.
    """

    def __init__(self, vectors: Vectors, facts: Sequence[str], told: Iterable[tuple[int, str]] = ()) -> None:
        order = sorted(range(len(facts)), key=lambda number: facts[number])  # those of a fact side by side
        self._vectors, self._of = vectors[order], [facts[number] for number in order]
        self._passages: dict[str, set[int]] = defaultdict(set)
        self._told: dict[int, set[str]] = defaultdict(set)
        for passage, fact in told:
            self._passages[fact].add(passage)
            self._told[passage].add(fact)
        firsts = {fact: number for number, fact in reversed([*enumerate(self._of)])}
        self._facts = sorted(firsts)
        self._firsts = [firsts[fact] for fact in self._facts]

    def near(self, question: Vectors) -> Nearness | None:
        """Compare a question, shape (1, dimension), with all; None when none is known."""
        if not self._facts:
            return None
        cosines = self._vectors @ question[0]
        nearest = np.maximum(np.maximum.reduceat(cosines, self._firsts), FAR)
        return Nearness(dict(zip(self._facts, map(float, nearest), strict=True)), self._shares(cosines))

    def nominated(self, near: Nearness | None) -> set[int]:
        """The numbers of the passages that tell what the nearest known questions ask for."""
        facts = near.nearest() if near else ()
        return {passage for fact in facts for passage in self._passages.get(fact, ())}

    def lifted(self, fits: Sequence["Fit"], near: Nearness | None) -> list["Fit"]:
        """Return passages with what known questions add to the scores of those that answer them, best first."""
        if near is None:
            return list(fits)
        lifted = [replace(held, score=held.score + self._gain(held.passage.number, near)) for held in fits]
        return sorted(lifted, key=lambda held: (-held.score, held.passage.id))

    def _gain(self, passage: int, near: Nearness) -> float:
        facts = self._told.get(passage, ())
        return PASSAGE * near.alike(facts) + PASSAGE_SAY * near.share(facts)

    def _shares(self, cosines: np.ndarray) -> dict[str, float]:
        few = min(_NEIGHBOURS, len(cosines))
        neighbours = np.argpartition(-cosines, few - 1)[:few]
        say = np.exp(_SHARPNESS * (cosines[neighbours] - cosines.max()))
        shares: dict[str, float] = defaultdict(float)
        for number, part in zip(neighbours, say / say.sum(), strict=True):
            shares[self._of[number]] += float(part)
        return dict(shares)


def as_asked(sentences: Sequence["ScoredSentence"], near: Nearness | None) -> list["ScoredSentence"]:
    """Return the sentences with what known questions add to the scores of those that answer them."""
    if near is None:
        return list(sentences)
    return [replace(s, score=s.score + SENTENCE * near.alike(s.facts)) for s in sentences]
