"""What can be done with an answer, as HTML: copy it, ask again, edit the question, copy a link. Pure functions."""

from urllib.parse import urlencode

from ui.conversation import Exchange
from ui.export import entry, plain_text
from ui.markup import action, escape
from ui.texts import Texts

# Longer addresses are cut off or refused on their way by some servers and mail programs.
_LONGEST_LINK = 2000


def question_link(question: str, language: str) -> str | None:
    """Return the page's address that has the question in its box, relative to the page; None where it is too long.

    `language` is that of the question, as far as it is known: whoever opens the link gets the page in it.
    """
    link = "?" + urlencode({"q": question} | ({"lang": language} if language else {}))
    return link if len(link) <= _LONGEST_LINK else None


def tools_html(exchange: Exchange, words: Texts) -> str:
    """Return the buttons below a settled exchange (`page.js` listens for `data-copy`, `data-link` and `data-ask`)."""
    told = entry(exchange, words)
    text, link = plain_text(told, words), question_link(exchange.question, told.language)
    buttons = [
        _copy_html(f'data-copy="{escape(text)}"', words.copy_answer) if exchange.answer else "",
        f'<button type="button" class="plain" data-ask="again:{exchange.number}">{escape(words.ask_again)}</button>',
        action(f"edit:{exchange.number}", escape(words.edit_question), "plain"),
        _copy_html(f'data-link="{escape(link)}"', words.copy_link) if link else "",
    ]
    return f'<div class="tools" role="group" aria-label="{escape(words.tools_label)}">{"".join(buttons)}</div>'


def _copy_html(what: str, label: str) -> str:
    return f'<button type="button" class="plain" {what}>{escape(label)}</button>'
