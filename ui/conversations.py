"""The panel about whole conversations, as HTML: taking this one away. Pure functions."""

from ui.forms import FORMS
from ui.markup import action, block, escape
from ui.texts import Texts


def conversations_html(words: Texts) -> str:
    """Return the panel that the masthead's button opens."""
    buttons = "".join(
        action(f"download:{form}", escape(getattr(words, f"download_{form}")), "choice") for form in FORMS
    )
    return block(
        f'<div class="panel-head"><h2>{escape(words.conversations)}</h2>'
        f'<button type="button" class="plain" popovertarget="conversations" popovertargetaction="hide">'
        f"{escape(words.close)}</button></div>"
        f'<section><h3>{escape(words.download_heading)}</h3><p class="hint">{escape(words.download_hint)}</p>'
        f'<p class="choices">{buttons}</p></section>'
    )


def download_html(token: str) -> str:
    """Return the link that `page.js` follows to a file that is ready."""
    return block(f'<a href="export/{escape(token)}" download tabindex="-1" aria-hidden="true"></a>')
