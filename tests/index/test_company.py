"""A sentence gains from what is said beside it."""

from dataclasses import replace

import pytest

from corpus.document import Chunk, Reference, Span
from index.company import AWAY, OF_DOCUMENT, OF_PASSAGE, in_company
from index.retrieve import ScoredSentence


def said(document: str, *scores: float, passage: int = 0) -> list[ScoredSentence]:
    """Sentences of one passage with these scores."""
    spans = tuple(Span(10 * n, 10 * n + 9) for n in range(len(scores)))
    start = 1000 * passage
    chunk = Chunk(document, "en", "", "", start, start + 100, "x" * 100, spans)
    return [ScoredSentence(chunk, span, score, 0.8, 0.0) for span, score in zip(spans, scores, strict=True)]


def best(sentences: list[ScoredSentence]) -> str:
    return max(in_company(sentences), key=lambda s: s.score).chunk.document


def test_of_two_sentences_alike_the_one_among_others_about_the_matter_is_better():
    assert best([*said("lone", 1.0), *said("matter", 1.0, 0.95, 0.95), *said("other", 0.1)]) == "matter"


def test_company_does_not_make_up_for_everything():
    assert best([*said("lone", 1.5), *said("matter", 1.0, 0.95, 0.95), *said("other", 0.1)]) == "lone"


def test_the_passages_of_a_document_help_each_other():
    apart = [*said("matter", 0.98), *said("matter", 0.97, passage=1)]
    assert best([*said("lone", 0.98), *apart, *said("other", 0.1)]) == "matter"


def test_sentences_of_one_passage_keep_their_order_and_distance():
    first, second = in_company(said("d", 1.0, 0.5))
    assert first.score - second.score == pytest.approx(0.5)


def test_what_several_documents_tell_is_best_in_the_one_it_belongs_to():
    def telling(document: str, score: float) -> list[ScoredSentence]:
        fact = Reference(5, "home.runs", "2025", None, "source", "", "")
        return [replace(s, chunk=replace(s.chunk, references=(fact,))) for s in said(document, score)]

    assert best([*telling("guest", 1.0), *telling("home", 1.0 - AWAY / 4)]) == "home"
    assert best([*telling("guest", 1.0), *telling("home", 1.0 - 2 * AWAY)]) == "guest"
    # What rests on no fact is as good as what does.
    assert best([*said("plain", 1.0), *telling("home", 1.0 - AWAY / 4)]) == "plain"


def test_one_sentence_alone_is_its_own_company():
    (only,) = in_company(said("d", 1.0))
    assert only.score == pytest.approx(1.0 + OF_DOCUMENT + OF_PASSAGE)
    assert replace(only, score=1.0) == said("d", 1.0)[0]
    assert in_company([]) == []
