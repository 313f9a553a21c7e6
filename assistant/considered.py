"""What is judged: a question, and the quotes that may answer it."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence import Quote
from index.known import Nearness


@dataclass(frozen=True)
class Considered:
    """A question, its language, the question as it is searched, the quotes that may answer it, best first, how near
    known questions are, and whether it `follows` others that complete it."""

    question: str
    language: str
    standalone: str
    quotes: Sequence[Quote]
    near: Nearness | None = None
    follows: bool = False
