"""What can be asked after an answer: looked for when the answer is there, shown as buttons below it."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assistant.answer import Turn
from ui.conversation import Exchange
from ui.engine import Engine
from ui.markup import block, escape
from ui.texts import Texts

_log = logging.getLogger(__name__)


class Suggesting:
    """Looks for suggestions, one at a time and only while nobody's question is being answered: they must never take
    the processor from those who ask. A search that has begun ends with the candidate it is at.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._busy = threading.Lock()
        self._answering = 0  # questions; counted in the page's event loop alone

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Hold suggestions back while a question is answered."""
        self._answering += 1
        try:
            yield
        finally:
            self._answering -= 1

    def after(self, exchange: Exchange, history: Sequence[Turn]) -> tuple[str, ...]:
        """Return what can be asked after an exchange, which ends `history`; nothing while others ask or are looked for.

        Whatever fails is logged: an answer is whole without suggestions.
        """
        if self._answering or exchange.answer is None or not exchange.cites or not self._busy.acquire(blocking=False):
            return ()
        try:
            return tuple(self._engine.suggestions(exchange.answer, history, lambda: not self._answering))
        except Exception:
            _log.exception("looking for suggestions failed")
            return ()
        finally:
            self._busy.release()


def suggestions_html(exchange: Exchange | None, words: Texts) -> str:
    """Return the buttons below the latest exchange; `page.js` listens for `data-ask`."""
    if exchange is None or not exchange.suggestions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="suggestion" data-ask="suggested:{exchange.number}.{n}">{escape(question)}'
        "</button></li>"
        for n, question in enumerate(exchange.suggestions)
    )
    return block(
        '<nav aria-labelledby="suggestions-heading">'
        f'<h3 id="suggestions-heading">{escape(words.suggestions_heading)}</h3>'
        f"<ul>{buttons}</ul></nav>"
    )
