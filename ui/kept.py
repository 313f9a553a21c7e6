"""Conversations kept in the reader's own browser: what is stored there, and how it becomes a conversation again.

What comes back may have been changed by anybody. Its form and size are checked, its texts are only ever text, and of a
quote only its words and place are taken: section, dates, status and address are read anew from the document. A quote
that no longer stands there is shown as changed.
"""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from assistant.answer import Answer, Citation, Notice, NoticeKind, Status
from assistant.evidence import cite_again
from corpus.document import Document
from ui.conversation import MAX_QUESTION, Exchange, clean_question
from ui.shelf import Id, Shelf, Untrusted
from ui.texts import Texts

# Of what is sent to open a conversation, which must stay well under the limit of a request's body.
_MOST_BYTES = 44_000
_Short = Annotated[str, StringConstraints(max_length=400)]
_Long = Annotated[str, StringConstraints(max_length=20_000)]
_Language = Literal["en", "it", "de"]

FindDocument = Callable[[str, str], Document | None]


class KeptQuote(Untrusted):
    """A quote as it was shown, and where it stood."""

    n: int = Field(ge=1, le=999)
    document: _Short
    language: _Language
    title: _Short
    start: int = Field(ge=0)
    quote: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class KeptNotice(Untrusted):
    """A notice as it was shown."""

    kind: NoticeKind
    text: _Long


class KeptExchange(Untrusted):
    """A question and its answer as they were shown."""

    question: Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUESTION)]
    question_used: _Long
    status: Status
    answer: _Long
    language: _Language
    composer: Literal["extractive", "model"]
    model: _Short | None
    quotes: tuple[KeptQuote, ...] = Field(max_length=40)
    notices: tuple[KeptNotice, ...] = Field(max_length=40)

    @model_validator(mode="after")
    def _has_quotes_when_it_answers(self) -> "KeptExchange":
        if (self.status in (Status.ANSWERED, Status.PARTIAL)) != bool(self.quotes):
            raise ValueError("an answer has quotes, and nothing else has")
        return self


class KeptConversation(Untrusted):
    """A conversation as it is stored. `version` changes with the form: what is of another one is not opened."""

    version: Literal[1]
    id: Id
    exchanges: tuple[KeptExchange, ...] = Field(min_length=1, max_length=40)


class Sent(Untrusted):
    """What `kept.js` sends: the shelf as it is, and the conversation to open if one is."""

    n: int
    shelf: Shelf
    opened: KeptConversation | None = None


def read_sent(text: str) -> Sent | None:
    """Return what the browser sent; nothing when it is not of our form."""
    try:
        return Sent.model_validate_json(text)
    except ValidationError:
        return None


def kept_json(conversation: str, exchanges: Sequence[Exchange]) -> str:
    """Return the answered exchanges as they are stored, as JSON: the newest, as many as there is room for.

    Empty when there is none.
    """
    text, kept = "", tuple(_keep(exchange) for exchange in exchanges if exchange.answer is not None)
    for first in reversed(range(len(kept))):
        whole = KeptConversation(version=1, id=conversation, exchanges=kept[first:]).model_dump_json()
        # It is sent within a text, where each quotation mark is two characters.
        if len(json.dumps(whole, ensure_ascii=False).encode()) > _MOST_BYTES:
            break
        text = whole
    return text


def _keep(exchange: Exchange) -> KeptExchange:
    answer = exchange.answer
    assert answer is not None
    return KeptExchange.model_construct(
        question=exchange.question,
        question_used=answer.question_used,
        status=answer.status,
        answer=answer.answer,
        language=answer.language,
        composer=answer.composer,
        model=answer.model,
        quotes=tuple(
            KeptQuote.model_construct(
                n=c.n, document=c.document, language=c.language, title=c.title, start=c.start, quote=c.quote
            )
            for c in answer.citations
        ),
        notices=tuple(KeptNotice.model_construct(kind=n.kind, text=n.text) for n in answer.notices),
    )


def reopened(kept: KeptConversation, find: FindDocument, words: Texts) -> list[Exchange]:
    """Return the exchanges of a kept conversation, numbered from 1; its quotes are held to the documents of today."""
    return [_reopen(n, exchange, find, words) for n, exchange in enumerate(kept.exchanges, 1)]


def _reopen(number: int, kept: KeptExchange, find: FindDocument, words: Texts) -> Exchange:
    again = {quote.n: _cite_again(quote, find) for quote in kept.quotes}
    changed = [words.quote_changed.format(n=n) for n, citation in again.items() if citation is None]
    told = [Notice(notice.kind, notice.text) for notice in kept.notices]
    noticed = dict.fromkeys([*told, *(Notice(NoticeKind.UNVERIFIED, text) for text in changed)])
    answer = Answer(
        status=kept.status,
        answer=kept.answer,
        language=kept.language,
        question_used=kept.question_used,
        composer=kept.composer,
        model=kept.model,
        citations=tuple(again[quote.n] or _as_it_was(quote) for quote in kept.quotes),
        notices=tuple(noticed),  # it may have been noticed before, and kept with the answer
    )
    return Exchange(number, clean_question(kept.question), answer=answer)


def _cite_again(quote: KeptQuote, find: FindDocument) -> Citation | None:
    document = find(quote.document, quote.language)
    return cite_again(quote.n, quote.quote, quote.start, document) if document else None


def _as_it_was(quote: KeptQuote) -> Citation:
    return Citation(
        n=quote.n,
        document=quote.document,
        language=quote.language,
        title=quote.title,
        section="",
        quote=quote.quote,
        start=quote.start,
        end=quote.start + len(quote.quote),
        as_of="",
        valid_until=None,
        status="changed",
        url=None,
    )
