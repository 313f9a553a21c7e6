"""What a change does to retrieval: the same questions asked of the index before and after it, side by side."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Answer, Citation, Evidence, Status
from assistant.assistant import Assistant
from assistant.demand import entries, is_disliked, is_unanswered
from corpus.aids import Aids
from corpus.errors import ProjectError, UsageError
from corpus.load import load_documents
from index.build import build_index
from index.directory import copy_live, require_live_build
from index.records import Records
from index.report import Changes
from ui.operator.state import COMPARED, Operated

MOST_QUESTIONS = 20
_SHOWN = 3  # quotes of each side
_ENDED = {
    Status.ANSWERED: "Answered with:",
    Status.PARTIAL: "Answered in part with:",
    Status.NOT_IN_CORPUS: "Not answered. Nearest:",
}


@dataclass(frozen=True)
class Hit:
    """A quote, and whether its document is one of those that change."""

    document: str
    title: str
    section: str
    quote: str
    changed: bool


@dataclass(frozen=True)
class Side:
    """What one index has for a question, best first; `said` is how the question ended."""

    said: str
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class Compared:
    """One question before and after."""

    question: str
    before: Side
    after: Side

    @property
    def differs(self) -> bool:
        """Whether the change makes a difference to it."""
        return self.before.said != self.after.said or _quotes(self.before) != _quotes(self.after)


@dataclass(frozen=True)
class Preview:
    """Passages by their texts, documents by their ids; `others` when more documents differ than the change names."""

    added: int
    removed: int
    unchanged: int
    documents: Changes
    others: bool
    compared: tuple[Compared, ...]


def build_preview(
    operated: Operated,
    folder: Path,
    root: Path,
    keys: Sequence[str],
    questions: Sequence[str],
    say: Callable[[str], None],
) -> Preview:
    """Update a copy of the index below `root` from the changed documents in `folder`, and ask both the questions.

    Raises `ProjectError` when there is no index to compare with, or the copy cannot be built; `OSError` without room.
    """
    index = root / "index"
    index.mkdir()
    copy_live(operated.settings.index, index)
    texts_before = _fingerprints(index)
    before = _ask(operated, index, questions, keys, lambda done: say(f"The index as it is: {done}"))
    say("A copy of the index is updated …")
    done = build_index(
        load_documents(folder),
        index,
        operated.served.embedder,
        lambda line: say(f"Copy: {line}"),
        Aids.beside(folder),
    )
    texts_after = _fingerprints(index)
    after = _ask(operated, index, questions, keys, lambda done: say(f"The index with the change: {done}"))
    differing = done.documents.added + done.documents.changed + done.documents.removed
    return Preview(
        added=(texts_after - texts_before).total(),
        removed=(texts_before - texts_after).total(),
        unchanged=(texts_before & texts_after).total(),
        documents=done.documents,
        others=differing > len(keys),
        compared=tuple(map(Compared, questions, before, after)),
    )


def questions_of(operated: Operated, own: Sequence[str]) -> tuple[str, ...]:
    """Return the editor's own questions, then those that readers missed an answer to, at most `MOST_QUESTIONS`."""
    try:
        items = operated.store.all()
        embedder = operated.served.embedder
        missed = [
            entry.question
            for wanted in (is_unanswered, is_disliked)
            for entry in entries([item for item in items if wanted(item)], embedder, COMPARED)
        ]
    except ProjectError:  # the page of the feedback says why; a preview can do without
        missed = []
    return tuple(dict.fromkeys([*own, *missed]))[:MOST_QUESTIONS]


def _fingerprints(index: Path) -> Counter[str]:
    records = Records(require_live_build(index) / "records.sqlite")
    try:
        return records.fingerprints()
    finally:
        records.close()


def _ask(
    operated: Operated, index: Path, questions: Sequence[str], keys: Sequence[str], say: Callable[[str], None]
) -> list[Side]:
    sides = []
    with operated.served.beside(index) as assistant:
        for number, question in enumerate(questions, 1):
            say(f"question {number} of {len(questions)}")
            sides.append(_side(assistant, question, keys))
    return sides


def _side(assistant: Assistant, question: str, keys: Sequence[str]) -> Side:
    """Without a model: what is quoted, and whether the reader alone finds that it answers."""
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    try:
        for event in assistant.stream(question):
            if isinstance(event, Evidence):
                citations = event.citations[:_SHOWN]
            elif isinstance(event, Answer):
                answer = event
    except UsageError as error:
        return Side(str(error))
    hits = tuple(
        Hit(f"{c.language}/{c.document}", c.title, c.section, c.quote, _is_of(keys, c.language, c.document))
        for c in citations
    )
    return Side(_ENDED.get(answer.status, answer.answer) if answer else "", hits)


def _is_of(keys: Sequence[str], language: str, document: str) -> bool:
    """Whether a document is one of those; a dropped file has its language from its text, and none in its key."""
    return f"{language}/{document}" in keys or f"file/{document}" in keys


def _quotes(side: Side) -> list[tuple[str, str]]:
    return [(hit.document, hit.quote) for hit in side.hits]
