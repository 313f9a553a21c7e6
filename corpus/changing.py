"""A change of the documents as a value: what is written, what is taken out, and what becomes of the facts.

It is made from the folder and says what it was made from, so that nothing is overwritten that somebody else changed in
between. Nothing is written here: `trial` tries a change on a copy, `applying` makes it real.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError
from corpus.facts import facts_beside, read_facts
from corpus.frontmatter import parse_front_matter, split_parts
from corpus.holdings import Holding, file_names, holdings
from corpus.marks import MARK
from corpus.refresh import refreshed, with_fields

LONGEST_ID = 100  # characters; it becomes the name of a file
_FACTS = "facts"


@dataclass(frozen=True)
class Change:
    """Files by their names in the folder. `facts` is the new content of the facts beside it, None when they stay.

    `keys` are the documents it is about; `made_from` are hashes of the files it touches, "" for those not there.
    """

    written: Mapping[str, str]
    removed: frozenset[str]
    facts: str | None
    keys: tuple[str, ...]
    made_from: Mapping[str, str]

    def is_of(self, folder: Path) -> bool:
        """Whether what it touches is still as it was when the change was made."""
        return dict(self.made_from) == _hashes(folder, [*self.written, *self.removed])


def adding(folder: Path, texts: Sequence[str]) -> Change:
    """Return the change that adds these documents, each in the place of the one with its id and language, if any.

    What follows from their marks is written into their front matter. Raises `CorpusError` when two are the same
    document; each must have a place (`place_of`).
    """
    held, facts = holdings(folder), read_facts(facts_beside(folder))
    written, keys = {}, []
    for text in texts:
        whole = refreshed(text, facts)
        name, key = place_of(whole, held)
        if key in keys:
            raise CorpusError(f"{key} is there twice among what was given. Leave one out.")
        written[name] = whole
        keys.append(key)
    return Change(written, frozenset(), None, tuple(keys), _hashes(folder, written))


def place_of(text: str, held: Mapping[str, Holding]) -> tuple[str, str]:
    """Return the file name and the key of a document; raises `CorpusError` saying why it can have none."""
    parts = split_parts(text)
    if parts is None:
        raise CorpusError("It does not begin with a front matter between two lines of three dashes. Write it.")
    front = parse_front_matter(parts[0], "")
    if not MARK.sub("", parts[1]).strip():
        raise CorpusError("It has no text below its front matter. Write it.")
    if len(front.id) > LONGEST_ID:
        raise CorpusError(f"id: is longer than {LONGEST_ID} characters. Shorten it.")
    key, name = f"{front.language}/{front.id}", f"{front.language}/{front.id}.md"
    if key in held:
        return held[key].name, key
    if any(other.name == name for other in held.values()):
        raise CorpusError(f"id: another document lies in the file {name}. Take another id.")
    return name, key


def retiring(folder: Path, taken: Sequence[Holding], reason: str) -> Change:
    """Return the change that takes documents out; facts that nobody tells any more get the `reason` in `omitted`."""
    removed = frozenset(held.name for held in taken)
    untold = _told(folder, removed) - _told(folder, set(file_names(folder)) - removed)
    facts = _omitting(facts_beside(folder), untold, reason)
    return Change({}, removed, facts, tuple(held.key for held in taken), _hashes(folder, removed))


def superseding(folder: Path, taken: Sequence[Holding], heir: str) -> Change:
    """Return the change that calls documents superseded by the one with the id `heir`; they stay, and step back.

    Raises `CorpusError` for a dropped file, which has no front matter to say it in.
    """
    written = {}
    for held in taken:
        content = (folder / held.name).read_bytes().decode("utf-8").removeprefix("\ufeff")
        parts = split_parts(content)
        if parts is None or not held.language:
            raise CorpusError(f"{held.key} has no front matter, so it cannot name what supersedes it. Take it out.")
        fields = {"status": "superseded", "superseded_by": heir}
        written[held.name] = f"---\n{with_fields(parts[0], fields)}---\n{parts[1]}"
    return Change(written, frozenset(), None, tuple(held.key for held in taken), _hashes(folder, written))


def _told(folder: Path, names: Iterable[str]) -> set[str]:
    """The facts that some of the files tell."""
    pages = ((folder / name).read_text(encoding="utf-8", errors="replace") for name in names if name.endswith(".md"))
    return {fact for page in pages for fact in MARK.findall(page)}


def _omitting(file: Path, names: set[str], reason: str) -> str | None:
    """The facts with a reason for those that are not told; every other line stays as it is, byte for byte."""
    known = read_facts(file)
    wanted = {name for name in names if name in known and not known[name].omitted}
    if not wanted:
        return None
    lines = file.read_bytes().decode("utf-8").splitlines(keepends=True)
    return "".join(_with_reason(line, wanted, reason) for line in lines)


def _with_reason(line: str, names: set[str], reason: str) -> str:
    fact = json.loads(line)
    if fact["id"] not in names:
        return line
    return json.dumps(fact | {"omitted": reason}, ensure_ascii=False) + "\n"


def _hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    files = {name: folder / name for name in names} | {f"../{_FACTS}": facts_beside(folder)}
    return {name: hashlib.sha256(f.read_bytes()).hexdigest() if f.is_file() else "" for name, f in files.items()}
