"""Step 6, second half: what a reader must know about the documents an answer rests on."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from assistant.answer import Citation, Notice, NoticeKind
from assistant.evidence import Quote, differ
from assistant.texts import say


def notices(citations: Sequence[Citation], language: str, today: date) -> tuple[Notice, ...]:
    """Return the notices that the cited documents call for, each once, in the language of the question."""
    found = [notice for citation in citations for notice in _of(citation, language, today)]
    return tuple(dict.fromkeys(found))


def disagreements(quotes: Sequence[Quote], language: str) -> tuple[Notice, ...]:
    """Return a notice for each two quotes that tell otherwise of the same thing."""
    pairs = [(a.citation, b.citation) for a, b in combinations(quotes, 2) if differ(a, b)]
    return tuple(
        Notice(
            NoticeKind.CONFLICT,
            say(language, "conflict", one=a.n, one_as_of=a.as_of, other=b.n, other_as_of=b.as_of),
        )
        for a, b in pairs
    )


def _of(citation: Citation, language: str, today: date) -> Iterator[Notice]:
    values = {"title": citation.title, "as_of": citation.as_of, "valid_until": citation.valid_until}
    if citation.status == "historic":
        yield Notice(NoticeKind.HISTORIC, say(language, "historic", **values))
    if citation.valid_until and _is_past(citation.valid_until, today):
        yield Notice(NoticeKind.STALE, say(language, "stale", **values))
    if citation.confidence.startswith("knowledge"):
        yield Notice(NoticeKind.UNVERIFIED, say(language, "unverified", **values))
    if citation.language != language:
        name = say(language, citation.language)
        yield Notice(NoticeKind.TRANSLATED, say(language, "translated", language=name))


def _is_past(day: str, today: date) -> bool:
    """Whether a day, month or year given as YYYY[-MM[-DD]] is over."""
    return day < today.isoformat()[: len(day)]
