"""What the assistant says in its own voice, in three languages (`texts/*.json`, same keys in each)."""

import json
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "texts"


def say(language: str, key: str, /, **values: object) -> str:
    """Return a text in `language`, with `{name}` placeholders filled in."""
    return _texts(language)[key].format(**values)


@cache
def _texts(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return texts
