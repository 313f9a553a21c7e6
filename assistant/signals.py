"""What is known of a question and its quotes before anything is answered: the signals that the judgement weighs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sentencex

from assistant.considered import Considered
from assistant.evidence import Quote
from assistant.kinds import asked_kind, offers
from assistant.lexicon import words
from corpus.asked import NOTHING
from index.known import Nearness
from index.words import names_in, terms

_SURE = 8.0  # log-odds beyond which the reader is not surer of anything
_MOST = 3  # unknown names that are told apart
_LONG = 120  # characters of a question with a story
_SHORTEST, _LONGEST = 0.5, 1.5  # times that: shorter or longer tells nothing more


@dataclass(frozen=True)
class Signals:
    """Of the quotes: `cosine` of the nearest sentence, `coverage`, the share of the question's words that one holds,
    `kind`, 1 when the first has no answer of the kind asked for; where a reader has read them `reading`, the log-odds
    that the best answers, and `second`, those of the next. Of the question: how many of the `figures` it asks about and
    of its `names` stand in no quote, its `length`, and whether it `follows` others that complete it. Where questions
    are known: `asked`, the cosine of the nearest that the quoted facts answer, and of the nearest few the shares that
    those facts answer (`answered`) and that nothing does (`vain`); None where none is known to what the best quote
    tells.
    """

    cosine: float
    coverage: float
    kind: float
    figures: float
    names: float
    length: float
    follows: float
    reading: float | None = None
    second: float | None = None
    asked: float | None = None
    answered: float | None = None
    vain: float | None = None

    def as_row(self) -> dict[str, float]:
        """Name and value of each that there is."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def signals(considered: Considered) -> Signals:
    """Take the signals of a question and its quotes; there is at least one."""
    question, language, quotes = considered.question, considered.language, considered.quotes
    near = _near_to(quotes[0], considered.near)
    read = _best_read(quotes)
    facts = {fact for quote in quotes for fact in quote.citation.facts}
    known = " ".join(f"{quote.text} {quote.citation.title} {quote.citation.section}" for quote in quotes)
    return Signals(
        cosine=max(quote.found.cosine for quote in quotes),
        coverage=max(quote.found.coverage for quote in quotes),
        kind=_lacks_kind(question, language, quotes[0].text),
        figures=_unknown_figures(question, known, language),
        names=_unknown_names(question, known, language),
        length=max(_SHORTEST, min(_LONGEST, len(question) / _LONG)),
        follows=float(considered.follows),
        reading=read[0] if read else None,
        second=read[:2][-1] if read else None,
        asked=None if near is None else near.cosine(facts),
        answered=None if near is None else near.share(facts),
        vain=None if near is None else near.share([NOTHING]),
    )


def _best_read(quotes: Sequence[Quote]) -> list[float]:
    """The reader's log-odds of what it has read, highest first; of what it has not it does not know."""
    if all(quote.found.reading is None for quote in quotes):
        return []
    return sorted((max(-_SURE, min(_SURE, quote.found.reading or 0.0)) for quote in quotes), reverse=True)


def _near_to(best: Quote, near: Nearness | None) -> Nearness | None:
    """Known questions tell nothing of a document that nobody wrote any to."""
    return near if near is not None and near.knows(best.citation.facts) else None


def _lacks_kind(question: str, language: str, best: str) -> float:
    kind = asked_kind(question, language)
    return float(kind is not None and not offers(kind, best))


def _unknown_figures(question: str, known: str, language: str) -> float:
    """Figures of the sentences that ask: no quote need hold those of a story ("We have 80,000 euro. …")."""
    asking = [sentence for sentence in sentencex.segment(language, question) if sentence.rstrip().endswith("?")]
    asked, told = (set(names_in([*terms(text, language)])) for text in (" ".join(asking) or question, known))
    return float(min(_MOST, len([term for term in asked - told if term.startswith("#")])))


def _unknown_names(question: str, known: str, language: str) -> float:
    """Capitalised words inside its sentences; in German, where every noun has a capital, they tell nothing."""
    if language == "de":
        return 0.0
    stems = {word.lower()[:5] for word in words(known)}
    inside = [word for sentence in sentencex.segment(language, question) for word in words(sentence)[1:]]
    inside = [word for word in inside if word[0].isupper() and len(word) > 1]
    return float(min(_MOST, len([word for word in inside if word.lower()[:5] not in stems])))
