"""Paragraphs of an English article and of its Italian translation, paired by the names and figures they share.

Both lists are in the order of the article, so the pairs that share most in total are found by dynamic programming.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from reader.articles import TWINS
from reader.data import Passage

_NAME_OR_FIGURE = re.compile(r"\b(?:[A-Z][\w-]{3,}|\d[\d.,]*\d|\d)")
SURE = 0.3  # share of the rarer paragraph's weight that both must hold


def twins(passages: Iterable[Passage]) -> dict[str, Passage]:
    """Return for each paragraph id its paragraph in the other language, where one was found."""
    articles: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in passages:
        articles[passage.language, TWINS.get(passage.article, passage.article)].append(passage)
    found: dict[str, Passage] = {}
    for (language, article), english in articles.items():
        italian = articles.get(("it", article))
        if language == "en" and italian:
            for i, j in _pairs(_similarity(english, italian)):
                found |= {english[i].id: italian[j], italian[j].id: english[i]}
    return found


def _similarity(english: list[Passage], italian: list[Passage]) -> npt.NDArray[np.float64]:
    words = [[_words(passage) for passage in side] for side in (english, italian)]
    spread = Counter(word for side in words for bag in side for word in bag)
    total = len(english) + len(italian)
    weight = {word: math.log(total / count) for word, count in spread.items()}
    return np.array([[_shared(a, b, weight) for b in words[1]] for a in words[0]])


def _shared(first: frozenset[str], second: frozenset[str], weight: dict[str, float]) -> float:
    both = sum(weight[word] for word in first & second)
    least = min(sum(weight[word] for word in bag) for bag in (first, second))
    return both / least if least else 0.0


def _words(passage: Passage) -> frozenset[str]:
    return frozenset(
        word.rstrip(".,").replace(",", ".") for s in passage.sentences for word in _NAME_OR_FIGURE.findall(s)
    )


def _pairs(similarity: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the pairs (i, j), both rising, that share most in total; unsure ones are left out."""
    rows, columns = similarity.shape
    gain = np.where(similarity >= SURE, similarity, 0.0)
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows):
        for j in range(columns):
            best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], best[i, j] + gain[i, j])
    found, i, j = [], rows, columns
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]
