"""Parts that stand in for the two models, and small values made of few words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from langchain_core.messages import BaseMessage

from assistant.assistant import Assistant
from assistant.evidence import Quote, collect
from assistant.verify import Verifier
from corpus.document import Document
from corpus.split import split_document
from index.build import build_index
from index.retrieve import Retriever, ScoredSentence
from tests.fakes import FakeEmbedder

TODAY = date(2026, 1, 31)
SURE, UNSURE = 10.0, -10.0  # gaps that no threshold is near


class NearEmbedder(FakeEmbedder):
    """Texts that share words are near, as with the shared fake, but none much further apart than `floor` says.

    The thresholds were found on the real model, whose cosines are all high; a high floor keeps them out of a test.
    """

    def __init__(self, floor: float = 0.95) -> None:
        super().__init__("near@1")
        self.dimension += 1
        self._common, self._own = np.sqrt(floor), np.sqrt(1 - floor)

    def _vector(self, text: str) -> np.ndarray:
        return np.concatenate([[self._common], self._own * super()._vector(text)]).astype(np.float32)


@dataclass
class FakeGenerator:
    """Votes and writes what a test tells it to; an exception among the pieces is raised there."""

    pieces: Iterable[str | Exception] = ()
    gap: float | Exception | None = SURE
    name: str = "fake-model"
    writes_well: bool = True
    trained: bool = False
    asked: list[Sequence[BaseMessage]] = field(default_factory=list)
    closed: bool = False

    def yes_no_gap(self, messages: Sequence[BaseMessage]) -> float | None:
        self.asked.append(messages)
        if isinstance(self.gap, Exception):
            raise self.gap
        return self.gap

    def stream(self, messages: Sequence[BaseMessage]) -> Iterator[str]:
        self.asked.append(messages)
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed = True


HUB = Document(
    "hub",
    "en",
    "The Mechatronics Hub",
    "# The Mechatronics Hub\n\n"
    "The Mechatronics Hub in Rovereto is run by Trentino Sviluppo. It hosts 30 companies on 12.000 square metres.\n\n"
    "## ProM Facility\n\n"
    "ProM Facility is a laboratory with equipment worth over 6 million euro. It is not open on Sundays.\n",
    status="current",
    as_of="2025-11",
    url="https://example.org/hub",
)
VINES = Document(
    "vines",
    "en",
    "Wine growing",
    "# Wine growing\n\nTrento wine is grown on 10,000 hectares by\nseveral thousand families. "
    "Grapes are picked in September.\n",
    status="historic",
    as_of="2019",
    valid_until="2020-12-31",
)
LAKES = Document(
    "laghi",
    "it",
    "I laghi",
    "# I laghi\n\nIl lago di Garda è lungo 52 chilometri. La pesca richiede una licenza provinciale.\n",
    as_of="2024",
)
DOCUMENTS = [HUB, VINES, LAKES]


def retriever(folder: Path, documents: Sequence[Document] = DOCUMENTS, floor: float = 0.95) -> Retriever:
    """A real index of `documents` in `folder`, opened."""
    embedder = NearEmbedder(floor)
    build_index(documents, folder, embedder, lambda line: None)
    return Retriever(folder, embedder)


def assistant(found: Retriever, generator: FakeGenerator | None = None, **options: object) -> Assistant:
    return Assistant(found, Verifier(NearEmbedder()), generator, **{"today": lambda: TODAY, **options})


class OneDocument:
    """What `collect` needs of a retriever."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def document(self, document_id: str, language: str) -> Document:
        assert (document_id, language) == (self._document.id, self._document.language)
        return self._document


def sentences(document: Document) -> list[ScoredSentence]:
    """All sentences of a document, in its order, each scored a little lower than the one before."""
    found = [(chunk, span) for chunk in split_document(document) for span in chunk.sentences]
    return [ScoredSentence(c, s, 2.0 - 0.001 * n, 0.9, 0.0) for n, (c, s) in enumerate(found)]


def quotes(*texts: str, language: str = "en", title: str = "Hub") -> list[Quote]:
    """Quotes 1, 2, ... that hold just these texts, one document each."""
    made = []
    for n, text in enumerate(texts, 1):
        document = Document(f"d{n}", language, title, text, as_of="2025")
        (chunk,) = split_document(document)
        whole = ScoredSentence(chunk, chunk.sentences[0], 2.0 - 0.01 * n, 0.9, 0.0)
        (quote,) = collect([whole], OneDocument(document))
        changed = {**vars(quote.citation), "n": n, "quote": text, "start": 0, "end": len(text)}
        made.append(Quote(type(quote.citation)(**changed), whole))
    return made
