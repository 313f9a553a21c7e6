"""A question and sentences as token ids: `<s> question </s> heading [S] sentence [S] sentence … </s>`.

Each `[S]` marks a sentence that is scored; a heading, and text around a lone sentence, stand without a mark, `[E]` ends
the sentence then. `[C]` in front of the question makes it a claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

QUESTION, HEADING, SENTENCE, BEFORE, AFTER, QUOTE = 40, 20, 112, 24, 12, 256  # most tokens of each
WINDOW = 352


@dataclass(frozen=True)
class Window:
    """Token ids, and the positions of the marks of the sentences to score, `first` the number of the first one."""

    ids: tuple[int, ...]
    marks: tuple[int, ...]
    first: int = 0


@dataclass(frozen=True)
class Marks:
    """Ids of the special pieces."""

    begin: int
    end: int
    sentence: int
    closed: int
    claim: int


def marks_of(tokenizer: Any) -> Marks:
    """Return the ids of the special pieces of a trimmed tokenizer."""
    return Marks(*(tokenizer.token_to_id(piece) for piece in ("<s>", "</s>", "[S]", "[E]", "[C]")))


def whole(
    question: Sequence[int], sentences: Sequence[Sequence[int]], marks: Marks, heading: Sequence[int] = ()
) -> list[Window]:
    """Return the passage in as few windows as hold it, every sentence marked, each behind the heading."""
    head = [*_head(question, marks), *heading[:HEADING]]
    windows: list[Window] = []
    ids, places, first = list(head), list[int](), 0
    for number, sentence in enumerate(sentences):
        piece = [marks.sentence, *sentence[:SENTENCE]]
        if places and len(ids) + len(piece) + 1 > WINDOW:
            windows.append(Window((*ids, marks.end), tuple(places), first))
            ids, places, first = list(head), [], number
        places.append(len(ids))
        ids += piece
    return [*windows, Window((*ids, marks.end), tuple(places), first)]


def lone(
    question: Sequence[int], sentences: Sequence[Sequence[int]], number: int, marks: Marks, around: bool = True
) -> Window:
    """Return one sentence of a passage, marked, with the end of the one before and the start of the one after."""
    head = _head(question, marks)
    before = sentences[number - 1][-BEFORE:] if around and number else []
    after = sentences[number + 1][:AFTER] if around and number + 1 < len(sentences) else []
    ids = [*head, *before, marks.sentence, *sentences[number][:SENTENCE], marks.closed, *after, marks.end]
    return Window(tuple(ids), (len(head) + len(before),), number)


def claim(text: Sequence[int], quote: Sequence[int], marks: Marks) -> Window:
    """Return a claim and the quote that may support it, marked as one."""
    head = [marks.begin, marks.claim, *text[:SENTENCE], marks.end]
    return Window((*head, marks.sentence, *quote[:QUOTE], marks.end), (len(head),))


def _head(question: Sequence[int], marks: Marks) -> list[int]:
    return [marks.begin, *question[:QUESTION], marks.end]
