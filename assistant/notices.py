"""Step 6, second half: what a reader must know about the documents an answer rests on."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from assistant.answer import Citation, Notice, NoticeKind
from assistant.dates import in_words, is_past
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
            say(
                language,
                "conflict",
                one=a.n,
                one_as_of=in_words(a.as_of, language),
                other=b.n,
                other_as_of=in_words(b.as_of, language),
            ),
        )
        for a, b in pairs
    )


def _of(citation: Citation, language: str, today: date) -> Iterator[Notice]:
    values = {
        "title": citation.title,
        "as_of": in_words(citation.as_of, language),
        "valid_until": in_words(citation.valid_until or "", language),
    }
    if citation.status == "historic":
        yield Notice(NoticeKind.HISTORIC, say(language, "historic", **values))
    if citation.valid_until and is_past(citation.valid_until, today):
        yield Notice(NoticeKind.STALE, say(language, "stale", **values))
    if citation.confidence.startswith("knowledge"):
        yield Notice(NoticeKind.UNVERIFIED, say(language, "unverified", **values))
    if citation.language != language:
        name = say(language, citation.language)
        yield Notice(NoticeKind.TRANSLATED, say(language, "translated", language=name))
