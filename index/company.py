"""A sentence is judged by its company: what answers stands where more is said about the matter.

A lone sentence that happens to share the question's words, or a figure of the kind asked for, is near it by chance. And
what several documents tell is best quoted from the one that it belongs to.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.retrieve import ScoredSentence

# Shares of the mean score of the best sentences of its document, and of its passage, that a sentence is given.
# Chosen on eval/cases/corpus.dev.jsonl; see docs/decisions/retrieval.md.
OF_DOCUMENT, OF_PASSAGE = 0.4, 0.2
AWAY = 0.06  # what a sentence loses when all the facts it tells belong to other documents
_BEST_OF_DOCUMENT, _BEST_OF_PASSAGE = 5, 2


def in_company(sentences: Sequence["ScoredSentence"]) -> list["ScoredSentence"]:
    """Return the sentences with what their document, their passage and their place add to their scores."""
    if not sentences:
        return []
    documents = _means(sentences, lambda s: s.chunk.document, _BEST_OF_DOCUMENT)
    passages = _means(sentences, lambda s: s.chunk.id, _BEST_OF_PASSAGE)
    return [
        replace(
            s,
            score=s.score
            + OF_DOCUMENT * documents[s.chunk.document]
            + OF_PASSAGE * passages[s.chunk.id]
            - AWAY * s.is_away,
        )
        for s in sentences
    ]


def _means(
    sentences: Sequence["ScoredSentence"], group: Callable[["ScoredSentence"], str], best: int
) -> dict[str, float]:
    """For each group the mean of its `best` scores; who has fewer is filled up with the lowest score of all."""
    lowest = min(sentence.score for sentence in sentences)
    scores: dict[str, list[float]] = defaultdict(lambda: [lowest] * best)
    for sentence in sentences:
        scores[group(sentence)].append(sentence.score)
    return {name: sum(sorted(values)[-best:]) / best for name, values in scores.items()}
