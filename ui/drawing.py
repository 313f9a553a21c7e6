"""What a conversation looks like now, as new values for the page's components; `page.py` says when."""

from pathlib import Path

import gradio as gr

from ui.conversation import Conversation
from ui.conversations import conversations_html, keep_html
from ui.judging import Judging
from ui.layout import Parts, Update
from ui.library import Library
from ui.panels import announcement_html, exchanges_html, footnote_html, masthead_html, welcome_html
from ui.suggesting import suggestions_html
from ui.texts import texts


class Drawing:
    """Draws conversations into the `parts` of the page. It keeps none of them, and changes nothing but
    their names and what they know of the form that judges.
    """

    def __init__(self, parts: Parts, library: Library, judging: Judging | None, card: Path | None) -> None:
        self._parts = parts
        self._library = library
        self._judging = judging
        self._card = card

    def everything(self, conversation: Conversation) -> Update:
        """Every text anew: for a new language, a new conversation, a new browser tab."""
        words, parts = texts(conversation.language), self._parts
        labels = zip(parts.examples, words.examples, strict=True)
        return {
            parts.state: conversation,
            parts.masthead: masthead_html(conversation.language),
            parts.welcome: welcome_html(words),
            parts.footnote: footnote_html(words, card=self._card is not None and self._card.is_file()),
            parts.conversations: conversations_html(conversation.shelf, words),
            parts.past: exchanges_html(conversation.exchanges[:-1], words),
            parts.question: gr.update(label=words.question_label, placeholder=words.question_placeholder),
            parts.ask: words.ask,
            parts.stop: words.stop,
            **dict(labels),
            **self.grown(conversation, sources=False),
            **self.panel(conversation),
        }

    def opened(self, conversation: Conversation) -> Update:
        """The question is taken: the box is empty and the answer's place is there."""
        parts, past = self._parts, conversation.exchanges[:-1]
        return {
            parts.state: conversation,
            parts.question: "",
            parts.past: exchanges_html(past, texts(conversation.language)),
            **self.grown(conversation, sources=False),
            **self.panel(conversation),
        }

    def grown(self, conversation: Conversation, *, sources: bool) -> Update:
        """The latest exchange, and the sources panel where it changed."""
        words, parts, latest = texts(conversation.language), self._parts, conversation.exchanges[-1:]
        update: Update = {
            parts.current: exchanges_html(latest, words),
            parts.suggestions: suggestions_html(latest[0] if latest else None, words),
            parts.announcement: announcement_html(latest[0], words) if latest else "",
            parts.message: "",
        }
        return update | self._sources(conversation) if sources else update

    def panel(self, conversation: Conversation) -> Update:
        """The panel beside the conversation: sources, and over them the form that judges an answer."""
        sources = self._sources(conversation)
        return sources | self._judging.shown(conversation, self._parts.form) if self._judging else sources

    def _sources(self, conversation: Conversation) -> Update:
        return {self._parts.sources: self._library.html(conversation)}

    def kept(self, conversation: Conversation) -> Update:
        """What the browser is given to keep, under the name that the conversation has by now."""
        conversation.name()
        return {self._parts.keep: keep_html(conversation)}
