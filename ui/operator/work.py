"""Preparing a change: from what the operator sent to what is wrong with it, or to a preview of it."""

import errno
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.changing import Change, adding, place_of, retiring, superseding
from corpus.check import Finding
from corpus.drafting import drafted
from corpus.errors import CorpusError, ProjectError
from corpus.extract import SUFFIXES, extract
from corpus.extract.text import clean, decode
from corpus.frontmatter import split_parts
from corpus.holdings import Holding, holdings
from corpus.trial import Trial, try_change
from ui.operator.findings import Found, found_in
from ui.operator.preview import Preview, build_preview, questions_of
from ui.operator.stage import Say
from ui.operator.state import Operated
from ui.operator.uploads import Upload

LONGEST_TEXT = 400_000  # characters that a text box is still of use for
_UNTITLED = "upload"
_EXCERPT = 120
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draft:
    """The text of a document as it is edited, what it is called until it has a name, and what is wrong with it."""

    name: str
    text: str
    findings: tuple[Found, ...] = ()
    is_new: bool = False  # made of a file without front matter

    def line(self, found: Found) -> str:
        """The beginning of the line that something was found in."""
        lines = self.text.splitlines()
        return lines[found.line - 1][:_EXCERPT] if found.line and found.line <= len(lines) else ""


@dataclass(frozen=True)
class Unsound:
    """What has to be mended; `elsewhere` stands in other documents or in the facts."""

    drafts: tuple[Draft, ...]
    elsewhere: tuple[Finding, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Ready:
    """A sound change with its preview."""

    change: Change
    warnings: tuple[Finding, ...]
    preview: Preview


@dataclass(frozen=True)
class Failed:
    """Why nothing came of it."""

    reason: str


Outcome = Unsound | Ready | Failed


@dataclass(frozen=True)
class Retirement:
    """Which documents go, and why; with an `heir` (an id) they stay, called superseded by it."""

    taken: tuple[Holding, ...]
    reason: str
    heir: str


def read_upload(upload: Upload, root: Path, operated: Operated) -> Draft:
    """Return the document of a file: itself when it has a front matter, else a draft made of what can be read.

    Raises `CorpusError` when it cannot be read. Its name is used for nothing but its ending.
    """
    try:
        if upload.suffix not in SUFFIXES:
            raise CorpusError(f"is of a kind that is not read. Save it as one of {', '.join(sorted(SUFFIXES))}.")
        if upload.suffix == ".md" and split_parts(text := clean(decode(upload.content))):
            return Draft(upload.name, _short(text))
        file = root / f"{_UNTITLED}{upload.suffix}"
        file.write_bytes(upload.content)
        read = extract(file, root)
    except CorpusError as error:
        raise CorpusError(f"{upload.name}: {str(error).removeprefix(f'{_UNTITLED}{upload.suffix}: ')}") from None
    title = "" if read.title == _UNTITLED else read.title
    return Draft(upload.name, _short(drafted(read, title, operated.today())), is_new=True)


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        most = f"{LONGEST_TEXT:,}"
        raise CorpusError(f"has more than {most} characters. Split it, or put the file into the folder of documents.")
    return text


def prepare_documents(operated: Operated, drafts: Sequence[Draft], own: Sequence[str], root: Path, say: Say) -> Outcome:
    """Hold documents to the checks, and preview them when they are sound. Raises `ProjectError` and `OSError`."""
    folder = operated.settings.corpus
    held = holdings(folder)
    placed = [Draft(d.name, d.text, tuple(_unplaced(d.text, held)), d.is_new) for d in drafts]
    if any(draft.findings for draft in placed):
        return Unsound(tuple(placed), (), tuple(own))
    change = adding(folder, [draft.text for draft in drafts])
    say("The documents are checked …")
    trial = try_change(change, folder, root, operated.today())
    if trial.errors:
        return Unsound(tuple(_with_findings(drafts, change, trial)), _elsewhere(change, trial), tuple(own))
    return _previewed(operated, change, trial, own, root, say)


def prepare_retirement(operated: Operated, wanted: Retirement, own: Sequence[str], root: Path, say: Say) -> Outcome:
    """See whether the others are sound without these documents, and preview it. Raises as `prepare_documents`."""
    folder = operated.settings.corpus
    if wanted.heir:
        change = superseding(folder, wanted.taken, wanted.heir)
    else:
        change = retiring(folder, wanted.taken, wanted.reason)
    say("The documents are checked …")
    trial = try_change(change, folder, root, operated.today())
    if trial.errors:
        return Unsound((), trial.errors, tuple(own))
    return _previewed(operated, change, trial, own, root, say)


def failed(operated: Operated, error: Exception) -> Failed:
    """Say why in words for the operator, without a path of this machine."""
    if isinstance(error, ProjectError):
        return Failed(pathless(str(error), operated))
    if isinstance(error, OSError):
        return Failed(
            f"The disk refuses: {errno.errorcode.get(error.errno or 0, '')} {error.strerror or ''}".strip() + "."
        )
    _log.error("A change could not be prepared", exc_info=error)
    return Failed("It failed for a reason that is in the program's log.")


def pathless(text: str, operated: Operated) -> str:
    """Return a message with the folders of this machine cut down to their names."""
    folders = (operated.settings.corpus, operated.settings.index)
    paths = {str(path): path.name for folder in folders for path in (folder, folder.resolve())}
    paths |= {str(folder.resolve().parent): folder.resolve().parent.name for folder in folders}
    for path in sorted(paths, key=len, reverse=True):
        if "/" in path:
            text = text.replace(path, paths[path])
    return text


def _unplaced(text: str, held: dict[str, Holding]) -> list[Found]:
    try:
        place_of(text, held)
    except CorpusError as error:
        return found_in(str(error), text)
    return []


def _with_findings(drafts: Sequence[Draft], change: Change, trial: Trial) -> list[Draft]:
    """The drafts as they would be written, each with what the checks say of it."""
    return [
        Draft(draft.name, text, tuple(f for e in trial.errors if e.place == name for f in found_in(e.text, text)))
        for draft, (name, text) in zip(drafts, change.written.items(), strict=True)
    ]


def _elsewhere(change: Change, trial: Trial) -> tuple[Finding, ...]:
    return tuple(error for error in trial.errors if error.place not in change.written)


def _previewed(operated: Operated, change: Change, trial: Trial, own: Sequence[str], root: Path, say: Say) -> Ready:
    questions = questions_of(operated, own)
    return Ready(change, trial.warnings, build_preview(operated, trial.folder, root, change.keys, questions, say))
