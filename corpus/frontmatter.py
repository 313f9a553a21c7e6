"""What a document says about itself above its text: YAML between two lines of three dashes, held to a schema."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import CorpusError

_BOM = "\ufeff"
# The line ends of Windows are as good as ours.
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<head>.*?\n)---[ \t]*(?:\r?\n|\Z)(?P<text>.*)", re.DOTALL)

Language = Literal["en", "it", "de"]
Status = Literal["current", "historic", "superseded", "project", "closed"]
Confidence = Literal["source", "knowledge-high", "knowledge-low", "mixed"]


def _real_date(value: str) -> str:
    date.fromisoformat(value + "0000-01-01"[len(value) :])
    return value


Date = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"), AfterValidator(_real_date)]
WEB_ADDRESS = r"^https?://[^\s/]+\.[^\s/]+(/\S*)?$"
Link = Annotated[str, Field(pattern=WEB_ADDRESS)]


class Source(BaseModel):
    """Where a statement comes from."""

    model_config = ConfigDict(extra="forbid")
    publisher: str
    title: str
    url: Link | None = None
    as_of: Date
    official: bool = False


class FrontMatter(BaseModel):
    """The fields above a document's text; corpus/README.md says what each is for."""

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
    status: Status
    superseded_by: str | None = None
    confidence: Confidence
    licence: str
    facts: list[str] = []


def read_parts(path: Path) -> tuple[str, str] | None:
    """Return the front matter of a Markdown file as it stands there, and its text; None when it has no front matter.

    Raises `CorpusError` when the file is not UTF-8.
    """
    try:
        content = path.read_bytes().decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path} is not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8."
        ) from None
    return split_parts(content)


def split_parts(content: str) -> tuple[str, str] | None:
    """Return the front matter of a document as it stands there, and its text; None when it has no front matter."""
    parts = _FRONT_MATTER.fullmatch(content)
    return (parts["head"], parts["text"]) if parts else None


def parse_front_matter(head: str, place: object) -> FrontMatter:
    """Read the YAML of a front matter; raises `CorpusError` naming `place` and each field that is wrong."""
    try:
        # The base loader keeps every scalar a string: 2019 stays "2019" and no date is reinterpreted.
        return FrontMatter.model_validate(_nulls(yaml.load(head, Loader=yaml.BaseLoader)))
    except yaml.YAMLError as error:
        raise CorpusError(f"{place}: the front matter is not valid YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise CorpusError(f"{place}: front matter: {problems(error)}") from None


def problems(error: ValidationError) -> str:
    """Say in one line what is wrong with which field."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}".removeprefix(": ") for e in error.errors())


def _nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _nulls(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_nulls(item) for item in value]
    return None if value in ("null", "") else value
