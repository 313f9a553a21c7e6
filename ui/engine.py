"""What the page needs of the assistant; tests put their own in its place."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from assistant.answer import Answer, Citation, Event, Turn
from corpus.document import Document, Entry


class Engine(Protocol):
    """Answers questions, and knows the documents that answers rest on."""

    def stream(self, question: str, history: Sequence[Turn] = (), language: str | None = None) -> Iterator[Event]:
        """Yield the evidence, then verified pieces of the answer, then the whole answer."""

    def suggestions(self, answer: Answer, history: Sequence[Turn], go_on: Callable[[], bool]) -> Sequence[str]:
        """Return questions to ask after `answer`, which ends `history`: those that the documents answer.

        It looks for more only while `go_on` says so.
        """

    def document(self, document_id: str, language: str) -> Document:
        """Return a document, or raise `KeyError` or `ProjectError` when there is none."""

    def documents(self) -> Sequence[Entry]:
        """Return what there is to read, each document once for every language it is there in."""

    @property
    def index_version(self) -> str:
        """What is answered from."""

    def search(self, text: str, language: str) -> Sequence[Citation]:
        """Return passages, best first, without answering; `language` decides where the text does not tell its own."""
