"""Step 3, last: the quotes for a message: those for it as a whole and, where it asks several things, those for each."""

from collections.abc import Collection, Sequence
from datetime import date

from assistant.compose import near_the_best
from assistant.condense import Standalone, telling_words
from assistant.considered import Considered
from assistant.evidence import Quote, beside, collect, touches, with_other_side
from assistant.judge import judge_evidence
from assistant.question import Question
from index.known import Nearness
from index.retrieve import Found, Retriever, ScoredSentence
from index.standing import asks_for_history
from index.words import terms

FOR_ONE = 2  # quotes for one of several questions


def gather(
    asked: Question,
    found: Sequence[Found],
    ranked: Sequence[list[ScoredSentence]],
    retriever: Retriever,
    today: date,
) -> list[Quote]:
    """Return the quotes for a message, numbered from 1; `found` and `ranked` are what the message as a whole finds, as
    found and as ranked, then what each question in it does.

    A question in it is judged by itself, and noted if nothing answers it: what was found for it is not quoted. A side
    of a comparison is also answered by what is quoted for the whole; where both are answered they stand before it.
    """
    whole, *others = (collect(sentences, retriever) for sentences in ranked)
    each = list(zip(asked.parts, others, found[1:], strict=True))
    judged = [_answer(asked, part, quotes, its.near) for part, quotes, its in each]
    answering = [
        _for_one(asked, part, _to_the_matter(asked, part, quotes, whole), its.near) if answers else []
        for (part, quotes, its), answers in zip(each, judged, strict=True)
    ]
    shown = near_the_best(whole, found[0].near) if asked.compares else []
    asked.answered = [
        answers or bool(quotes and touches(quotes[0], shown)) for answers, quotes in zip(judged, others, strict=True)
    ]
    if asked.compares and all(judged):  # the whole is near both sides: what it finds stands behind
        whole, answering = [], [*answering, shown[:FOR_ONE]]
    now = not asks_for_history(asked.text, asked.language, today)
    return with_other_side(beside(whole, answering), retriever, newest_first=now)


def _for_one(asked: Question, part: Standalone, quotes: Sequence[Quote], near: Nearness | None) -> list[Quote]:
    return near_the_best(quotes, near)[:FOR_ONE] if _answer(asked, part, quotes, near) else []


def _to_the_matter(asked: Question, part: Standalone, quotes: list[Quote], whole: Sequence[Quote]) -> list[Quote]:
    """Of the quotes for a question that leans on one before it ("and for how long?" finds the terms of anything) those
    from a document that the message as a whole finds, too, or with a word of its own.
    """
    if not part.context or part.said or part is asked.parts[0]:
        return quotes
    documents = {quote.citation.document for quote in whole}
    own = telling_words(part.question, asked.language).keys()
    return [quote for quote in quotes if quote.citation.document in documents or _has(quote, own, asked.language)]


def _has(quote: Quote, own: Collection[str], language: str) -> bool:
    """Whether a quote or its headings have one of these words, maybe in a longer one, as German makes them
    ("Steuern", "Steuerjahr"); in another language that tells nothing.
    """
    cited = quote.citation
    told = terms(f"{quote.text} {cited.title} {cited.section}", cited.language)
    return cited.language != language or any(word in other for word in own for other in told)


def _answer(asked: Question, part: Standalone, quotes: Sequence[Quote], near: Nearness | None) -> bool:
    considered = Considered(part.question, asked.language, part.text, quotes, near, bool(part.context))
    return judge_evidence(considered, alone=True).answers
