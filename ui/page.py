"""The chat page: what happens when. What is where is in `layout.py`, what it looks like in `panels.py`; the panel
beside the conversation is `library.py`'s.

Every handler changes the `Conversation` and has it drawn (`drawing.py`), so that what is on the page never depends on
which event was drawn last.
"""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import date
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.answer import Answer, Event, Evidence
from corpus.errors import ProjectError
from ui.conversation import MAX_QUESTION, Conversation, Exchange, View, clean_question
from ui.conversations import conversations_html, download_html
from ui.downloads import Downloads
from ui.drawing import Drawing
from ui.engine import Engine
from ui.forms import FORMS, exported
from ui.judging import Judging, problem_html
from ui.kept import read_sent, reopened
from ui.layout import Parts, Update, laid_out
from ui.library import Library
from ui.limits import RateLimit
from ui.panels import message_html, said_html
from ui.run import End, Run, in_own_thread
from ui.suggesting import Suggesting, suggestions_html
from ui.texts import INTERFACE_LANGUAGES, Texts, preferred_language, texts

_log = logging.getLogger(__name__)
AT_ONCE = 8
WAITING = 64  # questions that may wait beside those; whoever comes then is told to try again
SESSIONS = 500  # the latest, of which anything is held in memory
_NOTHING: Update = gr.skip()  # what a handler returns that changes nothing; Gradio takes an empty update for an error


