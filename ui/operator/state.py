"""What the operator's page tells, as plain values: the index, the calendar of the documents, feedback, settings."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from assistant.assistant import Assistant
from assistant.demand import Entry, entries, is_disliked, is_unanswered
from assistant.feedback import Feedback, FeedbackStore
from assistant.settings import PREFIX, Settings
from corpus.check import Due, Finding, check_corpus
from corpus.errors import ProjectError, UsageError
from index.directory import require_live_build
from index.embed import Embedder
from index.manifest import read_manifest
from ui.operator.rebuild import Rebuild

NEAR = 60  # days ahead
COMPARED = 300  # questions, the newest of each list: to compare them takes seconds
PAGE = 50  # rows of feedback on a page


class Served(Protocol):
    """What the page must know of the assistant that answers."""

    @property
    def index_version(self) -> str:
        """What is answered from."""

    @property
    def degraded(self) -> str | None:
        """Why that is an older index than the live one; None when it is the live one."""

    @property
    def embedder(self) -> Embedder:
        """What questions are compared with."""

    def beside(self, directory: Path) -> AbstractContextManager[Assistant]:
        """The same over the index in another directory, without a language model."""


@dataclass(frozen=True)
class Operated:
    """What the operator sees and may act on."""

    settings: Settings
    served: Served
    store: FeedbackStore
    rebuild: Rebuild
    today: Callable[[], date] = date.today


@dataclass(frozen=True)
class Documents:
    """Days that are over, days that come near, and what has to be mended."""

    past: Sequence[Due] = ()
    near: Sequence[Due] = ()
    errors: Sequence[Finding] = ()
    warnings: Sequence[Finding] = ()


def documents_state(folder: Path, today: date) -> Documents:
    """Return what a machine can say of the documents. Raises `ProjectError` when they cannot be checked."""
    if not folder.is_dir():
        raise UsageError(f"Only a folder of documents can be checked, and {folder.name} is not one.")
    found = check_corpus(folder, today)
    past = [due for due in found.calendar if due.days < 0]
    near = [due for due in found.calendar if 0 <= due.days <= NEAR]
    return Documents(past, near, found.errors, found.warnings)


def index_rows(operated: Operated) -> list[tuple[str, str]]:
    """Return what is served and what lies on the disk, as pairs of name and value."""
    served = operated.served
    rows = [("State", served.degraded or "in order"), ("Answers come from", served.index_version)]
    try:
        manifest = read_manifest(require_live_build(operated.settings.index))
    except ProjectError as error:
        return [*rows, ("On the disk", str(error))]
    languages = ", ".join(f"{count:,} {language}" for language, count in sorted(manifest.languages.items()))
    version = f"{manifest.built_at} {manifest.corpus[:12]}"
    newer = " (takes over within a minute)" if version != served.index_version and not served.degraded else ""
    return [
        *rows,
        ("On the disk", version + newer),
        ("Documents", f"{manifest.documents:,}"),
        ("Passages", f"{manifest.chunks:,} ({languages})"),
        ("Sentences", f"{manifest.sentences:,}"),
        ("Embedding model", manifest.builder.embedder),
    ]


def setting_rows(settings: Settings) -> list[tuple[str, str, str]]:
    """Return name, value and meaning of every setting; of secrets only whether they are set."""
    return [
        (PREFIX + name.upper(), _setting(getattr(settings, name)), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def _setting(value: object) -> str:
    if isinstance(value, SecretStr):
        return "set" if value.get_secret_value() else "not set"
    text = str(value)
    if not text.startswith(("http://", "https://")):
        return text
    address = urlsplit(text)  # what stands before the host or behind the path may be a key
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"


@dataclass(frozen=True)
class Said:
    """Feedback in numbers, like questions together, and one page of the rows; every text is masked."""

    total: int
    liked: int
    gaps: Sequence[Entry]
    disliked: Sequence[Entry]
    rows: Sequence[Feedback]
    page: int
    pages: int


def feedback_state(items: Sequence[Feedback], embedder: Embedder, page: int) -> Said:
    """Return what readers said, the newest first; `page` counts from 1."""
    gaps = [item for item in items if is_unanswered(item)]
    pages = max(1, -(-len(items) // PAGE))
    page = min(max(page, 1), pages)
    newest_first = list(reversed(items))
    return Said(
        total=len(items),
        liked=sum(item.verdict == "up" for item in items),
        gaps=entries(gaps, embedder, COMPARED),
        disliked=entries([item for item in items if is_disliked(item)], embedder, COMPARED),
        rows=newest_first[(page - 1) * PAGE : page * PAGE],
        page=page,
        pages=pages,
    )
