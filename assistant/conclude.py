"""Step 6: the answer object: on its citations and what a reader must know of them, or an honest no."""

from dataclasses import replace
from datetime import date

from assistant.answer import Answer, Citation, Notice, NoticeKind, Retrieved, Status
from assistant.compose import Draft
from assistant.evidence import cite
from assistant.generator import Generator
from assistant.notices import disagreements, notices
from assistant.question import Question
from assistant.route import asks_of_own_case
from assistant.texts import say


def grounded(
    asked: Question,
    draft: Draft,
    today: date,
    extra: tuple[Notice, ...] = (),
    generator: Generator | None = None,
    status: Status = Status.ANSWERED,
) -> Answer:
    """Return the answer that a draft makes; `generator` is whoever wrote it, None when it quotes."""
    citations = cite(asked.quotes, draft.cited)
    quoted = [quote for quote in asked.quotes if quote.citation.n in draft.cited]
    remarks = (
        notices(citations, asked.language, today)
        + disagreements(quoted, asked.language)
        + extra
        + _missing(asked)
        + _general(asked)
        + _unread(asked)
    )
    if asked.unanswered:
        status = Status.PARTIAL
    answer = replace(ended(asked, status, draft.text, citations), notices=remarks)
    return answer if generator is None else replace(answer, composer="model", model=generator.name)


def not_in_corpus(asked: Question) -> Answer:
    """Return what is known of what is missing, or the nearest document, and whom to ask."""
    if asked.not_covered:
        text = " ".join(asked.not_covered.chunk.text.split())
    else:
        titles = [quote.citation.title for quote in asked.quotes[:1] if quote.citation.title]
        key = "not_in_corpus_near" if titles else "not_in_corpus"
        nearest = say(asked.language, key, title=titles[0] if titles else "")
        text = f"{nearest} {say(asked.language, 'ask_office')}"
    return replace(ended(asked, Status.NOT_IN_CORPUS, text), notices=_unread(asked))


def ended(asked: Question, status: Status, text: str, citations: tuple[Citation, ...] = ()) -> Answer:
    """Return an answer with all that is known of its question."""
    return Answer(
        status=status,
        answer=text,
        language=asked.language,
        question_used=asked.standalone,
        citations=citations,
        retrieved=tuple(Retrieved(c.chunk.document, c.chunk.id, round(c.score, 4)) for c in asked.chunks),
        timings_ms=replace(asked.timings, total=asked.elapsed()),
        odds=asked.judgement.odds,
    )


def incomplete(asked: Question, why: str) -> Notice:
    """Return the notice that an answer is not what it would have been."""
    return Notice(NoticeKind.INCOMPLETE, say(asked.language, why))


def _missing(asked: Question) -> tuple[Notice, ...]:
    """Notices that of several things asked the documents do not answer these."""
    missing = (question.rstrip(" ?!.,;:–—-") for question in asked.unanswered)
    return tuple(Notice(NoticeKind.INCOMPLETE, say(asked.language, "missing", question=each)) for each in missing)


def _general(asked: Question) -> tuple[Notice, ...]:
    """The notice that documents tell what holds in general, not for whoever asks whether it holds for them."""
    return (incomplete(asked, "general"),) if asks_of_own_case(asked.text) else ()


def _unread(asked: Question) -> tuple[Notice, ...]:
    """The notice that a question came in a crowd: what was found is less surely what it asks for."""
    return (incomplete(asked, "unread"),) if asked.unread else ()
