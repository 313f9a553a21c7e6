"""What the assistant says: the answer object of the contract and the events that lead to it."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

Role = Literal["user", "assistant"]


class Status(StrEnum):
    """How a question ended. Only `answered` and `partial` carry citations."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_IN_CORPUS = "not_in_corpus"
    OUT_OF_SCOPE = "out_of_scope"
    REFUSED = "refused"
    CLARIFY = "clarify"
    UNAVAILABLE = "unavailable"


class NoticeKind(StrEnum):
    """What a reader must know about an answer before relying on it."""

    STALE = "stale"
    HISTORIC = "historic"
    CONFLICT = "conflict"
    UNVERIFIED = "unverified"
    TRANSLATED = "translated"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Turn:
    """One message of the conversation so far."""

    role: Role
    content: str


@dataclass(frozen=True)
class Citation:
    """A verbatim quote and its place: `quote == document.text[start:end]`, always.

    Date, source and confidence are those of the statement where it names its facts, else those of the document.
    """

    n: int
    document: str
    language: str
    title: str
    section: str
    quote: str
    start: int
    end: int
    as_of: str
    valid_until: str | None
    status: str
    url: str | None
    publisher: str = ""
    confidence: str = "source"
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """One remark about an answer, in the language of the question."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True)
class Retrieved:
    """A chunk that retrieval ranked, with its fused score (higher is better; comparable within one question)."""

    document: str
    chunk: str
    score: float


@dataclass(frozen=True)
class Timings:
    """Milliseconds since the question arrived; `condense` and `retrieve` are durations."""

    condense: float = 0.0
    retrieve: float = 0.0
    first_evidence: float = 0.0
    first_token: float = 0.0
    total: float = 0.0


@dataclass(frozen=True)
class Evidence:
    """First event: the best sentences, before anything is written about them.

    Where a reader puts them in order anew it comes twice: at once, as they were found and not `read` yet, and read.
    """

    question_used: str
    language: str
    citations: tuple[Citation, ...]
    read: bool = True


@dataclass(frozen=True)
class Waiting:
    """Others are read or written first; so many of them are before this question."""

    before: int


@dataclass(frozen=True)
class Token:
    """A piece of the answer that has been verified and may be shown. Pieces concatenate to `Answer.answer`."""

    text: str


@dataclass(frozen=True)
class Answer:
    """Last event: the whole answer (`to_dict` is the JSON object of the contract)."""

    status: Status
    answer: str
    language: str
    question_used: str
    composer: Literal["extractive", "model"] = "extractive"
    model: str | None = None
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    timings_ms: Timings = field(default_factory=Timings)
    odds: float | None = None  # how sure the judgement was: log-odds beyond its threshold; None where none was weighed

    def __post_init__(self) -> None:
        grounded = self.status in (Status.ANSWERED, Status.PARTIAL)
        if grounded != bool(self.citations):
            raise ValueError(f"an answer with status {self.status} must {'' if grounded else 'not '}carry citations")

    def to_dict(self) -> dict[str, Any]:
        """Return the answer object of the contract, ready for `json.dumps`."""
        return asdict(self)


Event = Evidence | Waiting | Token | Answer
