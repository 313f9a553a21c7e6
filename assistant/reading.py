"""Step 3, between finding and quoting: the reader reads what was found, one question at a time, on all cores.

Where questions come faster than they can be read they are answered unread, at once: docs/decisions/reader.md.
"""

import time
from collections.abc import Callable, Generator, Sequence
from threading import Lock

from assistant.answer import Waiting
from assistant.condense import Standalone
from assistant.coverage import set_apart
from assistant.evidence import prefer_kind
from assistant.question import Question
from assistant.turns import Turns
from index.reader import Reader
from index.reread import FULLY, IN_PASSING, Depth, reread
from index.retrieve import Found, Retriever, ScoredSentence

BEAT = 3.0  # seconds after which a question that waits to be read hears of its place: the page is drawn for it
PAUSE = 1.0  # second without a question that ends a rush

Sentences = list[ScoredSentence]


class Reading:
    """What is read, in which order, and what is not. Safe to use from several threads.

    One question is read and one may wait. A rush begins with the next; those that come are not read until for a second
    none has come.
    """

    def __init__(
        self, reader: Reader | None, depth: Depth = FULLY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.reader = reader
        self.line = Turns(BEAT)
        self._depth = depth
        self._clock = clock
        self._arriving = Lock()
        self._rushed, self._latest = False, 0.0

    def in_order(
        self, asked: Question, found: Sequence[Found], retriever: Retriever
    ) -> Generator[Waiting, None, list[Sentences]]:
        """Return what is evidence for the whole question and then for each of its parts, best first; yield places in
        line. `found` is what each of them finds.

        Without a reader, and in a rush, which the question notes, what was found stays in the order it was found in.
        """
        asked.unread = self.reader is not None and self._comes_in_a_rush()
        questions = [asked.condensed, *asked.parts]
        if self.reader is None or asked.unread:
            return [_evidence(asked, *one, retriever) for one in zip(questions, found, strict=True)]
        with self.line.turn() as places:
            yield from map(Waiting, places)
            depths = [self._depth, *[IN_PASSING] * len(asked.parts)]  # of a part two are quoted at most
            return [
                _evidence(asked, one, reread(self.reader, one.text, its, depth), retriever)
                for one, its, depth in zip(questions, found, depths, strict=True)
            ]

    @property
    def rush(self) -> bool:
        """Whether questions come faster than they can be read."""
        return self._rushed and self._clock() - self._latest < PAUSE

    def _comes_in_a_rush(self) -> bool:
        """Note that a question has come; return whether it is one too many."""
        with self._arriving:
            self._rushed = self.line.waiting > 0 or self.rush
            self._latest = self._clock()
            return self._rushed


def _evidence(asked: Question, one: Standalone, found: Found, retriever: Retriever) -> Sentences:
    preferred = prefer_kind(found.sentences, one.question, asked.language)
    evidence, missing = set_apart(preferred, retriever)
    asked.not_covered = asked.not_covered or missing
    return evidence
