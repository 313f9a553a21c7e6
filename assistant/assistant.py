"""From a message to an answer: six named steps in order, and nothing else.

Page, commands and evaluation all go through `Assistant.stream`.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import takewhile
from pathlib import Path

from assistant.answer import Answer, Citation, Event, Evidence, Notice, Status, Token, Turn, Waiting
from assistant.compose import Draft, model_answer, quote_answer
from assistant.conclude import ended, grounded, incomplete, not_in_corpus
from assistant.condense import condense
from assistant.considered import Considered
from assistant.coverage import set_apart
from assistant.evidence import Quote, collect
from assistant.gather import gather
from assistant.generator import Generator
from assistant.judge import judge_evidence, judge_vote
from assistant.parts import parts
from assistant.prompts import judging, writing
from assistant.question import LONGEST_QUESTION, Question, accept
from assistant.reading import Reading
from assistant.route import route
from assistant.settings import Composer
from assistant.sides import sides
from assistant.suggest import suggestions
from assistant.turns import Turns
from assistant.verify import Verifier
from corpus.document import Document, Entry
from corpus.errors import ModelUnavailable
from corpus.language import detect_language
from index.embed import Embedder
from index.reader import Reader
from index.reread import FULLY, IN_PASSING, Depth, reread
from index.retrieve import Retriever

PASSAGES = 10  # that a search without a question shows
PATIENCE = 8.0  # seconds in the queue for the packaged model

log = logging.getLogger(__name__)


class Assistant:
    """Answers questions from an index; safe to use from several threads."""

    def __init__(
        self,
        retriever: Retriever,
        verifier: Verifier,
        generator: Generator | None,
        composer: Composer = "auto",
        deadline: float = 60.0,
        today: Callable[[], date] = date.today,
        reader: Reader | None = None,
        turns: Turns | None = None,
        depth: Depth = FULLY,
    ) -> None:
        self._retriever = retriever
        self._former: Retriever | None = None
        self._turns = turns
        self.reading = Reading(reader, depth)
        self._verifier = verifier
        self._composer = composer
        self._generator = None if composer == "extractive" else generator
        self._deadline = deadline
        self._today = today

    def answer(self, question: str, history: Sequence[Turn] = (), language: str | None = None) -> Answer:
        """Return the answer to a question; see `stream`."""
        *_, last = self.stream(question, history, language)
        assert isinstance(last, Answer)
        return last

    def evidence(self, question: str, history: Sequence[Turn] = (), language: str | None = None) -> Considered:
        """Return what an answer would rest on, before it is judged: for measuring and calibrating the judgement."""
        asked = accept(question, history, language)
        self._condense(asked, history)
        for _ in self._retrieve(asked):
            pass
        return asked.considered

    def warm(self) -> None:
        """Load what the first question in each language would wait for; no model is asked."""
        for entry in {entry.language: entry for entry in self.documents()}.values():
            self.evidence(entry.title[:LONGEST_QUESTION] or entry.id)

    def renew(self) -> bool:
        """Answer from the build that has taken over, if one has; return whether. Not for several threads at once.

        Raises `IndexUnusable` when it cannot be served; what was served before then goes on.
        """
        if not self._retriever.is_stale():
            return False
        newer = self._retriever.renewed()
        if self._former is not None:
            self._former.close()
        # Not closed yet: questions under way end with the build they began with.
        self._former, self._retriever = self._retriever, newer
        return True

    @contextmanager
    def beside(self, directory: Path) -> Iterator["Assistant"]:
        """Yield an assistant that quotes from the index in another directory by the same means; no model is asked.

        Raises `IndexUnusable` when that index cannot be served.
        """
        retriever = Retriever(directory, self.embedder, self._today)
        try:
            yield Assistant(retriever, self._verifier, None, today=self._today, reader=self.reading.reader)
        finally:
            retriever.close()

    @property
    def degraded(self) -> str | None:
        """Why an older index is served than the live one; None when it is the live one."""
        return self._retriever.degraded

    @property
    def embedder(self) -> Embedder:
        """What questions are compared with."""
        return self._retriever.embedder

    @property
    def index_version(self) -> str:
        """What is answered from: when the index was built, and of which texts."""
        manifest = self._retriever.manifest
        return f"{manifest.built_at} {manifest.corpus[:12]}"

    def document(self, document_id: str, language: str) -> Document:
        """Return a document of the corpus, or raise `KeyError`."""
        return self._retriever.document(document_id, language)

    def question_about(self, fact: str, language: str) -> str | None:
        """Return a short question in a language that a fact answers, if one is known."""
        return self._retriever.question_about(fact, language)

    def suggestions(
        self, answer: Answer, history: Sequence[Turn], go_on: Callable[[], bool] = lambda: True
    ) -> tuple[str, ...]:
        """Return what can be asked after `answer`, which ends `history`; see `suggest`. No model is asked, and in a
        rush nothing is looked for.
        """
        quoting = Assistant(
            self._retriever, self._verifier, None, today=self._today, reader=self.reading.reader, depth=IN_PASSING
        )
        return suggestions(answer, history, quoting, lambda: go_on() and not self.reading.rush)

    def documents(self) -> Sequence[Entry]:
        """Return what there is to read, in every language it is there in."""
        return self._retriever.entries

    def search(self, text: str, language: str) -> tuple[Citation, ...]:
        """Return the passages that a text finds, best first; nothing is judged, and no model is asked.

        `language` decides where the text alone does not tell which it is in. Raises `UsageError` as `stream` does.
        """
        asked = accept(text, (), detect_language(text, language))
        retriever, reader = self._retriever, self.reading.reader
        found = retriever.search(asked.text, asked.language)
        sentences = reread(reader, asked.text, found).sentences if reader else found.sentences
        return tuple(quote.citation for quote in collect(sentences, retriever, PASSAGES))

    def stream(self, question: str, history: Sequence[Turn] = (), language: str | None = None) -> Iterator[Event]:
        """Yield the evidence, the verified pieces of the answer, and last the whole answer.

        `history` is the conversation before the question, oldest first; `language` overrides the detected one.
        Raises `UsageError` when the question is empty or too long, or the language is none of en, it, de.
        """
        asked = accept(question, history, language)
        self._condense(asked, history)

        if reply := route(asked.text, asked.language, asked.condensed.context):
            yield ended(asked, reply.status, reply.text)
            return

        yield from self._retrieve(asked)

        generator = self._generator
        if not self._evidence_answers(asked, alone=generator is None):
            yield from self._decline(asked)
        elif generator is None or (asked.judgement.sure and not self._may_write(generator)):
            yield from self._quote(asked)
        else:
            yield from self._in_turn(asked, generator)

    def _may_write(self, generator: Generator) -> bool:
        return self._composer == "model" or generator.writes_well

    def _condense(self, asked: Question, history: Sequence[Turn]) -> None:
        asked.condensed = condense(asked.text, history, asked.language)
        asked.parts = parts(asked.text, history, asked.language) or sides(asked.text, history, asked.language)
        asked.timings = replace(asked.timings, condense=asked.elapsed())

    def _retrieve(self, asked: Question) -> Iterator[Evidence | Waiting]:
        """Find quotes and yield them: at once as they are found, then, where a reader reads them, as it leaves them."""
        before = asked.elapsed()
        whole = asked.condensed
        retriever = self._retriever  # one for the whole question, although a newer may take over
        found = retriever.search(whole.question, asked.language, context=whole.context)
        asked.chunks, asked.near = found.chunks, found.near
        if self.reading.reader:
            first = collect(set_apart(found.sentences, retriever)[0], retriever)
            asked.timings = replace(asked.timings, first_evidence=asked.elapsed())
            yield _shown(asked, first, read=False)
        each = [found, *(retriever.search(p.question, asked.language, context=p.context) for p in asked.parts)]
        ranked = yield from self.reading.in_order(asked, each, retriever)
        asked.quotes = gather(asked, each, ranked, retriever, self._today())
        now = asked.elapsed()
        first_evidence = asked.timings.first_evidence or now
        asked.timings = replace(asked.timings, retrieve=round(now - before, 1), first_evidence=first_evidence)
        yield _shown(asked, asked.quotes)

    def _evidence_answers(self, asked: Question, *, alone: bool) -> bool:
        asked.judgement = judge_evidence(asked.considered, alone=alone)
        return asked.judgement.answers

    def _decline(self, asked: Question) -> Iterator[Event]:
        """Say that the documents do not answer; of several things asked, quote for those that they do."""
        if quotes := asked.quotes_for_parts:
            asked.quotes = quotes
            yield from self._quote(asked)
        else:
            yield not_in_corpus(asked)

    def _quote(self, asked: Question, *extra: Notice, after: Draft | None = None) -> Iterator[Event]:
        """Quote; `after` is what the generator wrote and was already shown, which stands."""
        quoted = quote_answer(asked.quotes, asked.language, asked.near)
        draft = (after or Draft()).plus(quoted.text, quoted.cited)
        self._mark_first(asked)
        yield Token(draft.last)
        yield grounded(asked, draft, self._today(), extra, self._generator if after and after.text else None)

    def _in_turn(self, asked: Question, generator: Generator) -> Iterator[Event]:
        """Wait for the generator, but not for long: what the reader finds is there already."""
        if self._turns is None:
            yield from self._write(asked, generator)
            return
        with self._turns.turn() as places:
            for before in places:
                yield Waiting(before)
                if asked.elapsed() > 1000 * PATIENCE:
                    yield from self._without_the_model(asked, "model_busy")
                    return
            yield from self._write(asked, generator)

    def _write(self, asked: Question, generator: Generator) -> Iterator[Event]:
        """Let the generator vote and write; whatever it fails at, the verified sentences or the quotes stand."""
        draft = Draft()
        try:
            gap = generator.yes_no_gap(judging(asked.standalone, asked.quotes, trained=generator.trained))
            asked.judgement = judge_vote(gap, asked.considered, trained=generator.trained)
            if not asked.judgement.answers:
                yield from self._decline(asked)
                return
            if not self._may_write(generator):
                yield from self._quote(asked)
                return
            for draft in self._drafts(asked, generator):
                self._mark_first(asked)
                yield Token(draft.last)
        except ModelUnavailable as error:
            log.warning("%s", error)
            yield from self._without_the_model(asked, "model_failed", draft)
            return
        if self._is_late(asked) and draft.cited:
            yield grounded(asked, draft, self._today(), (incomplete(asked, "incomplete"),), generator, Status.PARTIAL)
        elif draft.cited:
            yield grounded(asked, draft, self._today(), generator=generator)
        else:
            yield from self._quote(asked, *([incomplete(asked, "model_failed")] if self._is_late(asked) else ()))

    def _drafts(self, asked: Question, generator: Generator) -> Iterator[Draft]:
        """Yield the answer as it grows, until the deadline: a model may go on for ever."""
        pieces = generator.stream(writing(asked.standalone, asked.quotes, asked.language))
        in_time = takewhile(lambda _: not self._is_late(asked), pieces)
        yield from model_answer(in_time, self._verifier, asked.standalone, asked.quotes, asked.language)

    def _is_late(self, asked: Question) -> bool:
        return asked.elapsed() > 1000 * self._deadline

    def _without_the_model(self, asked: Question, why: str, draft: Draft | None = None) -> Iterator[Event]:
        """Go on from what was shown, if anything was; else judge the evidence as it is judged without a model."""
        if (draft and draft.text) or self._evidence_answers(asked, alone=True):
            yield from self._quote(asked, incomplete(asked, why), after=draft)
        else:
            yield from self._decline(asked)

    def _mark_first(self, asked: Question) -> None:
        if not asked.timings.first_token:
            asked.timings = replace(asked.timings, first_token=asked.elapsed())


def _shown(asked: Question, quotes: Sequence[Quote], *, read: bool = True) -> Evidence:
    return Evidence(asked.standalone, asked.language, tuple(quote.citation for quote in quotes), read)
