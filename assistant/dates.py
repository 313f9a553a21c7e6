"""Days as a reader of a language writes them: 2025-11-30 is 30 November 2025, 30 novembre 2025, 30. November 2025."""

import re
from datetime import date

from assistant.texts import say

_DAY = re.compile(r"(?P<year>\d{4})(-(?P<month>0[1-9]|1[0-2])(-(?P<day>0[1-9]|[12]\d|3[01]))?)?")


def in_words(day: str, language: str) -> str:
    """Return a day, month or year given as YYYY[-MM[-DD]]; anything else comes back as it is."""
    given = _DAY.fullmatch(day)
    if given is None or given["month"] is None:
        return day
    month = say(language, "months").split()[int(given["month"]) - 1]
    if given["day"] is None:
        return f"{month} {given['year']}"
    return f"{_ordinal(int(given['day']), language)} {month} {given['year']}"


def _ordinal(day: int, language: str) -> str:
    if language == "it" and day == 1:
        return "1º"
    return f"{day}." if language == "de" else f"{day}"


def month_in_words(day: str, language: str) -> str:
    """Return the month of a day, or the year where no more is known."""
    return in_words(day[:7] if _DAY.fullmatch(day) else day, language)


def is_past(day: str, today: date) -> bool:
    """Whether a day, month or year given as YYYY[-MM[-DD]] is over."""
    return day < today.isoformat()[: len(day)]
