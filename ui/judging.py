"""What happens when a reader judges an answer: they see what would be stored, store it, and may withdraw it."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr

from assistant.feedback import LONGEST_COMMENT, FeedbackStore, Reason, Verdict
from corpus.errors import ProjectError
from ui.conversation import Conversation, Draft, Exchange, View, clean_question
from ui.feedback import drafted, head_html, preview_html, reasons
from ui.markup import block, escape
from ui.texts import DEFAULT_LANGUAGE, Texts, texts

_log = logging.getLogger(__name__)
_VERDICTS: dict[str, Verdict] = {"up": "up", "down": "down"}


class Form(NamedTuple):
    """The components in which an answer is judged."""

    column: gr.Column
    head: gr.Markdown
    reason: gr.Radio
    comment: gr.Textbox
    preview: gr.Markdown
    problem: gr.Markdown
    store: gr.Button
    cancel: gr.Button


def judging_form(panel: Callable[[str], gr.Markdown]) -> Form:
    """Create the components of the form, which is not there until it is asked for; `panel` makes one for markup."""
    choices = [(label, value) for value, label in reasons(texts(DEFAULT_LANGUAGE)).items()]
    with gr.Column(elem_id="feedback", visible=False) as column:
        head = panel("feedback-head")
        reason = gr.Radio(choices, elem_id="feedback-reason")
        comment = gr.Textbox(elem_id="feedback-comment", lines=3, max_lines=6)
        preview, problem = panel("feedback-preview"), panel("feedback-problem")
        with gr.Row(elem_id="feedback-buttons"):
            store = gr.Button("", elem_id="feedback-store", variant="primary", scale=0)
            cancel = gr.Button("", elem_id="feedback-cancel", variant="secondary", scale=0)
    return Form(column, head, reason, comment, preview, problem, store, cancel)


class Judging:
    """Keeps what readers say of answers in a store; what the store refuses is said, and nothing typed is lost."""

    def __init__(self, store: FeedbackStore, days: int) -> None:
        self._store = store
        self._days = days

    def shown(self, conversation: Conversation, form: Form) -> dict[Any, Any]:
        """Return the form as it is for what the conversation has open; the fields keep what is in them."""
        draft = conversation.draft if conversation.view and conversation.view.judging else None
        shown_before, conversation.form_shown = conversation.form_shown, draft is not None
        if draft is None:
            return {form.column: gr.update(visible=False)} if shown_before else {}
        words = texts(conversation.language)
        return {
            form.column: gr.update(visible=True),
            form.head: head_html(words, self._days),
            form.reason: gr.update(
                label=words.feedback_reason,
                choices=[(label, value) for value, label in reasons(words).items()],
                visible=draft.feedback.verdict == "down",
            ),
            form.comment: gr.update(label=words.feedback_comment),
            form.preview: preview_html(draft.feedback, words),
            form.problem: "",
            form.store: gr.update(value=words.feedback_store),
            form.cancel: gr.update(value=words.feedback_cancel),
        }

    def open(self, conversation: Conversation, exchange: Exchange | None, verdict: str, form: Form) -> dict[Any, Any]:
        """Show what would be stored; nothing is stored yet. What was typed about the same answer before is there."""
        if exchange is None or not exchange.index_version or exchange.feedback is not None or verdict not in _VERDICTS:
            return {}
        before = conversation.draft
        conversation.draft = Draft(exchange.number, drafted(exchange, _VERDICTS[verdict]))
        conversation.view = View(exchange.number, judging=True)
        shown = self.shown(conversation, form)
        if before is None or before.exchange != exchange.number:
            shown[form.reason]["value"] = None
            shown[form.comment]["value"] = ""
        return shown

    def store(self, conversation: Conversation, reason: str | None, comment: str | None) -> str:
        """Store what is shown, with the reason and the comment; return why that was not done, or nothing."""
        words, draft = texts(conversation.language), conversation.draft
        exchange = conversation.exchange(draft.exchange) if draft else None
        if draft is None or exchange is None:
            return ""
        written = clean_question(comment or "")
        if len(written) > LONGEST_COMMENT:
            return words.feedback_long.format(limit=LONGEST_COMMENT)
        why: Reason = next((known for known in reasons(words) if known == reason), "")
        if draft.feedback.verdict == "up":
            why = ""
        given = replace(draft.feedback, reason=why, comment=written)
        try:
            self._store.add(given)
        except ProjectError as error:
            _log.warning("feedback is not stored: %s", error)
            return words.feedback_refused
        exchange.feedback, conversation.draft = given, None
        conversation.view = View(exchange.number)
        return ""

    def withdraw(self, exchange: Exchange | None, words: Texts) -> str:
        """Delete what was stored of an answer; return why that was not done, or nothing."""
        if exchange is None or exchange.feedback is None:
            return ""
        try:
            self._store.delete(exchange.feedback.id)
        except ProjectError as error:
            _log.warning("feedback is not deleted: %s", error)
            return words.feedback_not_deleted
        exchange.feedback = None
        return ""


def problem_html(problem: str) -> str:
    """Return why something was not stored, said at once by a screen reader."""
    return block(f'<p class="message" role="alert">{escape(problem)}</p>') if problem else ""
