"""How messages sound that need no search: patterns of each language (`routes.*.json`), for a translator to mend.

What is said for its own sake (a greeting, thanks, "what can you do?", "tell me more") is told by the whole message.
What tells the assistant what to do counts wherever it stands, after the words that lead up to a request ("order").
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.lexicon import words
from corpus.language import LANGUAGES

_FOLDER = Path(__file__).parent
_LONGEST_SMALL_TALK = 14  # words


@dataclass(frozen=True)
class Routes:
    """The patterns of one language."""

    greetings: re.Pattern[str]
    thanks: re.Pattern[str]
    capabilities: re.Pattern[str]
    vague: re.Pattern[str]
    attacks: re.Pattern[str]
    tasks: re.Pattern[str]
    advice: re.Pattern[str]
    personal: re.Pattern[str]
    tampered: tuple[str, ...]

    def small_talk(self, text: str) -> str | None:
        """Return which of greeting, thanks, capabilities and vague the whole of a text is; None for anything else."""
        said = words(text.lower())
        if not 0 < len(said) <= _LONGEST_SMALL_TALK:
            return None
        sorts = {
            "greeting": self.greetings,
            "thanks": self.thanks,
            "capabilities": self.capabilities,
            "vague": self.vague,
        }
        plain = " ".join(said) + " "
        return next((sort for sort, pattern in sorts.items() if pattern.fullmatch(plain)), None)


@cache
def routes(language: str) -> Routes:
    """Return the patterns of "en", "it" or "de"."""
    data = json.loads((_FOLDER / f"routes.{language}.json").read_text(encoding="utf-8"))
    fillers, greetings, thanks = data["fillers"], data["greetings"], data["thanks"]
    polite = [*fillers, *greetings, *thanks]
    order = data["order"]
    return Routes(
        greetings=_nothing_but(greetings, fillers),
        thanks=_nothing_but(thanks, polite),
        capabilities=_nothing_but(data["capabilities"], polite),
        vague=_nothing_but(data["vague"], polite),
        attacks=_told(data["attacks"], order, data["attack_orders"]),
        tasks=_told(data["tasks"], order, data["task_orders"]),
        advice=_told(data["advice"]),
        personal=_told(data["personal"]),
        tampered=tuple(data["tampered"]),
    )


def small_talk_language(text: str, default: str) -> str | None:
    """Return the language in which a text is nothing but small talk; `default` where it is that, too."""
    return next((code for code in (default, *LANGUAGES) if routes(code).small_talk(text)), None)


def _nothing_but(phrases: Iterable[str], around: Iterable[str]) -> re.Pattern[str]:
    """One of the phrases at least, and before and after it nothing but more of them and what may stand around them."""
    phrase, other = f"(?:{'|'.join(phrases)})", f"(?:{'|'.join(around)})"
    return re.compile(rf"(?:{other} )*{phrase} (?:(?:{phrase}|{other}) )*", re.IGNORECASE)


def _told(anywhere: Iterable[str], order: str = "", orders: Iterable[str] = ()) -> re.Pattern[str]:
    ways = [rf"(?<!\w)(?:{'|'.join(anywhere)})"]
    ways += [rf"{order}(?:{'|'.join(orders)})"] if orders else []
    return re.compile("|".join(ways), re.IGNORECASE)
