"""Step 3, between finding and quoting: the reader reads what was found, one question at a time, on all cores.

Who comes while another waits is answered unread, at once: docs/decisions/reader.md.
"""

from collections.abc import Generator

from assistant.answer import Waiting
from assistant.condense import Standalone
from assistant.coverage import set_apart
from assistant.evidence import prefer_kind
from assistant.question import Question
from assistant.turns import Turns
from index.reader import Reader
from index.reread import IN_PASSING, Depth, reread
from index.retrieve import Found, Retriever, ScoredSentence

BEAT = 3.0  # seconds after which a question that waits to be read hears of its place: the page is drawn for it
WAITING = 1  # so many wait behind the one that is read; who comes then is not read

Sentences = list[ScoredSentence]


def in_order(
    asked: Question, found: Found, retriever: Retriever, reader: Reader | None, line: Turns, deepest: Depth
) -> Generator[Waiting, None, list[Sentences]]:
    """Return what is evidence for the whole question and then for each of its parts, best first; yield places in line.

    Without a reader nothing waits, and what was found stays in the order it was found in; so it does where too many
    wait, and the question notes it.
    """
    asked.unread = reader is not None and line.waiting >= WAITING
    if reader is None or asked.unread:
        return [_evidence(asked, asked.condensed, found, retriever)]
    with line.turn() as places:
        yield from map(Waiting, places)
        depths = [deepest, *[IN_PASSING] * len(asked.parts)]  # of a part one is quoted
        return [
            _evidence(asked, part, reread(reader, part.text, found, depth), retriever)
            for part, depth in zip([asked.condensed, *asked.parts], depths, strict=True)
        ]


def _evidence(asked: Question, part: Standalone, found: Found, retriever: Retriever) -> Sentences:
    preferred = prefer_kind(found.sentences, part.question, asked.language)
    evidence, missing = set_apart(preferred, retriever)
    asked.not_covered = asked.not_covered or missing
    return evidence
