"""One browser tab's conversation: its exchanges, what its sources panel shows, and the answer being written."""

import secrets
import unicodedata
from dataclasses import dataclass, field

from assistant.answer import Answer, Citation, Event, Evidence, Token, Turn, Waiting
from assistant.feedback import Feedback
from ui.run import End, Run
from ui.shelf import Shelf
from ui.texts import DEFAULT_LANGUAGE

MAX_QUESTION = 4000
# A session's memory is bounded: older exchanges leave the page and the history.
_MAX_EXCHANGES = 40
_LONGEST_NUMBER = 10  # digits; Python refuses to read a number of thousands
# They reorder the text around them, so that a question could be shown as something else than what is searched.
_BIDIRECTIONAL_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_question(typed: str) -> str:
    """Return the question without control characters, lone surrogates and outer blanks."""
    encodable = typed.encode("utf-8", errors="ignore").decode("utf-8")
    lines = encodable.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in lines if c == "\n" or not _is_control(c)).strip()


def number_sent(text: str) -> int | None:
    """Return the number that a browser sent, None when it is none (it may send anything)."""
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else None


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or character in _BIDIRECTIONAL_CONTROLS


@dataclass
class Exchange:
    """A question and what became of it; it grows while the answer is written."""

    number: int
    question: str
    evidence: Evidence | None = None
    before: int = 0  # questions that are read, or answered by the language model, first
    written: str = ""
    answer: Answer | None = None
    end: End | None = None
    failure: str | None = None
    suggestions: tuple[str, ...] = ()  # what can be asked next
    index_version: str = ""  # what it was answered from; known where the answer can be judged
    feedback: Feedback | None = None  # what its reader had stored of it

    @property
    def settled(self) -> bool:
        """Whether nothing more will come."""
        return self.answer is not None or self.end is not None or self.failure is not None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the answer cites; where it cites nothing, or is not there, the passages found (same numbers)."""
        if self.cites:
            assert self.answer is not None
            return self.answer.citations
        return self.found

    @property
    def found(self) -> tuple[Citation, ...]:
        """The passages found for the question."""
        return self.evidence.citations if self.evidence is not None else ()

    @property
    def language(self) -> str | None:
        """The language that is answered in, as far as it is known."""
        known = self.answer or self.evidence
        return known.language if known is not None else None

    @property
    def cites(self) -> bool:
        """Whether there is an answer that rests on sources."""
        return self.answer is not None and bool(self.answer.citations)

    @property
    def question_used(self) -> str:
        """The stand-alone question that was searched, as far as it is known."""
        known = self.answer or self.evidence
        return known.question_used if known is not None else self.question

    def take(self, event: Event | End) -> None:
        """Note the next thing that happened."""
        match event:
            case Evidence():
                self.evidence, self.before = event, 0
            case Waiting():
                self.before = event.before
            case Token():
                self.written += event.text
            case Answer():
                self.answer = event
            case End():
                self.end = event


@dataclass(frozen=True)
class Place:
    """Where the reader went: a section of a document (numbered as `corpus.sections` does), or its beginning."""

    document: str
    language: str
    section: int | None = None


@dataclass(frozen=True)
class View:
    """What the sources panel shows: the sources of an exchange, or (without one) the documents.

    With a citation or a place it is the document that was opened from there: at the quote, or where the reader went on
    to. `asked` is the action that led here; by it the browser knows that what it asked for has come. With `judging` the
    form that judges an answer stands over it.
    """

    exchange: int | None = None
    citation: Citation | None = None
    place: Place | None = None
    asked: str = ""
    judging: bool = False


@dataclass(frozen=True)
class Search:
    """What the reader sought in the documents, and the passages found."""

    text: str
    passages: tuple[Citation, ...]
    failed: bool = False


@dataclass(frozen=True)
class Draft:
    """What would be stored of an exchange, and is not."""

    exchange: int
    feedback: Feedback


@dataclass
class Conversation:
    """The state of one tab. Kept on the server; the browser only ever names an exchange and a number in it."""

    language: str = DEFAULT_LANGUAGE
    exchanges: list[Exchange] = field(default_factory=list)
    view: View | None = None
    draft: Draft | None = None
    form_shown: bool = False  # the form that judges an answer, by what was drawn last
    search: Search | None = None
    run: Run | None = None
    begun: int = 0
    shelf: Shelf = field(default_factory=Shelf)
    kept_as: str = ""  # its id in the reader's browser; none while it is not kept
    on_shelf: bool = False  # the browser has said that it keeps it
    let_go: bool = False  # the reader deleted it there: it is not kept again

    def begin(self, question: str) -> Exchange:
        """Add an exchange for `question`, and show its sources."""
        self.begun += 1
        exchange = Exchange(self.begun, question)
        self.exchanges = [*self.exchanges[1 - _MAX_EXCHANGES :], exchange]
        self.view = View(exchange.number, asked=f"sources:{exchange.number}")
        return exchange

    def clear(self) -> None:
        """Forget everything but the interface language, and stop what is being written."""
        if self.run is not None:
            self.run.stop()
        self.exchanges, self.view, self.search, self.draft, self.run = [], None, None, None, None
        self.kept_as, self.on_shelf, self.let_go = "", False, False

    def reopen(self, exchanges: list[Exchange], kept_as: str) -> None:
        """Go on with a conversation that the reader's browser has kept."""
        self.clear()
        self.exchanges, self.kept_as, self.on_shelf = exchanges, kept_as, True
        self.begun = exchanges[-1].number
        self.view = View(self.begun)

    def put(self, shelf: Shelf) -> None:
        """Note what the browser keeps. A conversation that was there and is gone was deleted by the reader."""
        there = shelf.holds(self.kept_as)
        self.let_go = self.let_go or (self.on_shelf and not there)
        self.shelf, self.on_shelf = shelf, there

    def name(self) -> None:
        """Give the conversation an id to be kept under, if it is to be kept and has none."""
        if self.shelf.on and self.exchanges and not self.kept_as:
            self.kept_as = secrets.token_hex(8)

    def exchange_sent(self, number: str) -> Exchange | None:
        """Return the exchange that a browser names, if it is still here."""
        wanted = number_sent(number)
        return None if wanted is None else self.exchange(wanted)

    def exchange(self, number: int) -> Exchange | None:
        """Return the exchange of that number, if it is still here."""
        return next((exchange for exchange in self.exchanges if exchange.number == number), None)

    def history(self) -> tuple[Turn, ...]:
        """Return the answered exchanges as turns, oldest first."""
        answered = [(exchange.question, exchange.answer) for exchange in self.exchanges if exchange.answer is not None]
        return tuple(
            turn for question, answer in answered for turn in (Turn("user", question), Turn("assistant", answer.answer))
        )
