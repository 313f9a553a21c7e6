"""The page as a web application: what is served to whom, with which headers, up to which size."""

from collections.abc import Container, Sequence
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.body import read_up_to, replayed
from ui.card import card_routes
from ui.downloads import Downloads, download_routes
from ui.engine import Engine
from ui.judging import Judging
from ui.limits import RateLimit
from ui.operator.routes import operator_routes
from ui.operator.sessions import Sessions
from ui.operator.state import Operated
from ui.operator.uploads import UPLOAD
from ui.page import Page

ANSWER_SECONDS = 60.0
MAX_BODY = 64 * 1024
_FOLDER = Path(__file__).parent
_STYLES = ("style.css", "sources.css", "conversations.css", "embed.css")
_SCRIPTS = ("embed.js", "page.js", "quotes.js", "kept.js")
# Of Gradio's interface for programs the page itself speaks these; all others (uploads, files, proxies …) are closed.
_API = "/gradio_api/"
_OPEN = tuple(
    _API + name for name in ("heartbeat/", "queue/join", "queue/data", "run/predict", "cancel", "startup-events")
)
_CLOSED = ("/monitoring", "/login", "/logout", "/svelte/")
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; script-src 'self' 'unsafe-inline'; connect-src 'self'; frame-src 'none'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def build_app(
    engine: Engine,
    origins: Sequence[str] = (),
    seconds: float = ANSWER_SECONDS,
    *,
    judging: Judging | None = None,
    card: Path | None = None,
    operated: Operated | None = None,
    limit: RateLimit | None = None,
) -> FastAPI:
    """Return the whole application around `engine`; only `origins` may show it in a frame or call it.

    With `judging` readers can say what they think of an answer; with a `card` (its file) they can read how good answers
    are; with `operated` there is the operator's page, if its settings have a password. `limit` holds for the questions
    of each client.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    # Added last, applied first: headers go on every response, also on refusals.
    app.add_middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["GET", "POST"])
    password = operated.settings.operator_password.get_secret_value() if operated else ""
    app.add_middleware(BodyLimit, counted_there={UPLOAD} if password else ())
    app.add_middleware(ClosedRoutes)
    app.add_middleware(SecurityHeaders, origins=origins)
    if card is not None:
        app.include_router(card_routes(card))
    if operated is not None and password:
        app.include_router(operator_routes(operated, Sessions(password)))
    downloads = Downloads()
    app.include_router(download_routes(downloads))
    served: FastAPI = gr.mount_gradio_app(
        app,
        Page(engine, seconds, downloads, judging, card, limit=limit).build(),
        path="/",
        footer_links=[],
        run_history=False,
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        show_error=False,
        max_file_size="1kb",
        blocked_paths=[str(_FOLDER.parent)],
        favicon_path=str(_FOLDER / "icon.svg"),
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=_theme(),
        head=_head(),
    )
    return served


def _head() -> str:
    """Our style and script. Not by `css_paths`: Gradio adds every rule a second time there, rewritten to its scope."""
    styles, scripts = (("".join(map(_text, names))) for names in (_STYLES, _SCRIPTS))
    return f"<style>{styles}</style><script>{scripts}</script>"


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _theme() -> gr.themes.Base:
    """Gradio's plainest theme in the fonts of the reader's system: nothing is fetched, nothing looks foreign."""
    return gr.themes.Base(
        font=[gr.themes.Font(name) for name in ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")],
        font_mono=[gr.themes.Font(name) for name in ("ui-monospace", "Consolas", "monospace")],
    )


class SecurityHeaders:
    """Adds the content security policy and its companions to every response; `origins` may show it in a frame."""

    def __init__(self, app: ASGIApp, origins: Sequence[str] = ()) -> None:
        self.app = app
        self.headers = {**_HEADERS, "Content-Security-Policy": _POLICY + " ".join(["'self'", *origins])}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)  # pages of our own beside the chat have stricter ones
            await send(message)

        await self.app(scope, receive, send_with_headers)


class ClosedRoutes:
    """Refuses the routes that the page does not need."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path: str = scope.get("path", "")
        if path.startswith(_CLOSED) or (path.startswith(_API) and not path.startswith(_OPEN)):
            await PlainTextResponse("Forbidden", status_code=403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class BodyLimit:
    """Refuses request bodies over `MAX_BODY`. Routes in `counted_there` have a limit of their own, and see to it."""

    def __init__(self, app: ASGIApp, counted_there: Container[str] = ()) -> None:
        self.app = app
        self._counted_there = counted_there

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] in self._counted_there:
            await self.app(scope, receive, send)
            return
        body = await read_up_to(MAX_BODY, receive)
        if body is None:
            await PlainTextResponse("Request body too large", status_code=413)(scope, receive, send)
        else:
            await self.app(scope, replayed(body, receive), send)
