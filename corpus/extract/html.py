"""HTML through lexbor, an HTML5 parser: what a page says, without what surrounds it."""

import re

from selectolax.lexbor import LexborHTMLParser

from corpus.errors import CorpusError
from corpus.extract.markdown import markdown
from corpus.extract.raw import Raw
from corpus.extract.text import decode, first_heading

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD_BYTES = 4096
_AROUND = frozenset({"nav", "aside", "form", "header", "footer"})
# What a page may say about its date, the surest first.
_CHANGED = (
    "article:modified_time",
    "og:updated_time",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "datemodified",
    "article:published_time",
    "dcterms.date",
    "dc.date",
    "date",
)
_NO_TEXT = "has no text. If scripts draw it, open it in a browser and print what is shown to PDF."


def read_html(data: bytes) -> Raw:
    """Read a page. Raises `CorpusError` when it is no text, or has none."""
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    tree = LexborHTMLParser(decode(data, declared[1].decode() if declared else ""))
    text = _content(tree)
    title = tree.css_first("head > title")
    return Raw(text, (title.text() if title else "", first_heading(text)), _changed(tree))


def _content(tree: LexborHTMLParser) -> str:
    main = tree.css_first("main, [role=main]")
    # A page may be one form from top to bottom, as some servers make them, or be nothing but a list of links.
    for root, dropped in (
        (main, _AROUND),
        (tree.body, _AROUND),
        (tree.body, _AROUND - {"form"}),
        (tree.body, frozenset[str]()),
    ):
        if root is not None and (text := markdown(root, dropped)):
            return text
    raise CorpusError(_NO_TEXT)


def _changed(tree: LexborHTMLParser) -> str:
    said = {}
    for meta in tree.css("meta[content]"):
        values = meta.attributes
        name = values.get("name") or values.get("property") or values.get("itemprop") or values.get("http-equiv")
        said[(name or "").lower()] = values.get("content") or ""
    return next((said[name] for name in _CHANGED if said.get(name)), "")
