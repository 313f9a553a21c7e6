"""Pages, forms and refusals of the operator's addresses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from assistant.masking import mask

HOME = "/operator"
FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["mask"] = mask


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Return a page made of a template, every text escaped."""
    shown = _TEMPLATES.get_template(template).render(home=HOME, **values)
    return HTMLResponse(shown, status, headers=HEADERS)


def problem(text: str, title: str, token: str, status: int = 200) -> Response:
    """Return a page that says why something was not done."""
    return page("problem.html", status, problem=text, title=title, token=token)


def plain(text: str, status: int) -> Response:
    """Return a refusal."""
    return PlainTextResponse(text, status, headers=HEADERS)


def redirect(where: str) -> Response:
    """Send the browser to another page, as after a form."""
    return RedirectResponse(where, 303, headers=HEADERS)


def json(values: Mapping[str, object]) -> Response:
    """Return values for the page's script."""
    return JSONResponse(dict(values), headers=HEADERS)


def is_foreign(request: Request) -> bool:
    """Whether a browser says that another site made it send this."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


async def fields(request: Request) -> Mapping[str, str]:
    """The fields of a form; the size of a body is limited before (`ui/server.py`)."""
    try:
        found = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}
