"""What can be asked next: of sections near the quotes, each answered beforehand, so that none leads to nothing.

Sections that stand near a quote, or that the search found and the answer did not cite, are asked about: by their
heading if it is a question, else by one that is known to be answered there. They are asked of the quotes alone; what is
answered from its own section is suggested.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, takewhile, zip_longest
from typing import Protocol

from assistant.answer import Answer, Citation, Retrieved, Status, Turn
from assistant.texts import say
from corpus.document import Document
from corpus.sections import Section, sections

MOST = 3
_TRIED = 4  # each is found and read in passing: about 0.1 s of a core
_LOOKED_AT = 12  # candidates among which real questions go first
_LONGEST = 120  # characters of a heading


class Quoting(Protocol):
    """Answers from quotes alone, and has the documents."""

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the answer, made without a language model."""

    def document(self, document_id: str, language: str) -> Document:
        """Return a document of the corpus."""

    def question_about(self, fact: str, language: str) -> str | None:
        """Return a question that a fact is known to answer."""


@dataclass(frozen=True)
class _Candidate:
    """A section, and a question that it should answer; `plain` ones only name its heading."""

    question: str
    document: str
    section: Section
    plain: bool

    def holds(self, citation: Citation) -> bool:
        return citation.document == self.document and self.section.start <= citation.start < self.section.end


def suggestions(
    answer: Answer, history: Sequence[Turn], quoting: Quoting, go_on: Callable[[], bool] = lambda: True
) -> tuple[str, ...]:
    """Return up to three questions to ask after `answer`, which ends `history`; none where it cites nothing.

    Each of them, asked now, is answered by a passage that `answer` does not quote. Before each is tried, `go_on` says
    whether there is still time.
    """
    asked = {turn.content.casefold() for turn in history if turn.role == "user"}
    new = (c for c in _candidates(answer, quoting) if c.question.casefold() not in asked)
    ordered = sorted(islice(new, _LOOKED_AT), key=lambda c: c.plain)
    tried = takewhile(lambda _: go_on(), ordered[:_TRIED])
    kept = (c.question for c in tried if _is_answered(c, answer, history, quoting))
    return tuple(islice(kept, MOST))


def _is_answered(candidate: _Candidate, answer: Answer, history: Sequence[Turn], quoting: Quoting) -> bool:
    found = quoting.answer(candidate.question, history)
    return found.status == Status.ANSWERED and found.language == answer.language and candidate.holds(found.citations[0])


def _candidates(answer: Answer, quoting: Quoting) -> Iterator[_Candidate]:
    """Sections without a quote, each once: by turns one near a quote, and one the search found elsewhere."""
    near = chain.from_iterable(_near(citation, answer, quoting) for citation in answer.citations)
    found = (_found(passage, answer, quoting) for passage in answer.retrieved if answer.citations)
    known: set[tuple[str, int]] = set()
    for candidate in chain.from_iterable(zip_longest(near, filter(None, found))):
        if candidate and (candidate.document, candidate.section.start) not in known:
            known.add((candidate.document, candidate.section.start))
            if not any(candidate.holds(citation) for citation in answer.citations):
                yield candidate


def _near(citation: Citation, answer: Answer, quoting: Quoting) -> Iterator[_Candidate]:
    """The sections around a quote, the nearest first and of two the following one."""
    if citation.language != answer.language:
        return
    document = quoting.document(citation.document, citation.language)
    there = list(sections(document.text))
    here = next(n for n, section in enumerate(there) if section.start <= citation.start < section.end)
    for n in sorted(range(len(there)), key=lambda n: (abs(n - here), n < here)):
        if candidate := _candidate(document, there[n], quoting):
            yield candidate


def _found(passage: Retrieved, answer: Answer, quoting: Quoting) -> _Candidate | None:
    language, _, place = passage.chunk.partition("/")
    if language != answer.language:
        return None
    start = int(place.rpartition(":")[2].partition("-")[0])
    document = quoting.document(passage.document, language)
    section = next(section for section in sections(document.text) if section.start <= start < section.end)
    return _candidate(document, section, quoting)


def _candidate(document: Document, section: Section, quoting: Quoting) -> _Candidate | None:
    """A question about a section; nothing for the title of a document, for what is long or of a time that is over."""
    name = section.name
    if section.level < 2 or len(name) > _LONGEST or name.endswith(")"):
        return None
    facts = (reference.fact for reference in document.references if section.start <= reference.at < section.end)
    known = (quoting.question_about(fact, document.language) for fact in facts)
    question = name if name.endswith("?") else next(filter(None, known), None)
    plain = say(document.language, "suggest", heading=name)
    return _Candidate(question or plain, document.id, section, plain=question is None)
