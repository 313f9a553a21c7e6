"""What goes to every system and comes back: documents as text files, questions and answers as JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assistant.answer import Status, Turn
from corpus.document import Document
from eval.cases import Case
from eval.cases import Turn as CaseTurn


@dataclass(frozen=True)
class Asked:
    """One turn of a case. What the assistant said before is taken to be the reference answer, for every system."""

    case: Case
    number: int
    turn: CaseTurn
    history: tuple[Turn, ...]

    @property
    def id(self) -> str:
        """Unique in a run."""
        return f"{self.case.id}.{self.number}"


@dataclass(frozen=True)
class Reply:
    """What a system answered; `documents` are the ids of its sources, each as often as it is named.

    `abstained` is None where the system has no way to say so but its words.
    """

    id: str
    answer: str
    documents: tuple[str, ...]
    seconds: float
    abstained: bool | None = None
    error: str | None = None


def asked_of(cases: Iterable[Case]) -> list[Asked]:
    """Return every turn of the cases."""
    asked: list[Asked] = []
    for case in cases:
        history = tuple(case.history)
        for number, turn in enumerate(case.questions()):
            asked.append(Asked(case, number, turn, history))
            history += (Turn("user", turn.user), Turn("assistant", turn.reference))
    return asked


def write_questions(asked: Iterable[Asked], file: Path) -> None:
    """Write one question a line, in the form that `python -m assistant batch` reads, too."""
    lines = [{"id": a.id, "question": a.turn.user, "history": [asdict(said) for said in a.history]} for a in asked]
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def write_corpus(documents: Iterable[Document], folder: Path) -> dict[str, str]:
    """Write one text file a language and document, title first; return the id of the document by the file's name."""
    names: dict[str, str] = {}
    for document in documents:
        name = f"{document.language}/{quote(document.id, safe='')}.txt"
        (folder / document.language).mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {document.title}\n\n{document.text}", encoding="utf-8")
        names[name] = document.id
    return names


def read_replies(file: Path, names: dict[str, str]) -> list[Reply]:
    """Read what a peer wrote; a source that is no file of the corpus stands for no document."""
    return [
        Reply(
            id=line["id"],
            answer=line["answer"],
            documents=tuple(names.get(source, "") for source in line["sources"]),
            seconds=line["seconds"],
            error=line["error"],
        )
        for line in _lines(file)
    ]


def read_answers(file: Path) -> list[Reply]:
    """Read the answer objects that `python -m assistant batch` wrote."""
    return [
        Reply(
            id=line["id"],
            answer=line["answer"],
            documents=tuple(citation["document"] for citation in line["citations"]),
            seconds=line["timings_ms"]["total"] / 1000,
            abstained=line["status"] not in (Status.ANSWERED, Status.PARTIAL),
        )
        for line in _lines(file)
    ]


def in_order(replies: Iterable[Reply], asked: Sequence[Asked]) -> list[Reply] | None:
    """Return one reply for each question, in their order; None unless every one is there."""
    by_id = {reply.id: reply for reply in replies}
    return [by_id[a.id] for a in asked] if all(a.id in by_id for a in asked) else None


def _lines(file: Path) -> Iterator[Any]:
    whole = file.read_text(encoding="utf-8").rpartition("\n")[0] if file.exists() else ""
    return (json.loads(line) for line in whole.split("\n") if line)
