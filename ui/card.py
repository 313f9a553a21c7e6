"""How well the assistant answers: the trust card that `python -m eval card` writes, as a page of its own."""

from pathlib import Path

from fastapi import APIRouter
from markdown_it import MarkdownIt
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from ui.markup import escape
from ui.texts import DEFAULT_LANGUAGE, texts

ADDRESS = "/how-well"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_STYLE = """
:root { color-scheme: light dark; --ink: #16242c; --paper: #fff; --line: #7d8f97; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4eaec; --paper: #12191d; --line: #7f929a; } }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.6 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .45rem .9rem .45rem 0; }
"""


def card_routes(file: Path) -> APIRouter:
    """Return the address of the card; while there is none, it says so."""
    router = APIRouter(include_in_schema=False)

    @router.get(ADDRESS)
    def card() -> Response:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return PlainTextResponse("The answers of this assistant have not been measured yet.", 404)
        return HTMLResponse(card_html(text), headers={"Content-Security-Policy": _POLICY})

    return router


def card_html(markdown: str) -> str:
    """Return the card as a page: its headings, tables and words; markup, links and pictures in it are only text."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink"])
    words = texts(DEFAULT_LANGUAGE)
    heading, product = escape(words.how_well), escape(words.product)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{heading} – {product}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main>{reader.render(markdown)}</main></body></html>"
    )
