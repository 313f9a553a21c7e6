"""A change tried on a copy of the corpus: what the checks say of it, before anything real is touched."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.asked import questions_beside
from corpus.changing import Change
from corpus.check import Finding, check_corpus
from corpus.facts import facts_beside
from corpus.glossary import glossary_beside
from corpus.holdings import file_names


@dataclass(frozen=True)
class Trial:
    """The copy with the change in it, and what is wrong with it: `errors` forbid the change, `warnings` do not."""

    folder: Path
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def try_change(change: Change, folder: Path, root: Path, today: date) -> Trial:
    """Copy the corpus below `root`, change the copy and check it.

    An error counts when it stands in a document of the change, or was not there before: an old one elsewhere must not
    keep anybody from mending something. Raises `ProjectError` and `OSError` when the corpus cannot be read or copied.
    """
    copy = _copied(folder, root)
    _put(change, copy)
    known = {(found.place, found.text) for found in check_corpus(folder, today).errors}
    report = check_corpus(copy, today)
    errors = [f for f in report.errors if f.place in change.written or (f.place, f.text) not in known]
    warnings = [found for found in report.warnings if found.place in change.written]
    return Trial(copy, tuple(errors), tuple(warnings))


def _copied(folder: Path, root: Path) -> Path:
    """Copy the documents and what stands beside them. The folder keeps its name, which the checks look at."""
    copy = root / (folder.resolve().name or "documents")
    for name in file_names(folder):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, copy / name, follow_symlinks=False)
    copy.mkdir(exist_ok=True)
    for beside in (facts_beside, glossary_beside):
        if beside(folder).is_file():
            shutil.copyfile(beside(folder), beside(copy))
    if questions_beside(folder).is_dir():
        shutil.copytree(questions_beside(folder), questions_beside(copy))
    return copy


def _put(change: Change, copy: Path) -> None:
    for name in change.removed:
        (copy / name).unlink()
    for name, text in change.written.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8", newline="")
    if change.facts is not None:
        facts_beside(copy).write_text(change.facts, encoding="utf-8", newline="")
