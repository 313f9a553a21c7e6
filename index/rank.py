"""How well passages and sentences fit a question: closeness in meaning plus the share of its words they hold.

Scores are added, not ranks. A rank says nothing when a leg has no good hit (the one Italian text for an Italian
question that only an English text answers), a score does. So words count on an absolute scale, too: by how much of what
is telling in the question (inverse document frequency) a text holds, not by how it compares with the best hit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.embed import Vectors
from index.records import Passage
from index.words import names_in

# Chosen on squad2_dev, squad_it, covid_faq and the project's own cases; see docs/decisions/retrieval.md.
WORDS = 0.12  # for a passage that holds all of a question's words
SENTENCE_WORDS = 0.09  # and for one with a sentence that does
OWN_WORDS = 0.15  # and for the sentence itself
FEW_WORDS = 25.0  # inverse document frequency of a question whose words hardly tell anything: they count for less
GENERAL = 0.2  # how much of its nearness to everything a text is not given credit for
LANGUAGE = 0.8  # how much of the difference between languages is made up for
UNTRANSLATED = 1.0  # the same where documents are translated: what is there in another language alone says it alone
CONTEXT = 0.7  # how much a sentence owes to the passage it stands in
_BACKGROUND = slice(5, 20)  # ranks that hold nothing but the usual
_SATURATION = 1.2  # BM25's k1 and b
_LENGTH = 0.6
_USUAL_TERMS = {"passage": 100, "sentence": 18}


@dataclass(frozen=True)
class Question:
    """A question ready to be compared: its vector, shape (1, dimension), and how telling its words are."""

    language: str
    vector: Vectors
    idf: Mapping[str, float]
    telling: float  # inverse document frequency that a text is held to: that of the question's own words


@dataclass(frozen=True)
class Fit:
    """A passage held to a question: its score, and of each of its sentences the cosine and the share of words."""

    passage: Passage
    score: float
    cosines: np.ndarray
    words: np.ndarray


def fit(question: Question, passage: Passage, vectors: tuple[Vectors, Vectors], means: Vectors) -> Fit:
    """Hold a passage to a question.

    `vectors` are its own, shape (1, dimension), and its sentences', one row each; `means` those of its language.
    """
    own, sentences = vectors
    heading, *lines = passage.words
    idf = _comparable(question, passage.language)
    cosines = sentences @ question.vector[0]
    words = np.array([_words(line, idf, "sentence") / question.telling for line in lines], dtype=np.float32)
    whole = float(own[0] @ question.vector[0]) - _general(own, means[0])[0]
    nearest = (cosines - _general(sentences, means[1])).max() if len(cosines) else whole
    held = _words([*heading, *(word for line in lines for word in line)], idf, "passage") / question.telling
    score = (whole + float(nearest)) / 2 + WORDS * held + SENTENCE_WORDS * float(words.max(initial=0.0))
    return Fit(passage, float(score), cosines, words)


def level(fits: Sequence[Fit], language: str, share: float = LANGUAGE) -> list[Fit]:
    """Make up for what the languages of passages add to their scores, and put them in order.

    A model puts a text nearer to a question for being in its language; so does every shared word. What the usual
    passage of a language scores for this question, beyond one in the question's own, is taken off, up to this `share`.
    """
    usual = {code: _usual([f.score for f in fits if f.passage.language == code]) for code in _languages(fits)}
    own = usual.get(language)

    def shift(code: str) -> float:
        other = usual[code]
        return 0.0 if own is None or other is None else share * (own - other)

    levelled = [replace(f, score=f.score + shift(f.passage.language)) for f in fits]
    return sorted(levelled, key=lambda f: (-f.score, f.passage.id))


def sentence_score(held: Fit, number: int) -> float:
    """Score of one sentence of a passage."""
    return float(held.cosines[number] + CONTEXT * held.score + OWN_WORDS * held.words[number])


def _languages(fits: Sequence[Fit]) -> set[str]:
    return {f.passage.language for f in fits}


def _usual(scores: list[float]) -> float | None:
    background = sorted(scores, reverse=True)[_BACKGROUND]
    return sum(background) / len(background) if background else None


def _general(rows: Vectors, mean: np.ndarray) -> np.ndarray:
    """What is taken off cosines of these rows for being near everything; nothing, for a row as near as the usual."""
    return np.asarray(GENERAL * (rows @ mean - mean @ mean))


def _comparable(question: Question, language: str) -> Mapping[str, float]:
    """The words that a text in `language` can be held to: another language shares only acronyms and figures."""
    if language == question.language:
        return question.idf
    return {word: question.idf[word] for word in names_in([*question.idf])}


def _words(words: Sequence[str], idf: Mapping[str, float], kind: str) -> float:
    """BM25 of `words` for the terms of a question, without its constant factor (k1 + 1)."""
    length = 1 - _LENGTH + _LENGTH * len(words) / _USUAL_TERMS[kind]
    found = 0.0
    for word in idf.keys() & set(words):
        count = words.count(word)
        found += idf[word] * count / (count + _SATURATION * length)
    return found
