"""Step 3, second half: the ranked sentences become quotes that stand by themselves.

A sentence that points back ("It hosts over 50 …") is quoted with the sentence before it, so that its subject is in
the quote. Quotes that touch are joined. Offsets are the document's: `quote == document.text[start:end]`.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from assistant.answer import Citation
from assistant.kinds import asked_kind, offers
from assistant.lexicon import lexicon
from corpus.document import Document, Reference, Span
from index.retrieve import Retriever, ScoredSentence

KIND_BONUS = 0.08  # one to two standard deviations of the scores of the sentences of one passage
LONGEST = 450  # characters of a quote made of sentences that touch
MOST = 3  # quotes shown, and given to the model: reading them dominates its time

_FIRST_WORDS = re.compile(r"^\W*(\w+)(?:\W+(\w+))?")


@dataclass(frozen=True)
class Quote:
    """A verbatim stretch of a document and the sentence in it that was found."""

    citation: Citation
    found: ScoredSentence

    @property
    def text(self) -> str:
        """The quoted text."""
        return self.citation.quote


def prefer_kind(sentences: list[ScoredSentence], question: str, language: str) -> list[ScoredSentence]:
    """Move up the sentences that hold the kind of answer asked for: an amount when one asks how much."""
    kind = asked_kind(question, language)
    if kind is None:
        return sentences
    lifted = [replace(s, score=s.score + KIND_BONUS) if offers(kind, s.text) else s for s in sentences]
    return sorted(lifted, key=lambda sentence: -sentence.score)


def collect(sentences: list[ScoredSentence], retriever: Retriever, most: int = MOST) -> list[Quote]:
    """Return up to `most` quotes, numbered from 1, best first."""
    kept: list[tuple[ScoredSentence, Span]] = []
    for sentence in sentences:
        span = _self_contained(sentence)
        touched = [i for i, (other, taken) in enumerate(kept) if _overlap(sentence, span, other, taken)]
        if not touched and len(kept) < most:
            kept.append((sentence, span))
        elif len(touched) == 1:  # of two, one already holds the sentence itself
            place = touched[0]
            other, taken = kept[place]
            joined = Span(min(taken.start, span.start), max(taken.end, span.end))
            if joined.end - joined.start <= LONGEST:
                kept[place] = (other, joined)
            elif len(kept) < most and not _overlap(sentence, sentence.span, other, taken):
                kept.append((sentence, sentence.span))
    return [Quote(_citation(n, s, span, retriever), s) for n, (s, span) in enumerate(kept, 1)]


def cite(quotes: list[Quote], numbers: frozenset[int]) -> tuple[Citation, ...]:
    """Return the citations with these numbers, in order."""
    return tuple(quote.citation for quote in quotes if quote.citation.n in numbers)


def _self_contained(sentence: ScoredSentence) -> Span:
    spans = sentence.chunk.sentences
    place = spans.index(sentence.span)
    if place > 0 and _points_back(sentence.text, sentence.chunk.language):
        return Span(spans[place - 1].start, sentence.span.end)
    return sentence.span


def _points_back(text: str, language: str) -> bool:
    match = _FIRST_WORDS.match(text)
    first = match[1].lower() if match else ""
    return first in _BACK_POINTERS[language] and first not in lexicon(language).openers


_BACK_POINTERS = {
    "en": {"it", "they", "this", "these", "those", "its", "their", "he", "she", "here", "there"},
    "it": {"esso", "essa", "essi", "esse", "questo", "questa", "questi", "queste", "qui", "vi", "ne", "lo", "li"},
    "de": {"er", "sie", "es", "dies", "diese", "dieser", "dieses", "diesen", "dort", "hier", "damit", "dabei", "dazu"},
}


def _overlap(a: ScoredSentence, span: Span, b: ScoredSentence, other: Span) -> bool:
    same = (a.chunk.language, a.chunk.document) == (b.chunk.language, b.chunk.document)
    return same and span.start < other.end and other.start < span.end


def _citation(n: int, sentence: ScoredSentence, span: Span, retriever: Retriever) -> Citation:
    document: Document = retriever.document(sentence.chunk.document, sentence.chunk.language)
    origin = _origin(document, document.references_in(sentence.span) or document.references_in(span))
    return Citation(
        n=n,
        document=document.id,
        language=document.language,
        title=document.title,
        section=sentence.chunk.section,
        quote=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        status="historic" if sentence.chunk.is_historic else document.status,
        facts=tuple(reference.fact for reference in document.references_in(span)),
        **origin,
    )


def _origin(document: Document, references: tuple[Reference, ...]) -> dict[str, Any]:
    """Of several facts the oldest day and the first end count: a quote is as good as the weakest it rests on."""
    if not references:
        fields = ("as_of", "valid_until", "url", "publisher", "confidence")
        return {name: getattr(document, name) for name in fields}
    ends = [reference.valid_until for reference in references if reference.valid_until]
    unverified = [reference for reference in references if reference.confidence != "source"]
    return {
        "as_of": min(reference.as_of for reference in references),
        "valid_until": min([*ends, *filter(None, [document.valid_until])], default=None),
        "url": references[0].url,
        "publisher": references[0].publisher,
        "confidence": unverified[0].confidence if unverified else "source",
    }