class Page:
    """Answers what the browser sends; one object serves all sessions and keeps nothing of any of them.

    Without `judging` no answer can be judged.
    """

    def __init__(
        self,
        engine: Engine,
        seconds: float,
        downloads: Downloads,
        judging: Judging | None = None,
        card: Path | None = None,
        today: Callable[[], date] = date.today,
        limit: RateLimit | None = None,
    ) -> None:
        self._engine = engine
        self._seconds = seconds
        self._downloads = downloads
        self._judging = judging
        self._library = Library(engine, today)
        self._suggesting = Suggesting(engine)
        self._today = today
        self._card = card
        self._limit = limit

    def build(self) -> gr.Blocks:
        """Return the page, ready to be mounted."""
        blocks: gr.Blocks = gr.Blocks(
            title=texts("en").product, fill_width=True, analytics_enabled=False, delete_cache=(3600, 3600)
        )
        with blocks:
            parts = laid_out()
            self._wire(blocks, parts)
        # `mount_gradio_app` has no parameter for it; it bounds the memory that sessions hold.
        blocks.state_session_capacity = SESSIONS
        blocks.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
        blocks._queue.pending_messages_per_session.max_size = SESSIONS  # of which only those in the queue have any
        return blocks

    def _wire(self, blocks: gr.Blocks, parts: Parts) -> None:
        self._parts, self._drawn = parts, Drawing(parts, self._library, self._judging, self._card)
        quiet: dict[str, Any] = {"outputs": parts.outputs(), "show_progress": "hidden", "api_visibility": "private"}
        # One queue for all ways to ask, so that the limit holds for all of them together. Nothing asked is dropped in
        # the browser (as Gradio would while an answer is under way): `ask` says that it must wait.
        asking = quiet | {"outputs": parts.asking(), "trigger_mode": "multiple"}
        asking |= {"concurrency_id": "ask", "concurrency_limit": AT_ONCE}
        gr.on([parts.question.submit, parts.ask.click], self.ask, [parts.question, parts.state], **asking)
        for example in parts.examples:
            example.click(self.ask, [example, parts.state], **asking)
        parts.asked.change(self.ask_again, [parts.asked, parts.state], **asking)
        parts.kept.change(self.keep, [parts.kept, parts.state], queue=False, trigger_mode="multiple", **quiet)
        parts.stop.click(self.stop, [parts.state], queue=False, **quiet | {"outputs": []})
        # Not `input`: that Gradio sends for key presses only.
        turning = quiet | {"outputs": parts.turning(), "trigger_mode": "multiple"}
        parts.turn.change(self.turn, [parts.turn, parts.state], queue=False, **turning)
        parts.action.change(self.act, [parts.action, parts.state], queue=False, trigger_mode="multiple", **quiet)
        form = parts.form
        form.store.click(self.judge, [form.reason, form.comment, parts.state], queue=False, **quiet)
        form.cancel.click(self.judge_not, [parts.state], queue=False, **quiet)
        blocks.load(self.greet, [parts.state], queue=False, **quiet)

    def greet(self, conversation: Conversation, request: gr.Request) -> Update:
        """Show the page in the language of the browser, or of the link that led here; its question waits in the box."""
        wanted = request.query_params.get("lang", "")
        known = wanted in INTERFACE_LANGUAGES
        conversation.language = wanted if known else preferred_language(request.headers.get("accept-language", ""))
        question, words = clean_question(request.query_params.get("q", "")), texts(conversation.language)
        update = self._drawn.everything(conversation)
        if len(question) > MAX_QUESTION:
            return update | {self._parts.message: message_html(words.link_too_long.format(limit=MAX_QUESTION))}
        if question:
            update[self._parts.question] = gr.update(**update[self._parts.question], value=question)
        return update

    async def ask(self, typed: str | None, conversation: Conversation, request: gr.Request) -> AsyncGenerator[Update]:
        """Answer a question: it shows at once, then its evidence, then the sentences, then the whole answer."""
        changing = self._parts.asking()
        async with aclosing(self._asked(typed, conversation, request)) as updates:
            async for update in updates:
                yield _among(changing, update)

    async def _asked(
        self, typed: str | None, conversation: Conversation, request: gr.Request
    ) -> AsyncGenerator[Update]:
        words, question = texts(conversation.language), clean_question(typed or "")
        problem = words.busy if conversation.run is not None else _refusal(question, words)
        if problem := problem or self._limited(request, words):
            yield {self._parts.message: message_html(problem)}
            return
        history = conversation.history()
        run = Run(lambda: self._engine.stream(question, history), self._seconds)
        exchange, conversation.run = conversation.begin(question), run
        with self._suggesting.answering():
            try:
                yield self._drawn.opened(conversation)
                sources = False
                async for event in self._events(run, exchange, words):
                    exchange.take(event)
                    sources = sources or isinstance(event, Evidence)
                    # What more has come is drawn with it, the whole answer below.
                    if not run.has_more and not isinstance(event, Answer):
                        yield self._drawn.grown(conversation, sources=sources)
                        sources = False
            finally:
                if conversation.run is run:
                    conversation.run = None
        if self._judging is not None and exchange.answer is not None:
            exchange.index_version = self._engine.index_version
        kept = exchange in conversation.exchanges
        last = self._drawn.grown(conversation, sources=True) if kept else self._drawn.everything(conversation)
        yield last | self._drawn.kept(conversation)
        told = conversation.history()
        exchange.suggestions = await in_own_thread(lambda: self._suggesting.after(exchange, told))
        latest = conversation.exchanges[-1] if conversation.exchanges else None
        # When this has ended, Gradio sends what was yielded last once more. If the next question has been asked by now,
        # that must not be this answer, which would be drawn over it.
        if exchange.suggestions or latest is not exchange:
            yield {self._parts.suggestions: suggestions_html(latest, words)}

    def _limited(self, request: gr.Request, words: Texts) -> str:
        """Count a question; what to say to who asks too many."""
        exceeded = self._limit.exceeded(request.client.host if request.client else "") if self._limit else None
        return words.limited(exceeded) if exceeded else ""

    async def ask_again(self, sent: str, conversation: Conversation, request: gr.Request) -> AsyncIterator[Update]:
        """Ask what a button names, `again:<exchange>#<counter>` or `suggested:<exchange>.<which>#<counter>`.

        What is being typed stays in the box.
        """
        _, _, target = sent.partition("#")[0].partition(":")
        number, _, which = target.partition(".")
        exchange = conversation.exchange_sent(number)
        asked = [exchange.question] if exchange and not which else exchange.suggestions if exchange else []
        question = next((q for n, q in enumerate(asked) if str(n) == (which or "0")), None)
        if question is not None:
            async with aclosing(self.ask(question, conversation, request)) as updates:
                async for update in updates:
                    yield {part: value for part, value in update.items() if part is not self._parts.question}

    async def _events(self, run: Run, exchange: Exchange, words: Texts) -> AsyncIterator[Event | End]:
        """Yield the run's events; note a failure in the exchange. This is where the page shows errors."""
        try:
            async for event in run.events():
                yield event
        except ProjectError as error:
            exchange.failure = str(error)
        except Exception:
            _log.exception("answering failed")
            exchange.failure = words.failed
        if not exchange.settled:
            _log.error("the engine's stream ended without an answer")
            exchange.failure = words.failed

    def stop(self, conversation: Conversation) -> None:
        """End the answer being written; `ask` then shows what there is."""
        if conversation.run is not None:
            conversation.run.stop()

    def act(self, sent: str, conversation: Conversation) -> Update:
        """Do what a button in the page's own markup asks for, other than `turn`: `<verb>:<object>#<counter>`."""
        return self._acted(sent, conversation) or _NOTHING

    def _acted(self, sent: str, conversation: Conversation) -> Update:
        verb, _, target = sent.rpartition("#")[0].partition(":")
        if verb == "new":
            conversation.clear()
            return self._drawn.everything(conversation)
        if verb == "language" and target in INTERFACE_LANGUAGES:
            conversation.language = target
            return self._drawn.everything(conversation)
        if self._judging is not None and verb in ("judge", "withdraw"):
            return self._judged(conversation, self._judging, verb, target)
        if verb == "edit" and (exchange := conversation.exchange_sent(target)):
            return {self._parts.question: exchange.question}
        if verb == "download" and target in FORMS:
            return self._download(conversation, target)
        return {}

    def turn(self, sent: str, conversation: Conversation) -> Update:
        """Turn the panel to what a button names: `<verb>:<object>#<counter>`."""
        verb, _, target = sent.rpartition("#")[0].partition(":")
        self._library.turn(conversation, verb, target)
        return _among(self._parts.turning(), self._drawn.panel(conversation))

    def _judged(self, conversation: Conversation, judging: Judging, verb: str, target: str) -> Update:
        number, _, verdict = target.partition(".")
        exchange = conversation.exchange_sent(number)
        if verb == "judge":
            return judging.open(conversation, exchange, verdict, self._parts.form)
        words = texts(conversation.language)
        if problem := judging.withdraw(exchange, words):
            return {self._parts.message: message_html(problem)}
        return self._drawn.everything(conversation) | {self._parts.announcement: said_html(words.feedback_deleted)}

    def judge(self, reason: str | None, comment: str | None, conversation: Conversation) -> Update:
        """Store what the reader was shown, and says of an answer."""
        if self._judging is None:
            return _NOTHING
        if problem := self._judging.store(conversation, reason, comment):
            return {self._parts.form.problem: problem_html(problem)}
        thanks = said_html(texts(conversation.language).feedback_thanks)
        return self._drawn.everything(conversation) | {self._parts.announcement: thanks}

    def judge_not(self, conversation: Conversation) -> Update:
        """Close the form; nothing is stored."""
        conversation.draft = None
        conversation.view = conversation.view and View(conversation.view.exchange)
        return self._drawn.panel(conversation)

    def keep(self, sent: str, conversation: Conversation) -> Update:
        """Note what the reader's browser keeps, and open a conversation from there; nothing of it is stored here."""
        words, told = texts(conversation.language), read_sent(sent)
        if told is None:
            return {self._parts.message: message_html(words.kept_unreadable)}
        if told.opened is not None:
            conversation.reopen(reopened(told.opened, self._library.document, words), told.opened.id)
            conversation.put(told.shelf)
            return self._drawn.everything(conversation)
        conversation.put(told.shelf)
        return {self._parts.conversations: conversations_html(told.shelf, words)} | self._drawn.kept(conversation)

    def _download(self, conversation: Conversation, form: str) -> Update:
        words, settled = texts(conversation.language), [e for e in conversation.exchanges if e.settled]
        if not settled:
            return {self._parts.message: message_html(words.download_empty)}
        file = exported(settled, form, self._engine.index_version, self._today(), words)
        return {self._parts.download: download_html(self._downloads.offer(file))}


def _among(parts: list[Any], update: Update) -> Update:
    """The part of an update that a handler with these outputs may return."""
    return {part: value for part, value in update.items() if part in parts}


def _refusal(question: str, words: Texts) -> str:
    if not question:
        return words.blank_question
    return words.long_question.format(limit=MAX_QUESTION) if len(question) > MAX_QUESTION else ""
