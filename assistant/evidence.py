"""Step 3, second half: the ranked sentences become quotes that stand by themselves.

A sentence that points back ("It hosts over 50 …") is quoted with the sentence before it, so that its subject is in
the quote, one that leads to a list ("One of the following …") with the list, an item of a list with those beside it
that tell of the same fact. Quotes that touch are joined. Offsets are the document's:
`quote == document.text[start:end]`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from assistant.answer import Citation
from assistant.kinds import asked_kind, offers
from assistant.lexicon import lexicon
from corpus.document import Chunk, Document, Reference, Span
from corpus.split import split_document
from index.retrieve import Retriever, ScoredSentence
from index.words import names_in

KIND_BONUS = 0.02  # a quarter of a standard deviation of the scores of the sentences of one passage
WHOLE = 0  # number of a message as a whole; the questions in it are numbered from 1
LONGEST = 450  # characters of a quote made of sentences that touch
LONGEST_LIST = 600  # and of one made of the items of a list that tell one fact: about one in ten such lists is longer
MOST = 4  # quotes shown, and given to the model: reading them dominates its time
SAME = 0.75  # share of terms in common, of all that two sentences have, from which on the one repeats the other

_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_LEADS_TO_A_LIST = re.compile(r":\s*$|\b(?:following|seguenti|folgende[nrs]?)\b[^.]*\.?\s*$", re.IGNORECASE)
_FIRST_WORDS = re.compile(r"^\W*(\w+)(?:\W+(\w+))?")


@dataclass(frozen=True)
class Quote:
    """A verbatim stretch of a document and the sentence in it that was found.

    `differs_from` are the facts that, by what the editors say, tell otherwise of the same thing; `answers` is what it
    was found for: the message as a whole (0), a question in it (1, 2, …), or several of them.
    """

    citation: Citation
    found: ScoredSentence
    differs_from: frozenset[str] = frozenset()
    answers: frozenset[int] = frozenset({WHOLE})

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
    """Return up to `most` quotes, numbered from 1, best first. What a better one says already is not quoted again."""
    kept: list[tuple[ScoredSentence, Span]] = []
    for sentence in sentences:
        span = _self_contained(sentence)
        touched = [i for i, (other, taken) in enumerate(kept) if _overlap(sentence, span, other, taken)]
        if not touched and len(kept) < most and not any(_repeats(sentence, other) for other, _ in kept):
            kept.append((sentence, span))
        elif len(touched) == 1:  # of two, one already holds the sentence itself
            place = touched[0]
            other, taken = kept[place]
            joined = Span(min(taken.start, span.start), max(taken.end, span.end))
            if joined.end - joined.start <= LONGEST:
                kept[place] = (other, joined)
            elif len(kept) < most and not _overlap(sentence, sentence.span, other, taken):
                kept.append((sentence, sentence.span))
    return [_quote(n, s, span, retriever) for n, (s, span) in enumerate(kept, 1)]


def _repeats(sentence: ScoredSentence, other: ScoredSentence) -> bool:
    """Whether two say the same in nearly the same words. Another figure, acronym or denial says something else."""
    both, either = sentence.terms & other.terms, sentence.terms | other.terms
    if not either or len(both) < SAME * len(either) or names_in([*(either - both)]):
        return False
    denies = lexicon(sentence.chunk.language).denies
    return denies(sentence.text) == denies(other.text)


def beside(quotes: Sequence[Quote], questions: Sequence[Sequence[Quote]]) -> list[Quote]:
    """Return the quotes for a message, numbered from 1: those for it as a whole, then those for each question in it,
    unless they are among the former.
    """
    gathered = list(quotes)
    for number, found in enumerate(questions, 1):
        for quote in found:
            there = next((n for n, other in enumerate(gathered) if _touch(quote.citation, other.citation)), None)
            if there is None:
                gathered.append(replace(quote, answers=frozenset({number})))
            else:
                gathered[there] = replace(gathered[there], answers=gathered[there].answers | {number})
    return _numbered(gathered)


def with_other_side(quotes: list[Quote], retriever: Retriever, *, newest_first: bool) -> list[Quote]:
    """Put beside the best quote the newest statement that tells otherwise of the same thing, if there is one.

    It goes behind the best one or, with `newest_first`, before it when it is newer.
    """
    if not quotes or not quotes[0].differs_from:
        return quotes
    best, *rest = quotes
    other = next((quote for quote in rest if differ(best, quote)), None) or _otherwise(best, retriever)
    if other is None:
        return quotes
    first = [other, best] if newest_first and other.citation.as_of > best.citation.as_of else [best, other]
    ordered = [*first, *(quote for quote in rest if quote is not other)]
    return _numbered(ordered)


def _numbered(quotes: Sequence[Quote]) -> list[Quote]:
    return [replace(quote, citation=replace(quote.citation, n=n)) for n, quote in enumerate(quotes, 1)]


def touches(quote: Quote, others: Sequence[Quote]) -> bool:
    """Whether a quote shares some of its words with one of the others."""
    return any(_touch(quote.citation, other.citation) for other in others)


def _touch(one: Citation, other: Citation) -> bool:
    same = (one.language, one.document) == (other.language, other.document)
    return same and one.start < other.end and other.start < one.end


def _otherwise(best: Quote, retriever: Retriever) -> Quote | None:
    told = [_statement(fact, best.citation.language, retriever) for fact in sorted(best.differs_from)]
    # Found by what the editors say and not by the search: it has the score of what it stands beside.
    quotes = [_quote(0, replace(best.found, chunk=c, span=s), s, retriever) for c, s in filter(None, told)]
    return max(quotes, key=lambda quote: quote.citation.as_of, default=None)


def differ(one: Quote, other: Quote) -> bool:
    """Whether two quotes tell otherwise of the same thing."""
    return bool(one.differs_from & set(other.citation.facts))


def _statement(fact: str, language: str, retriever: Retriever) -> tuple[Chunk, Span] | None:
    """Return where a fact is told in the document it belongs to, in this language or else in English."""
    for code in dict.fromkeys((language, "en")):
        try:
            document = retriever.document(fact.rpartition(".")[0], code)
        except KeyError:
            continue
        for chunk in split_document(document):
            for span in chunk.sentences:
                if any(reference.fact == fact for reference in chunk.references_in(span)):
                    return chunk, span
    return None


def cite(quotes: list[Quote], numbers: frozenset[int]) -> tuple[Citation, ...]:
    """Return the citations with these numbers, in order."""
    return tuple(quote.citation for quote in quotes if quote.citation.n in numbers)


def _self_contained(sentence: ScoredSentence) -> Span:
    spans = sentence.chunk.sentences
    place = spans.index(sentence.span)
    if place > 0 and _points_back(sentence.text, sentence.chunk.language):
        return Span(spans[place - 1].start, sentence.span.end)
    if _LEADS_TO_A_LIST.search(sentence.text):
        items = takewhile(lambda span: _ITEM.match(sentence.chunk.sentence(span)), spans[place + 1 :])
        return Span(sentence.span.start, max([sentence.span.end, *(span.end for span in items)]))
    return _list_of_one_fact(sentence, place)


def _list_of_one_fact(sentence: ScoredSentence, place: int) -> Span:
    """An item with those side by side with it that rest on a fact of its own, unless that is too long: half of a split
    by themes, or one of three conditions, is half an answer.
    """
    spans, facts = sentence.chunk.sentences, sentence.facts

    def belongs(span: Span) -> bool:
        told = {reference.fact for reference in sentence.chunk.references_in(span)}
        return _ITEM.match(sentence.chunk.sentence(span)) is not None and not facts.isdisjoint(told)

    if not belongs(sentence.span):
        return sentence.span
    before = list(takewhile(belongs, reversed(spans[:place])))
    after = list(takewhile(belongs, spans[place + 1 :]))
    whole = Span([sentence.span, *before][-1].start, [sentence.span, *after][-1].end)
    return whole if whole.end - whole.start <= LONGEST_LIST else sentence.span


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


def _quote(n: int, sentence: ScoredSentence, span: Span, retriever: Retriever) -> Quote:
    document = retriever.document(sentence.chunk.document, sentence.chunk.language)
    told = document.references_in(sentence.span)
    return Quote(
        _citation(n, sentence, span, retriever),
        sentence,
        frozenset(f for told_by in told for f in told_by.differs_from),
    )


def _citation(n: int, sentence: ScoredSentence, span: Span, retriever: Retriever) -> Citation:
    document: Document = retriever.document(sentence.chunk.document, sentence.chunk.language)
    references = document.references_in(sentence.span) or document.references_in(span)
    return _cited(n, document, span, sentence.chunk, references)


def cite_again(n: int, quote: str, start: int, document: Document) -> Citation | None:
    """Return the citation of a quote that stood at `start`, as its document tells it now; nothing if it holds it no
    longer, word for word.
    """
    if not document.text.startswith(quote, start):
        start = document.text.find(quote)
    chunk = next((chunk for chunk in split_document(document) if chunk.start <= start < chunk.end), None)
    if start < 0 or chunk is None:
        return None
    span = Span(start, start + len(quote))
    return _cited(n, document, span, chunk, document.references_in(span))


def _cited(n: int, document: Document, span: Span, chunk: Chunk, references: tuple[Reference, ...]) -> Citation:
    return Citation(
        n=n,
        document=document.id,
        language=document.language,
        title=document.title,
        section=chunk.section,
        quote=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        status="historic" if chunk.is_historic else document.status,
        facts=tuple(reference.fact for reference in document.references_in(span)),
        **_origin(document, references),
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
