"""Closeness, words, general texts, languages: each moves the ranking the way it should."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Chunk, Span
from index.rank import Fit, Question, fit, level, sentence_score
from index.records import Passage
from index.words import terms

PLAIN = np.zeros((2, 4), dtype=np.float32)
ALONG, ACROSS = np.eye(4, dtype=np.float32)[:1], np.eye(4, dtype=np.float32)[1:2]


def _passage(text: str, number: int = 0, language: str = "en") -> Passage:
    chunk = Chunk(f"d{number}", language, "", "", 0, len(text), text, (Span(0, len(text)),))
    return Passage.of(chunk, number, "f", number, [[], terms(text, language)])


def _question(text: str, language: str = "en") -> Question:
    return Question(language, ALONG, dict.fromkeys(terms(text, language), 5.0), 25.0)


def test_the_nearer_passage_scores_more():
    question, passage = _question(""), _passage("The hub.")
    assert fit(question, passage, (ALONG, ALONG), PLAIN).score > fit(question, passage, (ACROSS, ACROSS), PLAIN).score


def test_shared_words_add_and_rarer_ones_add_more():
    passage = _passage("The mechatronics hub in Rovereto.")
    scores = [fit(_question(text), passage, (ALONG, ALONG), PLAIN).score for text in ("lake", "hub", "hub Rovereto")]
    assert scores == sorted(set(scores))
    rare = Question("en", ALONG, {"hub": 9.0}, 25.0)
    assert fit(rare, passage, (ALONG, ALONG), PLAIN).score > scores[1]


def test_a_text_in_another_language_shares_only_names_and_figures():
    passage = _passage("The hub of FBK costs 120,000 euro.", language="en")
    for asked, counts in (("hub", False), ("FBK", True), ("120.000 Euro", True)):
        held = fit(_question(asked, "de"), passage, (ALONG, ALONG), PLAIN)
        assert (held.words[0] > 0) == counts


def test_a_text_near_everything_is_given_less_credit():
    means = np.concatenate([ACROSS, ACROSS])
    general = (ALONG + ACROSS) / np.sqrt(2)
    special = np.array([[1, 0, 1, 0]], dtype=np.float32) / np.sqrt(2)
    scores = [fit(_question(""), _passage("x"), (rows, rows), means).score for rows in (special, general)]
    assert scores[0] > scores[1]


def test_languages_are_levelled_by_what_is_usual_in_each():
    """Ten plain passages of each language; the one answer stands out in Italian, which scores lower throughout."""
    german = [_fit(f"german {n}", n, "de", 0.80) for n in range(10)]
    italian = [_fit(f"italian {n}", 20 + n, "it", 0.70) for n in range(10)] + [_fit("answer", 40, "it", 0.79)]
    assert level([*german, *italian], "de")[0].passage.document == "d40"


def test_a_language_too_small_to_have_a_usual_passage_is_left_alone():
    fits = [_fit("one", 1, "de", 0.8), _fit("two", 2, "it", 0.9)]
    assert [f.score for f in level(fits, "de")] == [0.9, 0.8]


def _fit(text: str, number: int, language: str, score: float) -> Fit:
    return Fit(_passage(text, number, language), score, np.zeros(1), np.zeros(1))


@given(
    st.lists(st.tuples(st.sampled_from(["en", "it", "de"]), st.floats(0, 1)), max_size=60),
    st.sampled_from(["en", "it"]),
)
def test_levelling_keeps_the_order_within_a_language_and_loses_nothing(scored, language):
    fits = [_fit(str(n), n, code, score) for n, (code, score) in enumerate(scored)]
    levelled = level(fits, language)
    assert sorted(f.passage.number for f in levelled) == list(range(len(fits)))
    for code in ("en", "it", "de"):
        before = sorted((f for f in fits if f.passage.language == code), key=lambda f: (-f.score, f.passage.id))
        after = [f for f in levelled if f.passage.language == code]
        assert [f.passage.number for f in after] == pytest.approx([f.passage.number for f in before]) or _ties(before)


def _ties(fits: list[Fit]) -> bool:
    """Scores that differ by less than a shift can round together."""
    scores = [f.score for f in fits]
    return any(abs(a - b) < 1e-9 for a, b in pairwise(scores))


def test_a_sentence_owes_to_its_passage():
    passage = _passage("x")
    better, worse = (Fit(passage, score, np.array([0.8]), np.zeros(1)) for score in (0.9, 0.7))
    assert sentence_score(better, 0) > sentence_score(worse, 0)


def test_a_passage_is_read_back_as_it_was_stored():
    passage = _passage("The hub of FBK.", 7)
    assert json.loads(passage.body)["text"] == passage.chunk.text == "The hub of FBK."
    assert passage.words == [[], ["hub", "fbk", "=fbk"]]
