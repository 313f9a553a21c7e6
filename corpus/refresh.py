"""What follows from the marks of a document, written into its front matter: facts, sources, day and confidence."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from corpus.facts import Fact, facts_beside, read_facts
from corpus.frontmatter import read_parts, split_parts
from corpus.marks import take_marks

_BLOCK = re.compile(r"^(?=[\w#])", re.MULTILINE)
_UNREAD = {"publisher": "General knowledge", "title": "Read in no source, to be verified", "url": None}


def derived(names: Sequence[str], facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Return the fields of a front matter that follow from the facts `names` a document tells."""
    told = [facts[name] for name in names]
    levels = {fact.confidence for fact in told}
    return {
        "sources": _sources(told),
        "facts": list(names),
        "as_of": max(fact.as_of for fact in told),
        "confidence": levels.pop() if len(levels) == 1 else "mixed",
    }


def _sources(told: Sequence[Fact]) -> list[dict[str, Any]]:
    """Each publication once, with the newest day of the facts read in it."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for fact in told:
        for origin in [origin.model_dump() for origin in fact.sources] or [_UNREAD | {"official": False}]:
            source = {"publisher": origin["publisher"], "title": origin["title"], "url": origin["url"]}
            first = found.setdefault(tuple(map(str, source.values())), source | {"as_of": fact.as_of})
            first["as_of"] = max(first["as_of"], fact.as_of)
            first["official"] = origin["official"]
    return list(found.values())


def refresh(folder: Path) -> list[Path]:
    """Write `derived` into each document that has marks; return the files that changed.

    A mark whose fact is unknown is passed over: `check` names it.
    """
    facts = read_facts(facts_beside(folder))
    return [path for path in sorted(folder.rglob("*.md")) if _refresh_file(path, facts)]


def refreshed(content: str, facts: Mapping[str, Fact]) -> str:
    """Return a document with `derived` written into its front matter; as it is when it has no marks of known facts."""
    head, marked = split_parts(content) or ("", "")
    names = list(dict.fromkeys(mark.fact for mark in take_marks(marked)[1] if mark.fact in facts))
    return f"---\n{with_fields(head, derived(names, facts))}---\n{marked}" if names else content


def _refresh_file(path: Path, facts: Mapping[str, Fact]) -> bool:
    parts = read_parts(path)
    if parts is None:
        return False
    content = f"---\n{parts[0]}---\n{parts[1]}"
    new = refreshed(content, facts)
    if new != content:
        path.write_text(new, encoding="utf-8", newline="")
    return new != content


def with_fields(head: str, values: Mapping[str, Any]) -> str:
    """Replace the fields in a front matter where they stand, or add them at its end; all else stays as it is."""
    blocks = [block for block in _BLOCK.split(head) if block]
    at = {block.partition(":")[0]: place for place, block in enumerate(blocks)}
    for name, value in values.items():
        written = yaml.safe_dump({name: value}, allow_unicode=True, sort_keys=False, width=10_000)
        if name in at:
            blocks[at[name]] = written
        else:
            blocks.append(written)
    return "".join(blocks)
