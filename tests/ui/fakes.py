"""An engine that says what a test tells it to, and waits where the test wants it to wait."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Citation, Event, Evidence, Notice, NoticeKind, Status, Token, Turn
from corpus.document import Document, Entry
from corpus.errors import CorpusError

FOUNDERS = (
    "HIT – Hub Innovazione Trentino is a Foundation set up by the University of Trento, FEM (Edmund Mach Foundation), "
    "FBK (Bruno Kessler Foundation), and Trentino Sviluppo."
)
HUB = "The Mechatronics Hub is an innovative centre set up and run by Trentino Sviluppo in Rovereto."
INVESTMENT = "Major public and private investment in R&I is about 335 million euro per year, 1.8% of GDP."
DOCUMENT = Document(
    id="ecosystem",
    language="en",
    title="The Trentino innovation ecosystem",
    text="\n\n".join(
        [
            "# The Trentino innovation ecosystem",
            "The Trentino strategy for territorial development is based on three key factors: research, training and "
            f"innovation. {INVESTMENT}",
            "## Mechatronics",
            f"{HUB} It is focused on industry 4.0 and reflects Trentino's natural inclination towards mechanics. More "
            "than 30 companies are based there.",
            "## Transfer of technology",
            f"{FOUNDERS} HIT Foundation focuses its activities on advanced technology transfer and innovation.",
            "## Background",
            *(
                ["Trentino concentrates its research in four priorities of its Smart Specialisation Strategy. " * 4]
                * 12
            ),
        ]
    ),
    status="historic",
    as_of="2019",
    url="https://www.example.org/innovation",
)


def cite(n: int, quote: str, document: Document = DOCUMENT, section: str = "", **changes: object) -> Citation:
    """A citation of `quote`, which occurs in `document`."""
    start = document.text.index(quote)
    citation = Citation(
        n=n,
        document=document.id,
        language=document.language,
        title=document.title,
        section=section,
        quote=quote,
        start=start,
        end=start + len(quote),
        as_of=document.as_of,
        valid_until=document.valid_until,
        status=document.status,
        url=document.url,
    )
    return replace(citation, **changes)


def answered(text: str, *citations: Citation, question: str = "", **changes: object) -> Answer:
    """An answer that cites `citations`."""
    return replace(Answer(Status.ANSWERED, text, "en", question or "the question", citations=citations), **changes)


@dataclass
class Script:
    """What the engine does for one question, in order; a `threading.Event` among the steps is waited for."""

    steps: list[Event | threading.Event | Exception]


@dataclass
class FakeEngine:
    """Follows the script whose key occurs in the question; asks for clarification otherwise."""

    scripts: dict[str, Script] = field(default_factory=dict)
    documents_held: list[Document] = field(default_factory=lambda: [DOCUMENT])
    asked: list[tuple[str, tuple[Turn, ...], str | None]] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)
    next: tuple[str, ...] = ()
    index_version: str = "2026-11-26T12:00:00+00:00 0123456789ab"
    searched: list[tuple[str, str]] = field(default_factory=list)

    def stream(self, question: str, history: Sequence[Turn] = (), language: str | None = None) -> Iterator[Event]:
        self.asked.append((question, tuple(history), language))
        script = next((script for key, script in self.scripts.items() if key in question), None)
        try:
            for step in script.steps if script else [Answer(Status.CLARIFY, "What do you mean?", "en", question)]:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, threading.Event):
                    step.wait()
                else:
                    yield step
        finally:
            self.closed.set()

    def suggestions(self, answer: Answer, history: Sequence[Turn], go_on: Callable[[], bool]) -> tuple[str, ...]:
        return self.next

    def document(self, document_id: str, language: str) -> Document:
        for document in self.documents_held:
            if (document.id, document.language) == (document_id, language):
                return document
        raise CorpusError(f"There is no document {document_id}.")

    def documents(self) -> Sequence[Entry]:
        return [Entry(d.id, d.language, d.title, d.topics, d.status) for d in self.documents_held]

    def search(self, text: str, language: str) -> Sequence[Citation]:
        """Every paragraph that holds the text, as often as documents have it."""
        self.searched.append((text, language))
        paragraphs = [(p, d) for d in self.documents_held for p in d.text.split("\n\n") if text in p]
        return [cite(n, paragraph, document) for n, (paragraph, document) in enumerate(paragraphs, 1)]


def founders_script(question: str, *pauses: threading.Event) -> Script:
    """Evidence, a first sentence, then (after the pauses) the whole answer about HIT."""
    first, second = cite(1, FOUNDERS, section="Transfer of technology"), cite(2, HUB, section="Mechatronics")
    sentences = (
        "HIT was set up by the University of Trento, FEM, FBK and Trentino Sviluppo. [1]",
        " Trentino Sviluppo also runs the Mechatronics Hub in Rovereto. [2]",
    )
    return Script(
        [
            Evidence(question, "en", (first, second)),
            Token(sentences[0]),
            *pauses,
            Token(sentences[1]),
            answered(
                "".join(sentences),
                first,
                second,
                question=question,
                notices=(Notice(NoticeKind.HISTORIC, "The source describes the situation of 2019."),),
            ),
        ]
    )


def investment_script(question: str) -> Script:
    """The whole answer about investment at once."""
    source = cite(1, INVESTMENT)
    text = "About 335 million euro a year are invested in R&I. [1]"
    return Script(
        [Evidence(question, "en", (source,)), Token(text), answered(text, source, question=question, composer="model")]
    )
