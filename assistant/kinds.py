"""What kind of answer a question asks for (a count, money, a percentage, a date, a phone number, an e-mail address),
and which text holds one.
"""

import re

from assistant.lexicon import lexicon

_MONTHS = (
    "january february march april june july august september october november december "
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre "
    "januar februar märz mai juni juli oktober dezember"
).replace(" ", "|")
_NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve dozen "
    "(?:thir|four|fif|six|seven|eigh|nine)teen (?:twen|thir|for|fif|six|seven|eigh|nine)ty "
    "hundreds? thousands? millions? half halves twice "
    "due tre quattro cinque sei sette otto nove dieci undici dodici decina venti trenta cinquanta metà doppio "
    "(?:due|tre|quattro|cinque|sei|sette|otto|nove)?cento mille \\w*mila milion[ei] "
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf \\w*zig dreißig "
    "\\w*hundert \\w*tausend Million(?:en)? Hälfte"
).replace(" ", "|")
_OFFERS = {
    "phone": re.compile(r"(?:\+\d{2}[ ./-]?|(?<!\d )\b0)\d{1,4}[ ./-]?\d[\d ./-]{3,}\d"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    "date": re.compile(
        rf"\b(?:1\d|20)\d\d\b|\b(?:{_MONTHS})\b|\b\d{{1,2}}[:.]\d\d\b|\b(?:century|centuries|secol[oi]|\w*jahrhundert)",
        re.IGNORECASE,
    ),
    "percent": re.compile(r"\d\s*(?:%|per cent|percent|per cento|Prozent)", re.IGNORECASE),
    "money": re.compile(r"(?:€|\beuro?s?\b|\bEUR\b|\$)", re.IGNORECASE),
    "count": re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE),
}
CONTACTS = ("phone", "email")  # there is no telling them in other words
_ORDER = (*CONTACTS, "date", "percent", "money", "count")  # the narrowest first: "how much money" is also "how much"


def asked_kind(question: str, language: str) -> str | None:
    """Return "phone", "email", "date", "percent", "money" or "count" when the question asks for one, else None."""
    patterns = lexicon(language).kinds
    return next((kind for kind in _ORDER if patterns[kind].search(question)), None)


def offers(kind: str, text: str) -> bool:
    """Whether `text` holds an answer of that kind."""
    return bool(_OFFERS[kind].search(text)) and (kind != "money" or any(c.isdigit() for c in text))
