"""The documents beside the conversation: what the sources panel shows, and where its buttons lead."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from corpus.document import Document
from corpus.errors import ProjectError
from corpus.sections import section_at
from ui.conversation import Conversation, Place, Search, View, clean_question, number_sent
from ui.documents import documents_html
from ui.engine import Engine
from ui.markup import escape
from ui.passage import Opened, gone_html, opened_html
from ui.sources import empty_html, sources_html
from ui.texts import Texts, texts

LONGEST_SEARCH = 300  # characters
_AT_ONCE = 4  # searches; whoever searches meanwhile waits

_log = logging.getLogger(__name__)


class Library:
    """Serves all sessions and keeps nothing of any of them."""

    def __init__(self, engine: Engine, today: Callable[[], date] = date.today) -> None:
        self._engine = engine
        self._today = today
        self._searching = threading.BoundedSemaphore(_AT_ONCE)

    def turn(self, conversation: Conversation, verb: str, target: str) -> None:
        """Show what a button of the panel (or a mark of an answer) leads to; nothing for what is not there."""
        if verb == "search":
            conversation.search = self._search(target, conversation.language)
        elif verb == "documents":
            conversation.search = None
        view = self._view(conversation, verb, target)
        conversation.view = replace(view, asked=f"{verb}:{target}" if target else verb) if view else None

    def html(self, conversation: Conversation) -> str:
        """Return the panel."""
        asked = conversation.view.asked if conversation.view else ""
        return f'<div class="shown" data-shows="{escape(asked)}">{self._shown(conversation)}</div>'

    def _search(self, typed: str, language: str) -> Search | None:
        text = clean_question(typed)[:LONGEST_SEARCH].strip()
        if not text:
            return None
        try:
            with self._searching:
                return Search(text, tuple(self._engine.search(text, language)))
        except Exception:
            _log.exception("searching failed")
            return Search(text, (), failed=True)

    def _view(self, conversation: Conversation, verb: str, target: str) -> View | None:
        match verb:
            case "sources" | "cite" | "found":
                return _of_exchange(conversation, verb, target)
            case "documents" | "search" | "results":
                return View()
            case "result":
                found = conversation.search.passages if conversation.search else ()
                citation = next((c for i, c in enumerate(found) if str(i) == target), None)
                return View(citation=citation)
            case "document":
                language, _, id_ = target.partition("/")
                return View(place=Place(id_, language))
        return self._elsewhere(conversation.view, verb, target) if conversation.view else None

    def _elsewhere(self, view: View, verb: str, target: str) -> View:
        """From an open document to its other sections and versions, and back to the quote."""
        here = self._here(view)
        if here is None or verb == "quote":
            return replace(view, place=None)
        if verb == "section" and (section := number_sent(target)) is not None:
            return replace(view, place=replace(here, section=section))
        if verb == "version" and self.document(here.document, target):
            return replace(view, place=replace(here, language=target))
        return view

    def _here(self, view: View) -> Place | None:
        """The place that is open: where the reader went, else the section of the quote."""
        if view.place is not None or view.citation is None:
            return view.place
        document = self.document(view.citation.document, view.citation.language)
        section = section_at(document.text, view.citation.start) if document else None
        return Place(view.citation.document, view.citation.language, section)

    def _shown(self, conversation: Conversation) -> str:
        words, view = texts(conversation.language), conversation.view
        exchange = conversation.exchange(view.exchange) if view and view.exchange is not None else None
        if view is None or (view.exchange is not None and exchange is None):
            return empty_html(words)
        if view.citation is not None or view.place is not None:
            return self._open(conversation, view, words)
        if exchange is not None:
            return sources_html(exchange, words, self._today())
        latest = conversation.exchanges[-1].number if conversation.exchanges else None
        return documents_html(self._engine.documents(), conversation.search, latest, words, self._today())

    def _open(self, conversation: Conversation, view: View, words: Texts) -> str:
        place = self._here(view)
        assert place is not None
        document = self.document(place.document, place.language)
        exchange = conversation.exchange(view.exchange) if view.exchange is not None else None
        back = f"sources:{exchange.number}" if exchange else "results" if conversation.search else "documents"
        if document is None and view.place is not None:
            return gone_html(back, words)
        known = [entry.language for entry in self._engine.documents() if entry.id == place.document]
        opened = Opened(document, view.citation, place, tuple(known), exchange, back, went=view.place is not None)
        return opened_html(opened, words, self._today())

    def document(self, document_id: str, language: str) -> Document | None:
        """Return a document; nothing when it is gone (the panel then says so, and shows the quote if there is one)."""
        try:
            return self._engine.document(document_id, language)
        except (ProjectError, KeyError) as error:
            _log.warning("document %s/%s: %s", language, document_id, error)
            return None


def _of_exchange(conversation: Conversation, verb: str, target: str) -> View | None:
    number, _, which = target.partition(".")
    exchange = conversation.exchange_sent(number)
    if exchange is None:
        return None
    if verb == "sources":
        return View(exchange.number)
    # An answer that has come meanwhile may cite a part of what was found.
    cited = ((c.n, c) for c in exchange.citations) if verb == "cite" else enumerate(exchange.found)
    return View(exchange.number, next((citation for n, citation in cited if which == str(n)), None))
