"""From a question to ranked passages and sentences: candidates from vectors in every language, from words in the
question's own and from known questions, then each held to the question (`rank`) and to the day (`standing`)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from corpus.document import Chunk, Document, Entry, Span
from corpus.glossary import Glossary
from corpus.language import LANGUAGES
from index.company import in_company
from index.conflicts import both_sides
from index.duplicates import without_repetitions
from index.embed import Embedder, Vectors
from index.known import Nearness, as_asked
from index.means import read_means
from index.names import collection
from index.parts import MEANS
from index.probe import Probe, start_probe
from index.rank import CONTEXT, FEW_WORDS, LANGUAGE, UNTRANSLATED, Fit, Question, fit, level, sentence_score
from index.records import Passage
from index.serving import open_serving
from index.standing import allowance, asks_for_history
from index.words import terms

_DEPTH = 30  # candidates of each leg
# What a conversation counts for; chosen on mtrag_human, cast21_mini and doc2dial.
_CONTEXT = 2.0  # of the question with its context, beside the question alone
_CONTEXT_WORDS = 0.5
_AGED = 20  # ranks among which the newer goes first
_PASSAGES = 12  # passages whose sentences are all compared
_WHOLE = 20  # characters of the shortest known question that is suggested


@dataclass(frozen=True)
class ScoredChunk:
    """A passage with its fused score."""

    chunk: Chunk
    score: float


@dataclass(frozen=True)
class ScoredSentence:
    """A sentence with its place, its fused score, the two signals the score is made of, and its terms.

    Where the reader has read it, `reading` are the log-odds that it answers.
    """

    chunk: Chunk
    span: Span
    score: float
    cosine: float
    coverage: float
    terms: frozenset[str] = frozenset()
    reading: float | None = None

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.chunk.sentence(self.span)

    @property
    def facts(self) -> set[str]:
        """What its statements rest on."""
        return {reference.fact for reference in self.chunk.references_in(self.span)}

    @property
    def is_away(self) -> bool:
        """Whether the facts it tells, if it tells any, all belong to other documents, which tell them, too."""
        return bool(self.facts) and all(fact.rpartition(".")[0] != self.chunk.document for fact in self.facts)


@dataclass(frozen=True)
class Found:
    """What retrieval found for one question, best first, and how near known questions are, where any are known."""

    chunks: list[ScoredChunk]
    sentences: list[ScoredSentence]
    near: Nearness | None = None


class Retriever:
    """Reads the live build of an index directory. Safe to use from several threads.

    Raises `IndexUnusable`, naming the command that mends it, when there is no index, when it is damaged, or when it
    was built by other means than those in force.
    """

    def __init__(
        self,
        directory: Path,
        embedder: Embedder,
        today: Callable[[], date] = date.today,
        probing: Probe | None = None,
    ) -> None:
        self._serving = open_serving(directory, embedder.identity, probing)
        self.manifest, self._parts = self._serving.manifest, self._serving.parts
        self._means = read_means(self._parts.build / MEANS, self.manifest.dimension, self.manifest.languages)
        self._known = self._parts.known()
        self._levelled = UNTRANSLATED if self._parts.records.has_translations() else LANGUAGE
        self.embedder = embedder
        self._today = today
        self._glossary = Glossary(self._parts.records.terms())
        self._legs = ThreadPoolExecutor(len(LANGUAGES) + 1, thread_name_prefix="leg")

    @property
    def degraded(self) -> str | None:
        """Why an older build is served than the live one, and how to mend that; None when it is the live one."""
        return self._serving.degraded

    def is_stale(self) -> bool:
        """Say whether another build has taken over since this one was opened."""
        return self._serving.is_stale()

    def renewed(self) -> "Retriever":
        """Return a retriever of the build that has taken over; this one goes on as it is. Raises as the class does."""
        directory = self._serving.directory
        return Retriever(directory, self.embedder, self._today, start_probe(directory))

    def close(self) -> None:
        """Release files and memory; nothing may be searched any more."""
        self._legs.shutdown()
        self._parts.close()

    def document(self, document_id: str, language: str) -> Document:
        """Return a document of the index, or raise `KeyError`."""
        return self._parts.records.document(document_id, language)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All documents of the index in every language, without their texts."""
        return self._parts.records.entries()

    def question_about(self, fact: str, language: str) -> str | None:
        """Return a short question in a language that a fact answers, if one is known."""
        return self._questions_about.get((fact, language))

    @cached_property
    def _questions_about(self) -> dict[tuple[str, str], str]:
        """The shortest of each that is a whole question: some are key words, and long ones tell of an own case."""
        short = (q for q in self._parts.records.questions() if q.fact and q.short and len(q.text) >= _WHOLE)
        whole = [q for q in short if q.text[0].isupper() and q.text[-1] == "?"]
        return {(q.fact, q.language): q.text for q in sorted(whole, key=lambda q: -len(q.text))}

    def search(self, question: str, language: str, k: int = 10, context: str = "") -> Found:
        """Return the `k` best passages and the sentences of the best of them, each best first.

        `context` are words of the conversation that complete the question; they count for less than its own. What is
        over steps back behind what is in force, unless the question is about the past.
        """
        today = self._today()
        history = asks_for_history(question, language, today)
        asked = self._ask(question, context, language)
        near = self._known.near(_mixed(self.embedder.alike, question, context))
        fits = self._known.lifted(level(self._fits(asked, near), language, self._levelled), near)
        fits = without_repetitions(self._in_time(fits, today, history))
        sentences = self._sentences(fits[:_PASSAGES], near, today, history)
        chunks = [ScoredChunk(f.passage.chunk, f.score) for f in fits[:k]]
        return Found(chunks, sentences, near)

    def _ask(self, question: str, context: str, language: str) -> Question:
        whole = _whole(question, context)
        # The glossary widens the words only: written out in the vector, too, its names found nothing more (measured).
        more = self._glossary.expansions(whole, language)
        own = dict.fromkeys(terms(question, language), 1.0)
        weights = dict.fromkeys(terms(" ".join([whole, *more]), language), _CONTEXT_WORDS if context else 1.0) | own
        count = self.manifest.languages.get(language, 0)
        idf = {word: weight * self._parts.lexical.idf(language, word, count) for word, weight in weights.items()}
        telling = max(FEW_WORDS, sum(idf[word] for word in own))
        return Question(language, _mixed(self.embedder.queries, question, context), idf, telling)

    def _fits(self, asked: Question, near: Nearness | None) -> list[Fit]:
        candidates = self._shown(self._candidates(asked, self._known.nominated(near)), asked.language)
        return [fit(asked, p, self._vectors(p), self._means[p.language]) for p in candidates]

    def _candidates(self, asked: Question, nominated: set[int]) -> list[Passage]:
        """Passages worth a closer look: those `nominated`, the nearest of every language, and those that hold the
        question's words.
        """
        words = self._legs.submit(self._parts.lexical.search, asked.language, [*asked.idf], _DEPTH)
        near = [
            self._legs.submit(self._parts.store.search, collection(code), asked.vector, _DEPTH)
            for code in self.manifest.languages
        ]
        numbers = {int(id_) for leg in near for id_ in leg.result()} | words.result().keys() | nominated
        return self._parts.records.passages(sorted(numbers))

    def _vectors(self, passage: Passage) -> tuple[Vectors, Vectors]:
        sentences = self._parts.sentences.read(passage.first, passage.sentences)
        return self._parts.passages.read(passage.number), sentences

    def _in_time(self, fits: list[Fit], today: date, history: bool) -> list[Fit]:
        """Let the best ranked step back for their age: nothing below them is ever shown."""
        if history:
            return fits
        aged = [replace(f, score=f.score - allowance(f.passage.chunk, None, today)) for f in fits[:_AGED]]
        return [*sorted(aged, key=lambda f: (-f.score, f.passage.id)), *fits[_AGED:]]

    def _sentences(self, fits: list[Fit], near: Nearness | None, today: date, history: bool) -> list[ScoredSentence]:
        ranked = []
        for held in fits:
            chunk = held.passage.chunk
            for number, span in enumerate(chunk.sentences):
                lost = 0.0 if history else (1 - CONTEXT) * allowance(chunk, span, today)  # its passage lost the rest
                score, said = sentence_score(held, number) - lost, frozenset(held.passage.words[1 + number])
                cosine, words = float(held.cosines[number]), float(held.words[number])
                ranked.append(ScoredSentence(chunk, span, score, cosine, words, said))
        scored = as_asked(in_company(ranked), near)
        return both_sides(sorted(scored, key=lambda s: (-s.score, s.chunk.id, s.span.start)))

    def _shown(self, passages: list[Passage], language: str) -> list[Passage]:
        """Of a document and its translations one is shown: that in the question's language, else the first there is.

        Whatever a hidden version has to say, the shown one says too, so no depth is lost by hiding it after the search.
        """
        versions = self._parts.records.languages_of({passage.document for passage in passages})
        best = {
            document: language if language in there else next(code for code in LANGUAGES if code in there)
            for document, there in versions.items()
        }
        return [passage for passage in passages if passage.language == best[passage.document]]


def _whole(question: str, context: str) -> str:
    return f"{question} ({context})" if context else question


def _mixed(embed: Callable[[list[str]], Vectors], question: str, context: str) -> Vectors:
    """The vector of a question that leans on its context, shape (1, dimension)."""
    bare, full = embed([question, _whole(question, context)])
    both = bare + _CONTEXT * full
    return np.asarray(both / np.linalg.norm(both), dtype=np.float32)[None, :]
