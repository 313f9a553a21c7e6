"""Small words of each language that the rules need; data, so that a translator can mend them without code."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True)
class Lexicon:
    """Word lists and patterns of one language, all in lower case."""

    openers: tuple[str, ...]
    pointers: frozenset[str]
    subjectless: tuple[str, ...]
    conjunctions: tuple[str, ...]
    not_pointing: re.Pattern[str]
    fillers: frozenset[str]
    before_places: frozenset[str]
    stops: frozenset[str]
    negations: frozenset[str]
    hedges: frozenset[str]
    names_a_thing: tuple[str, ...]
    asks: re.Pattern[str]
    asks_on: re.Pattern[str]
    compares: re.Pattern[str]
    meets: tuple[re.Pattern[str], ...]
    pauses: re.Pattern[str]
    kinds: dict[str, re.Pattern[str]]

    def content_words(self, text: str) -> list[str]:
        """Return the words that carry meaning, in order and as written."""
        return [word for word in words(text) if word.lower() not in self.stops]

    def denies(self, text: str) -> bool:
        """Whether a word of the text negates."""
        return bool(self.negations & {word.lower() for word in words(text)})


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of "en", "it" or "de"."""
    data = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    sets = ("pointers", "fillers", "before_places", "stops", "negations", "hedges")
    tuples = ("openers", "conjunctions", "subjectless", "names_a_thing")
    fields: dict[str, Any] = {name: frozenset(data[name]) for name in sets}
    fields |= {name: tuple(data[name]) for name in tuples}
    return Lexicon(
        **fields,
        not_pointing=_any_of(data["not_pointing"]),
        asks=re.compile(rf"\b{data['asks']}\b", re.IGNORECASE),
        asks_on=re.compile("|".join(data["asks_on"]), re.IGNORECASE),
        compares=_any_of(data["compares"]),
        meets=tuple(re.compile(rf"(?<!\w){pattern}", re.IGNORECASE) for pattern in data["meets"]),
        pauses=re.compile("|".join(data["pauses"]), re.IGNORECASE),
        kinds={kind: _any_of(patterns) for kind, patterns in data["kinds"].items()},
    )


def words(text: str) -> list[str]:
    """Return the words and numbers of `text`, without punctuation."""
    return _WORD.findall(text)


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})", re.IGNORECASE)
