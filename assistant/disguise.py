"""A message as it may be meant: figures for letters, letters set apart, misspelt words that attacks need."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "i"}
_FOR_LETTERS = re.compile(r"(?<=[^\W\d_])[013457@$!|]+(?=[^\W\d_])|(?<!\w)[013457@$|]+(?=[^\W\d_]{2})", re.UNICODE)
_APART = re.compile(r"(?<![^\W_])(?:[^\W_](?:[ .*_~-](?=[^\W_](?![^\W_]))|(?![^\W_]))){4,}")
_BETWEEN_WORDS = re.compile(r"(?<=\w)[.*_~|-]+(?=\w)|_+|[ \t\n]+")
_ALIKE = 0.82
_SHORTEST = 5


def readings(text: str, tampered: Sequence[str]) -> list[str]:
    """Return `text` as it stands and as it may have been meant; `tampered` are the words that are disguised."""
    plain = unicodedata.normalize("NFKC", text)
    letters = _FOR_LETTERS.sub(lambda match: "".join(_LETTERS[sign] for sign in match[0]), plain)
    joined = _APART.sub(lambda match: _joined(match[0], tampered), letters)
    spaced = _BETWEEN_WORDS.sub(" ", joined)
    meant = re.sub(r"[^\W\d_]{5,}", lambda match: _mended(match[0], tampered), spaced)
    return [plain, meant] if meant != plain else [plain]


def _joined(letters: str, tampered: Sequence[str]) -> str:
    """Letters set apart as words: where nothing but one space parts them all, cut at the words that are looked for."""
    word = re.sub(r"[\W_]", "", letters)
    longest_first = sorted(tampered, key=len, reverse=True)
    return re.sub("|".join(longest_first), r" \g<0> ", word, flags=re.IGNORECASE) if len(word) > 14 else word


def _mended(word: str, tampered: Sequence[str]) -> str:
    """The looked-for word that a word is a misspelling of, else the word. Ends tell: "ignored" is not "ignore"."""
    lower = word.lower()
    if lower in tampered:
        return word
    for meant in tampered:
        same_ends = lower[0] == meant[0] and lower[-1] == meant[-1]
        near = len(meant) >= _SHORTEST and same_ends and abs(len(lower) - len(meant)) <= 2
        if near and SequenceMatcher(None, lower, meant, autojunk=False).ratio() >= _ALIKE:
            return meant
    return word
