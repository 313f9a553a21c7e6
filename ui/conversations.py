"""The panel about whole conversations, as HTML: taking this one away, and those kept in the browser. Pure functions."""

from assistant.dates import in_words
from ui.conversation import Conversation
from ui.forms import FORMS
from ui.kept import kept_json
from ui.markup import action, block, escape
from ui.shelf import MOST, Item, Shelf
from ui.texts import Texts

_LONGEST_TITLE = 80


def conversations_html(shelf: Shelf, words: Texts) -> str:
    """Return the panel that the masthead's button opens."""
    buttons = "".join(
        action(f"download:{form}", escape(getattr(words, f"download_{form}")), "choice") for form in FORMS
    )
    return block(
        f'<div class="panel-head"><h2>{escape(words.conversations)}</h2>'
        f'<button type="button" class="plain" popovertarget="conversations" popovertargetaction="hide">'
        f"{escape(words.close)}</button></div>"
        f'<section><h3>{escape(words.download_heading)}</h3><p class="hint">{escape(words.download_hint)}</p>'
        f'<p class="choices">{buttons}</p></section>{_shelf_html(shelf, words)}'
    )


def _shelf_html(shelf: Shelf, words: Texts) -> str:
    """The switch, with what is kept and where in words, and the list. `kept.js` listens for `data-kept`."""
    items = "".join(_item_html(item, words) for item in shelf.items)
    state = words.keep_on if shelf.on else words.keep_off
    everything = _button("clear", words.kept_clear, prompt=words.kept_clear_prompt) if items else ""
    return (
        f'<section data-failed="{escape(words.keep_failed)}"><h3>{escape(words.keep_heading)}</h3>'
        f'<p class="hint" id="keep-hint">{escape(words.keep_hint.format(most=MOST))}</p>'
        f'<p class="choices"><button type="button" class="choice" role="switch" aria-checked="{str(shelf.on).lower()}" '
        f'aria-describedby="keep-hint" aria-label="{escape(words.keep_heading)}" data-kept="switch">{escape(state)}'
        f'</button></p><ul class="kept">{items}</ul>{everything}</section>'
    )


def _item_html(item: Item, words: Texts) -> str:
    title, day = escape(item.title), escape(in_words(item.day, words.code))
    return (
        f'<li><button type="button" class="plain kept-title" data-kept="open:{item.id}">{title}</button>'
        f'<span class="details">{day}</span>'
        f"{_button(f'rename:{item.id}', words.kept_rename, item.title, words.kept_rename_prompt)}"
        f"{_button(f'delete:{item.id}', words.kept_delete, item.title, words.kept_delete_prompt)}</li>"
    )


def _button(what: str, label: str, of: str = "", prompt: str = "") -> str:
    described = f' aria-label="{escape(f"{label}: {of}")}"' if of else ""
    asked = f'data-prompt="{escape(prompt)}"'
    return f'<button type="button" class="plain" data-kept="{what}" {asked}{described}>{escape(label)}</button>'


def keep_html(conversation: Conversation) -> str:
    """Return what `kept.js` is to store of a conversation; nothing while nothing is kept."""
    talk = kept_json(conversation.kept_as, conversation.exchanges) if conversation.kept_as else ""
    if not talk or not conversation.shelf.on or conversation.let_go:
        return ""
    title = " ".join(conversation.exchanges[0].question.split())
    short = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 2].rstrip()} …"
    data = f'data-id="{conversation.kept_as}" data-title="{escape(short)}" data-talk="{escape(talk)}"'
    return block(f"<div {data} hidden></div>")


def download_html(token: str) -> str:
    """Return the link that `page.js` follows to a file that is ready."""
    return block(f'<a href="export/{escape(token)}" download tabindex="-1" aria-hidden="true"></a>')
