"""The quote behind a mark, shown while the mark is pointed at or has the focus (`quotes.js` shows and places it)."""

from collections.abc import Iterable

from assistant.answer import Citation
from ui.badges import age, badges_html, foreign
from ui.markup import escape
from ui.texts import Texts


def quote_id(exchange: int, n: int) -> str:
    """Return the id of the quote of source `n` of an exchange: one element, however many marks lead to it."""
    return f"quote-{exchange}-{n}"


def quotes_html(citations: Iterable[Citation], exchange: int, spoken: str, words: Texts) -> str:
    """Return the quotes of an answer in the language `spoken`, unseen until a mark asks for them."""
    return "".join(_quote_html(citation, exchange, spoken, words) for citation in citations)


def _quote_html(citation: Citation, exchange: int, spoken: str, words: Texts) -> str:
    language = escape(citation.language)
    badges = badges_html([*age(citation.as_of, words), *foreign(citation.language, spoken, words)])
    return (
        f'<div class="quote" role="tooltip" popover="manual" id="{quote_id(exchange, citation.n)}">'
        f'<strong lang="{language}">{escape(citation.title)}</strong>'
        f'<blockquote lang="{language}">{escape(citation.quote)}</blockquote>{badges}</div>'
    )
