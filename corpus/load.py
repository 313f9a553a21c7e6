"""From files to documents: a folder of Markdown with front matter and of dropped files, or a `corpus.jsonl`."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.document import Document, Reference
from corpus.errors import CorpusError
from corpus.extract import extract, printable
from corpus.facts import Fact, facts_beside, read_facts
from corpus.frontmatter import FrontMatter, Language, parse_front_matter, problems, read_parts
from corpus.language import detect_language
from corpus.marks import Mark, take_marks

DOCUMENTS = Path(__file__).parent / "documents"
_BOM = b"\xef\xbb\xbf"
_TELLING = 2000  # characters that are enough to tell a language

log = logging.getLogger(__name__)


class Line(BaseModel):
    """One line of a `corpus.jsonl`; fields that are none of ours are passed over."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str = Field(min_length=1)
    title: str | None = None
    text: str
    language: Language | None = None
    kind: str | None = None
    status: str | None = None
    as_of: str | None = None
    valid_until: str | None = None
    url: str | None = None
    publisher: str | None = None
    confidence: str | None = None
    summary: str | None = None


def load_documents(source: Path = DOCUMENTS, skipped: Callable[[str], None] = log.warning) -> Iterator[Document]:
    """Yield the documents of a folder or of a `.jsonl` file, in a stable order.

    A dropped file (PDF, DOCX, HTML, text: no front matter) that cannot be read is left out, and `skipped` is told which
    and why. Raises `CorpusError` naming the file (and line) when a document of our own form is invalid, when an id is
    there twice, or when nothing is left.
    """
    if not source.exists():
        raise CorpusError(
            f"There is no corpus at {source}. Name a folder of documents or a corpus.jsonl with --corpus."
        )
    places: dict[tuple[str, str], str] = {}
    for place, document in _read_folder(source, skipped) if source.is_dir() else _read_jsonl(source):
        first = places.setdefault((document.language, document.id), place)
        if first is not place:
            raise CorpusError(
                f"{place}: the id {document.id!r} in language {document.language} is taken by {first}. Rename one."
            )
        yield document
    if not places:
        raise CorpusError(f"{source} holds no documents. Name a folder of documents or a corpus.jsonl with --corpus.")


def _read_folder(folder: Path, skipped: Callable[[str], None]) -> Iterator[tuple[str, Document]]:
    facts = read_facts(facts_beside(folder))
    for path in _files(folder):
        document = read_markdown(path, facts) if _begins_like_ours(path) else None
        try:
            yield str(path), document or _read_dropped(path, folder)
        except CorpusError as error:
            skipped(f"left out: {error}")


def _files(folder: Path) -> list[Path]:
    """Every file but hidden ones and Word's locks, in a stable order; links to folders are not followed."""
    found = [
        Path(parent) / name
        for parent, _, names in os.walk(folder)
        for name in names
        if not name.startswith((".", "~$"))
    ]
    return sorted(found)


def _begins_like_ours(path: Path) -> bool:
    """Whether it is Markdown whose front matter has an id. A link or a pipe is never opened to find out."""
    if path.suffix != ".md" or path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as content:
        start = content.read(4096).removeprefix(_BOM)
        return start.startswith(b"---") and b"\nid:" in start


def read_markdown(path: Path, facts: Mapping[str, Fact]) -> Document | None:
    """Read one document of ours: front matter, then the text, character for character but for its marks.

    None when the file has no front matter. Raises `CorpusError` when it is not as it should be.
    """
    parts = read_parts(path)
    if parts is None:
        return None
    head, marked = parts
    text, marks = take_marks(marked)
    if not text.strip():
        raise CorpusError(f"{path} has no text below its front matter. Write it, or remove the file.")
    references = tuple(_reference(mark, facts[mark.fact]) for mark in marks if mark.fact in facts)
    return _document(parse_front_matter(head, path), text, references)


def _read_dropped(path: Path, folder: Path) -> Document:
    """Read a file of any other form; its path in the folder is its id."""
    read = extract(path, folder)
    language = detect_language(read.text[:_TELLING])
    return Document(printable(path.relative_to(folder).as_posix()), language, read.title, read.text, as_of=read.as_of)


def _reference(mark: Mark, fact: Fact) -> Reference:
    publisher, url = (fact.sources[0].publisher, fact.sources[0].url) if fact.sources else ("", None)
    official = any(source.official for source in fact.sources)
    return Reference(
        at=mark.at,
        fact=fact.id,
        as_of=fact.as_of,
        valid_until=fact.valid_until,
        confidence=fact.confidence,
        publisher=publisher,
        url=url,
        official=official,
        differs_from=fact.differs_from,
    )


def _document(front: FrontMatter, text: str, references: tuple[Reference, ...]) -> Document:
    link = next((source.url for source in front.sources if source.url), None)
    return Document(
        id=front.id,
        language=front.language,
        title=front.title,
        text=text,
        kind=front.kind,
        status=front.status,
        as_of=front.as_of,
        valid_until=front.valid_until,
        url=link,
        publisher=front.publisher,
        confidence=front.confidence,
        summary=front.summary,
        references=references,
        topics=tuple(front.topic),
    )


def _read_jsonl(path: Path) -> Iterator[tuple[str, Document]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            content = line.removeprefix(_BOM).strip()
            if content:
                place = f"{path}, line {number}"
                yield place, _from_json(content, place)


def _from_json(line: bytes, place: str) -> Document:
    try:
        given = Line.model_validate_json(line).model_dump()
    except ValidationError as error:
        form = '{"id", "title", "text"}'
        raise CorpusError(f"{place}: not a document: {problems(error)}. Each line is {form}.") from None
    known: dict[str, Any] = {name: value for name, value in given.items() if value}
    defaults: dict[str, Any] = {
        "title": "",
        "text": "",
        "language": given["language"] or detect_language(given["text"][:2000]),
    }
    return Document(**defaults | known)
