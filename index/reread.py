"""Retrieval's sentences, read: the best passages are read as a whole, and their sentences put in order anew."""

from collections import defaultdict
from dataclasses import dataclass, replace

from index.manifest import heading
from index.reader import Readable, Reader, Reading
from index.retrieve import Found, ScoredSentence


@dataclass(frozen=True, order=True)
class Depth:
    """How much is read: so many sentences with the lower layers (whole passages, the best first), and so many windows
    of them with all layers. The smaller, the less.
    """

    sentences: int
    windows: int


FULLY = Depth(30, 4)
IN_PASSING = Depth(8, 1)  # a fifth of the time: enough to see whether a passage answers, not which of several does best
# What the reader's log-odds count for beside retrieval's score, and where they end to count; docs/decisions/reader.md.
READING = 0.005
_SURE = 6.0


def reread(reader: Reader, question: str, found: Found, depth: Depth = FULLY) -> Found:
    """Return what was found with its sentences in the order that retrieval and reader agree on.

    Sentences of passages that were not read stay behind those that were.
    """
    passages = _read_at_all(found.sentences, depth.sentences)
    texts = [Readable(heading(own[0].chunk), tuple(_line(s) for s in own)) for own in passages]
    beforehand = [[sentence.score / READING for sentence in own] for own in passages]
    readings = reader.read(question, texts, depth.windows, beforehand)
    read = [s for own, reading in zip(passages, readings, strict=True) for s in _scored(own, reading)]
    known = {sentence.chunk.id for sentence in read}
    rest = [sentence for sentence in found.sentences if sentence.chunk.id not in known]
    return replace(found, sentences=[*sorted(read, key=lambda s: (-s.score, s.chunk.id, s.span.start)), *rest])


def _read_at_all(sentences: list[ScoredSentence], most: int) -> list[list[ScoredSentence]]:
    """The sentences of the best passages, passage by passage and in their order."""
    passages: dict[str, list[ScoredSentence]] = defaultdict(list)
    for sentence in sentences:
        passages[sentence.chunk.id].append(sentence)
    chosen: list[list[ScoredSentence]] = []
    for own in passages.values():
        if chosen and sum(map(len, chosen)) + len(own) > most:
            break
        chosen.append(sorted(own, key=lambda sentence: sentence.span.start))
    return chosen


def _line(sentence: ScoredSentence) -> str:
    return " ".join(sentence.text.split())


def _scored(sentences: list[ScoredSentence], reading: Reading) -> list[ScoredSentence]:
    return [
        replace(
            sentence,
            score=sentence.score + READING * max(-_SURE, min(_SURE, float(odds))),
            reading=float(odds),
        )
        for sentence, odds in zip(sentences, reading.scores, strict=True)
    ]
