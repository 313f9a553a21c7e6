"""A message on its way through the steps to an answer: taken in here, then what is known of it grows."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answer import Timings, Turn
from assistant.calibration import Judgement
from assistant.condense import Standalone
from assistant.considered import Considered
from assistant.evidence import WHOLE, Quote
from assistant.judge import NO
from assistant.lexicon.routes import small_talk_language
from corpus.errors import UsageError
from corpus.language import LANGUAGES, detect_language
from index.known import Nearness
from index.retrieve import ScoredChunk, ScoredSentence

LONGEST_QUESTION = 4000  # characters


@dataclass
class Question:
    """One question on its way: what is known of it grows from step to step."""

    text: str
    language: str
    started: float
    condensed: Standalone = field(default_factory=lambda: Standalone(""))
    parts: list[Standalone] = field(default_factory=list)  # what is searched, one after the other
    answered: list[bool] = field(default_factory=list)  # which of the parts the documents answer
    quotes: list[Quote] = field(default_factory=list)
    not_covered: ScoredSentence | None = None  # says that the corpus has nothing on what was asked
    chunks: list[ScoredChunk] = field(default_factory=list)
    near: Nearness | None = None  # known questions
    unread: bool = False  # by the reader, for there were too many
    judgement: Judgement = NO
    timings: Timings = field(default_factory=Timings)

    @property
    def standalone(self) -> str:
        """The question as it is searched and shown."""
        return self.condensed.text

    @property
    def compares(self) -> bool:
        """Whether its parts are the sides of one question, and no questions of their own."""
        return any(part.said for part in self.parts)

    @property
    def unanswered(self) -> list[str]:
        """Of a message that asks several things, some of which the documents answer, the others."""
        each = zip(self.parts, self.answered, strict=True)
        missing = [part.said or part.question for part, answered in each if not answered]
        return missing if any(self.answered) else []

    @property
    def quotes_for_parts(self) -> list[Quote]:
        """Of a message that asks several things, the quotes for those that the documents answer."""
        return [quote for quote in self.quotes if quote.answers - {WHOLE}]

    @property
    def considered(self) -> Considered:
        """What is to be judged of it."""
        follows = bool(self.condensed.context)
        return Considered(self.text, self.language, self.standalone, tuple(self.quotes), self.near, follows)

    def elapsed(self) -> float:
        """Milliseconds since the question arrived."""
        return round((time.monotonic() - self.started) * 1000, 1)


def accept(question: str, history: Sequence[Turn], language: str | None) -> Question:
    """Return the question without control characters, in the language given or detected.

    Raises `UsageError` when it is empty or too long, or the language is none of en, it, de.
    """
    # Every other kind of space (a pasted text has no-break ones) becomes a plain one; control characters go.
    text = "".join(c if c.isprintable() or c in "\n\t" else " " * c.isspace() for c in question).strip()
    if not text:
        raise UsageError("The question is empty. Please type one.")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(f"The question is longer than {LONGEST_QUESTION} characters. Please shorten it.")
    if language is not None and language not in LANGUAGES:
        raise UsageError(f"The language {language!r} is none of {', '.join(LANGUAGES)}.")
    spoken = [turn.content for turn in history if turn.role == "user"]
    default = detect_language(spoken[-1]) if spoken else "en"
    # So short that letters tell little: "Chi sei?" looks German to them.
    spoken_in = language or small_talk_language(text, default) or detect_language(text, default)
    return Question(text, spoken_in, time.monotonic())
