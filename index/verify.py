"""Before a build goes live: is all of it there, unchanged, and found?

Chroma counts vectors that its graphs do not reach, so a count proves nothing. All is read back the way it will be
served and held against what was stored: texts against their fingerprints, every vector in Chroma against the flat file,
and what Chroma finds against exact search in that file, streamed so that memory does not grow with the corpus.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from langchain_core.utils.iter import batch_iterate

from corpus.errors import IndexUnusable
from index.embed import Vectors
from index.manifest import Landmark, chunk_fingerprint
from index.names import collection
from index.parts import Parts

RECALL = 0.99
_SAMPLE = 200  # passages a language that are searched for
_KEPT = 10  # of them, those that are looked for again at each start
_NEIGHBOURS = 10
_EQUAL = 1 - 1e-5  # a passage whose furthest neighbour is as near is one of many equal ones
_EXACT = 1e-5  # of a component
_BATCH = 1000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verified:
    """What verification found: recall in each language, and passages to look for at each start."""

    recall: dict[str, float]
    landmarks: tuple[Landmark, ...]


def verify(build: Path, dimension: int, languages: dict[str, int], sentences: int, questions: int) -> Verified:
    """Verify a finished build of so many passages in each language, sentences and known questions.

    Raises `IndexUnusable` naming the first flaw.
    """
    with closing(Parts.of(build, dimension)) as parts:
        flaw = parts.flaw(languages, sentences, questions) or _unlike(parts) or _strayed(parts, languages)
        if flaw:
            raise _not_whole(flaw)
        landmarks = [landmark for code, count in languages.items() for landmark in _landmarks(parts, code, count)]
        return _searched(parts, landmarks)


def _not_whole(flaw: str) -> IndexUnusable:
    return IndexUnusable(f"The new index is not whole: {flaw}; the old one stays in use. Rerun.")


def _unlike(parts: Parts) -> str | None:
    """Name a passage whose text is not the one that was embedded."""
    for place, passage in enumerate(parts.records.all_passages()):
        if passage.number != place or chunk_fingerprint(passage.chunk) != passage.fingerprint:
            return f"the text of passage {place} is not the one that was embedded"
    return None


def _strayed(parts: Parts, languages: dict[str, int]) -> str | None:
    """Name a passage whose vector Chroma does not hold as it was stored; counts are equal, so none is too many."""
    for language in languages:
        for numbers in batch_iterate(_BATCH, parts.records.numbers(language)):
            held = parts.store.vectors(collection(language), [str(number) for number in numbers])
            missing = [number for number in numbers if str(number) not in held]
            if missing:
                return f"the vector of passage {missing[0]} is missing"
            stored = np.concatenate([parts.passages.read(number) for number in numbers])
            apart = np.abs(stored - np.stack([held[str(number)] for number in numbers])).max(axis=1)
            if not apart.max() <= _EXACT:  # nor when it is not a number
                return f"the vector of passage {numbers[int(apart.argmax())]} is not as it was stored"
    return None


def _searched(parts: Parts, landmarks: list[Landmark]) -> Verified:
    recall, kept = {}, []
    for code, group in groupby(landmarks, lambda landmark: landmark.language):
        ours = list(group)
        found = [parts.found(landmark) / landmark.neighbours for landmark in ours]
        recall[code] = round(float(np.mean(found)), 4)
        if recall[code] < RECALL:
            _refuse_unless_crowded(code, recall[code], ours)
        sound = [landmark for landmark, share in zip(ours, found, strict=True) if share == 1.0]
        kept += sound[:: -(-len(sound) // _KEPT) or 1]
    return Verified(recall, tuple(kept))


def _refuse_unless_crowded(code: str, recall: float, landmarks: list[Landmark]) -> None:
    """Raise `IndexUnusable`, but for a language with hundreds of equal passages: in a graph they have no way out."""
    what = f"only {recall:.1%} of the nearest passages are found ({code})"
    if all(landmark.cosine < _EQUAL for landmark in landmarks):
        raise _not_whole(what)
    log.warning("Of many equal passages in the corpus, and those near them, %s.", what)


def _landmarks(parts: Parts, language: str, count: int) -> list[Landmark]:
    """Take passages from all over a language; exact search says how near their neighbours are."""
    numbers = np.fromiter(parts.records.numbers(language), dtype=np.int64, count=count)
    sample = numbers[:: -(-count // _SAMPLE)]
    queries = np.concatenate([parts.passages.read(int(number)) for number in sample])
    neighbours = min(_NEIGHBOURS, count)
    nearest = np.full((len(sample), neighbours), -1.0, dtype=np.float32)
    for rows in _rows(parts, numbers):
        both = np.concatenate([nearest, queries @ rows.T], axis=1)
        nearest = np.partition(both, -neighbours, axis=1)[:, -neighbours:]
    furthest = nearest.min(axis=1)
    return [Landmark(language, int(n), neighbours, float(cosine)) for n, cosine in zip(sample, furthest, strict=True)]


def _rows(parts: Parts, numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Iterator[Vectors]:
    """Yield the rows of these passages, blockwise."""
    for start, rows in parts.passages.blocks():
        first, last = np.searchsorted(numbers, [start, start + len(rows)])
        if first < last:
            yield rows[numbers[first:last] - start]
