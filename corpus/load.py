"""From files to documents: a folder of Markdown with front matter, or a `corpus.jsonl` in the normal form."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from corpus.document import Document
from corpus.errors import CorpusError
from corpus.language import detect_language

DOCUMENTS = Path(__file__).parent / "documents"
_BOM = "\ufeff"
# YAML between two lines of three dashes, then the text; the line ends of Windows are as good as ours.
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<head>.*?\n)---[ \t]*(?:\r?\n|\Z)(?P<text>.*)", re.DOTALL)

Language = Literal["en", "it", "de"]


def _real_date(value: str) -> str:
    date.fromisoformat(value + "0000-01-01"[len(value) :])
    return value


Date = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"), AfterValidator(_real_date)]


class Source(BaseModel):
    """Where a statement comes from."""

    model_config = ConfigDict(extra="forbid")
    publisher: str
    title: str
    url: str | None = None
    as_of: str
    official: bool = False


class FrontMatter(BaseModel):
    """What a document says about itself, above its text."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    kind: str
    topic: list[str] = []
    language: Language
    translation_of: str | None = None
    summary: str = ""
    publisher: str
    sources: list[Source] = Field(min_length=1)
    as_of: Date
    retrieved: Date | None = None
    valid_until: Date | None = None
    review_by: Date | None = None
    status: Literal["current", "historic", "superseded", "project", "closed"]
    superseded_by: str | None = None
    confidence: Literal["source", "knowledge-high", "knowledge-low", "mixed"]
    licence: str
    facts: list[str] = []


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


def load_documents(source: Path = DOCUMENTS) -> Iterator[Document]:
    """Yield the documents of a folder or of a `.jsonl` file, in a stable order.

    Raises `CorpusError` naming the file (and line) when one cannot be read, is invalid, or repeats an id.
    """
    if not source.exists():
        raise CorpusError(
            f"There is no corpus at {source}. Name a folder of .md files or a corpus.jsonl with --corpus."
        )
    places: dict[tuple[str, str], str] = {}
    for place, document in _read_folder(source) if source.is_dir() else _read_jsonl(source):
        first = places.setdefault((document.language, document.id), place)
        if first is not place:
            raise CorpusError(
                f"{place}: the id {document.id!r} in language {document.language} is taken by {first}. Rename one."
            )
        yield document
    if not places:
        raise CorpusError(f"{source} holds no documents. Name a folder of .md files or a corpus.jsonl with --corpus.")


def _read_folder(folder: Path) -> Iterator[tuple[str, Document]]:
    for path in sorted(folder.rglob("*.md")):
        yield str(path), read_markdown(path)


def read_markdown(path: Path) -> Document:
    """Read one Markdown file: YAML front matter between `---` lines, then the text, character for character."""
    try:
        content = path.read_bytes().decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path} is not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8."
        ) from None
    parts = _FRONT_MATTER.fullmatch(content)
    if parts is None:
        raise CorpusError(f"{path} has no front matter. Begin it with a block between two lines of three dashes.")
    if not parts["text"].strip():
        raise CorpusError(f"{path} has no text below its front matter. Write it, or remove the file.")
    return _document(_front_matter(parts["head"], path), parts["text"])


def _front_matter(head: str, path: Path) -> FrontMatter:
    try:
        # The base loader keeps every scalar a string: 2019 stays "2019" and no date is reinterpreted.
        return FrontMatter.model_validate(_nulls(yaml.load(head, Loader=yaml.BaseLoader)))
    except yaml.YAMLError as error:
        raise CorpusError(f"{path}: the front matter is not valid YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise CorpusError(f"{path}: front matter: {_problems(error)}") from None


def _problems(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}".removeprefix(": ") for e in error.errors())


def _nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _nulls(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_nulls(item) for item in value]
    return None if value in ("null", "") else value


def _document(front: FrontMatter, text: str) -> Document:
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
    )


def _read_jsonl(path: Path) -> Iterator[tuple[str, Document]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            content = line.removeprefix(_BOM.encode()).strip()
            if content:
                place = f"{path}, line {number}"
                yield place, _from_json(content, place)


def _from_json(line: bytes, place: str) -> Document:
    try:
        given = Line.model_validate_json(line).model_dump()
    except ValidationError as error:
        form = '{"id", "title", "text"}'
        raise CorpusError(f"{place}: not a document: {_problems(error)}. Each line is {form}.") from None
    known = {name: value for name, value in given.items() if value}
    defaults = {"title": "", "text": "", "language": given["language"] or detect_language(given["text"][:2000])}
    return Document(**defaults | known)
