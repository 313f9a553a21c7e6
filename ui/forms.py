"""The forms a conversation can be downloaded in."""

from collections.abc import Sequence
from datetime import date

from ui.conversation import Exchange
from ui.downloads import Download
from ui.export import html, markdown, report
from ui.export_word import word
from ui.texts import Texts

# How the files' names end, and what a browser is told they are.
FORMS = {
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "html": ("html", "text/html; charset=utf-8"),
    "word": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def exported(exchanges: Sequence[Exchange], form: str, edition: str, day: date, words: Texts) -> Download:
    """Return the settled exchanges as a file of one of `FORMS`."""
    whole = report(exchanges, edition, day, words)
    content = {"markdown": markdown, "html": html, "word": word}[form](whole)
    ending, media_type = FORMS[form]
    return Download(content, media_type, f"trentino-{day.isoformat()}.{ending}")
