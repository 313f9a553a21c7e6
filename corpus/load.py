"""From files to documents: a folder of Markdown with front matter, or a `corpus.jsonl` in the normal form."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.document import Document
from corpus.errors import CorpusError
from corpus.language import detect_language

DOCUMENTS = Path(__file__).parent / "documents"
_FENCE = "---\n"


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
    language: Literal["en", "it", "de"]
    translation_of: str | None = None
    summary: str = ""
    publisher: str
    sources: list[Source] = Field(min_length=1)
    as_of: str = Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    retrieved: str | None = None
    valid_until: str | None = None
    review_by: str | None = None
    status: Literal["current", "historic", "superseded", "project", "closed"]
    superseded_by: str | None = None
    confidence: Literal["source", "knowledge-high", "knowledge-low", "mixed"]
    licence: str
    facts: list[str] = []


def load_documents(source: Path = DOCUMENTS) -> Iterator[Document]:
    """Yield the documents of a folder or of a `.jsonl` file, in a stable order.

    Raises `CorpusError` naming the file (and line) when one cannot be read, is invalid, or repeats an id.
    """
    if not source.exists():
        raise CorpusError(
            f"There is no corpus at {source}. Name a folder of .md files or a corpus.jsonl with --corpus."
        )
    documents = _read_folder(source) if source.is_dir() else _read_jsonl(source)
    seen: set[tuple[str, str]] = set()
    for document in documents:
        key = (document.language, document.id)
        if key in seen:
            raise CorpusError(
                f"{source}: the id {document.id!r} occurs twice in language {document.language}. Rename one."
            )
        seen.add(key)
        yield document
    if not seen:
        raise CorpusError(f"{source} holds no documents. Name a folder of .md files or a corpus.jsonl with --corpus.")


def _read_folder(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.rglob("*.md")):
        yield read_markdown(path)


def read_markdown(path: Path) -> Document:
    """Read one Markdown file: YAML front matter between `---` lines, then the text, character for character."""
    try:
        content = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path} is not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8."
        ) from None
    head, fence, text = content.removeprefix(_FENCE).partition("\n" + _FENCE)
    if not content.startswith(_FENCE) or not fence:
        raise CorpusError(f"{path} has no front matter. Begin it with a block between two lines of three dashes.")
    return _document(_front_matter(head, path), text)


def _front_matter(head: str, path: Path) -> FrontMatter:
    try:
        # The base loader keeps every scalar a string: 2019 stays "2019" and no date is reinterpreted.
        return FrontMatter(**_nulls(yaml.load(head, Loader=yaml.BaseLoader)))
    except (yaml.YAMLError, TypeError, AttributeError) as error:
        raise CorpusError(f"{path}: the front matter is not valid YAML: {error}") from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise CorpusError(f"{path}: front matter: {problems}") from None


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


def _read_jsonl(path: Path) -> Iterator[Document]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _from_json(line, f"{path}, line {number}")


def _from_json(line: str, place: str) -> Document:
    try:
        record = json.loads(line)
        text, known = record["text"], {name: record[name] for name in _OPTIONAL if record.get(name)}
        language = record.get("language") or detect_language(text[:2000])
        return Document(id=str(record["id"]), language=language, title=record.get("title") or "", text=text, **known)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise CorpusError(f'{place}: not a document: {error}. Each line is {{"id", "title", "text"}}.') from None


_OPTIONAL = ("kind", "status", "as_of", "valid_until", "url", "publisher", "confidence", "summary")
