"""The few pieces of HTML that every panel is made of. Text becomes markup only through `escape`."""

import html
import re
from urllib.parse import urlsplit

# Characters with a meaning for the Markdown component that carries our markup: as references they are only text.
_BREAKS = {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;", "\x0b": "", "\x00": ""}
_BREAKS_TABLE = str.maketrans(_BREAKS)


def escape(text: str) -> str:
    """Return `text` as HTML that shows exactly it: no tag, no attribute end, no line end of the source."""
    return html.escape(text, quote=True).translate(_BREAKS_TABLE)


def block(markup: str, kind: str = "") -> str:
    """Return the markup of a whole panel on one line.

    Gradio's HTML component compiles its template with `Function(...)`, which our content security policy forbids;
    its Markdown component does not. Markdown leaves a block that begins with `<div` as it is up to a blank line, so a
    single line passes through untouched.
    """
    return f'<div class="{kind}">{markup}</div>'.replace("\n", "")


def action(name: str, label: str, kind: str, described: str = "", extra: str = "") -> str:
    """Return a button that sends `name` to the page (`page.js` listens for `data-send`). `label` is markup."""
    aria = f' aria-label="{escape(described)}"' if described else ""
    return f'<button type="button" class="{kind}" data-send="{escape(name)}"{aria}{extra}>{label}</button>'


def hidden(text: str) -> str:
    """Return text for screen readers only."""
    return f'<span class="visually-hidden">{escape(text)}</span>'


def safe_url(url: str | None) -> str | None:
    """Return `url` when it is a plain https address, else nothing."""
    if url is None or re.search(r"[\s\\\x00-\x1f]", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return None
    return url if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc else None
