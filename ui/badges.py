"""Badges: in a word or two what a reader must know of a source. Pure functions; every text passes `escape`."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from assistant.answer import Answer, Citation, NoticeKind
from assistant.dates import in_words, is_past, month_in_words
from assistant.texts import say
from ui.markup import escape
from ui.texts import INTERFACE_LANGUAGES, Texts

_NUMBER = re.compile(r"\[(\d{1,3})\]")


def badges_html(badges: Iterable[str]) -> str:
    """Return a line of badges; nothing for none."""
    items = "".join(f'<li class="badge">{escape(badge)}</li>' for badge in badges)
    return f'<ul class="badges">{items}</ul>' if items else ""


def age(as_of: str, words: Texts) -> Iterator[str]:
    """Yield how old a statement is, by its month."""
    if as_of:
        yield words.badge_as_of.format(date=month_in_words(as_of, words.code))


def cautions(status: str, valid_until: str | None, words: Texts, today: date) -> Iterator[str]:
    """Yield what speaks against taking a source for what holds today."""
    if status != "current":
        name = status_name(status, words)
        yield name[:1].upper() + name[1:]
    if valid_until and is_past(valid_until, today):
        yield words.notice_stale


def of_citation(citation: Citation, spoken: str, words: Texts, today: date, *, disputed: bool) -> list[str]:
    """Return the badges of a quote in an answer that is in the language `spoken`; its date is not among them."""
    return [
        *cautions(citation.status, citation.valid_until, words, today),
        *([words.notice_conflict] if disputed else []),
        *([words.notice_unverified] if citation.confidence.startswith("knowledge") else []),
        *foreign(citation.language, spoken, words),
    ]


def foreign(language: str, spoken: str, words: Texts) -> Iterator[str]:
    """Yield the language of an original that is in another one than the reader's."""
    if language != spoken:
        yield words.badge_original.format(language=language_in_words(language, words))


def disputed(answer: Answer | None) -> frozenset[int]:
    """Return the numbers of the quotes that, by the notices of an answer, tell otherwise than another one."""
    conflicts = [notice.text for notice in answer.notices if notice.kind == NoticeKind.CONFLICT] if answer else []
    return frozenset(int(number) for text in conflicts for number in _NUMBER.findall(text))


def span_of_time(citations: Iterable[Citation], words: Texts) -> Iterator[str]:
    """Yield from when an answer's quotes are: one month, or the oldest and the newest."""
    days = sorted({citation.as_of[:7] for citation in citations if citation.as_of})
    months = list(dict.fromkeys(in_words(day, words.code) for day in (days[:1] + days[-1:])))
    if months:
        yield words.badge_as_of.format(date=" – ".join(months))


def language_in_words(code: str, words: Texts) -> str:
    """Return what the reader calls a language; its code where the page has no word for it."""
    return say(words.code, code) if code in INTERFACE_LANGUAGES else code


def status_name(status: str, words: Texts) -> str:
    """Return what the reader calls the state of a document."""
    name: str = getattr(words, f"status_{status}", status)
    return name
