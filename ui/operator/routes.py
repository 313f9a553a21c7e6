"""The addresses under `/operator`, each behind the login but the login itself."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from assistant.masking import mask
from corpus.errors import ProjectError
from ui.operator.sessions import ATTEMPT_SECONDS, SESSION_SECONDS, Session, Sessions
from ui.operator.state import NEAR, Operated, documents_state, feedback_state, index_rows, setting_rows

HOME = "/operator"
LOGIN = f"{HOME}/login"
_COOKIE = "operator"
_FOLDER = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["mask"] = mask

Handler = Callable[[Request], Awaitable[Response]]
SignedIn = Callable[[Request, Session], Awaitable[Response]]


def operator_routes(operated: Operated, sessions: Sessions) -> APIRouter:
    """Return the operator's addresses."""
    pages = _Pages(operated, sessions)
    router = APIRouter(include_in_schema=False)
    for name in ("style.css", "script.js"):
        router.add_api_route(f"{HOME}/{name}", _file(name))
    router.add_api_route(LOGIN, pages.login)
    router.add_api_route(LOGIN, pages.sign_in, methods=["POST"])
    read: dict[str, SignedIn] = {
        "": pages.overview,
        "/documents": pages.documents,
        "/feedback": pages.feedback,
        "/rebuild": pages.progress,
    }
    written: dict[str, SignedIn] = {
        "/logout": pages.sign_out,
        "/rebuild": pages.rebuild,
        "/feedback/delete": pages.delete,
    }
    for path, handler in read.items():
        router.add_api_route(HOME + path, pages.behind_login(handler))
    for path, handler in written.items():
        router.add_api_route(HOME + path, pages.behind_login(handler, form=True), methods=["POST"])
    return router


def _file(name: str) -> Callable[[], Awaitable[Response]]:
    async def serve() -> Response:
        return FileResponse(_FOLDER / name, headers=_HEADERS)

    return serve


class _Pages:
    """The handlers. A form must bring the token of its session, and come from a page of ours."""

    def __init__(self, operated: Operated, sessions: Sessions) -> None:
        self._operated = operated
        self._sessions = sessions

    def behind_login(self, handler: SignedIn, *, form: bool = False) -> Handler:
        async def guarded(request: Request) -> Response:
            session = self._sessions.find(request.cookies.get(_COOKIE, ""))
            if session is None:
                return _redirect(LOGIN)
            if form:
                token = (await _fields(request)).get("token", "")
                if _is_foreign(request) or not secrets.compare_digest(token.encode(), session.token.encode()):
                    return _plain("This form does not belong to this session. Reload the page and try again.", 403)
            return await handler(request, session)

        return guarded

    async def login(self, request: Request) -> Response:
        return _page("login.html", problem="")

    async def sign_in(self, request: Request) -> Response:
        if _is_foreign(request):
            return _plain("This form was not sent from this site.", 403)
        address = request.client.host if request.client else ""
        typed = (await _fields(request)).get("password", "")
        if self._sessions.is_closed_to(address):
            minutes = round(ATTEMPT_SECONDS / 60)
            problem = f"Too many wrong passwords. Try again in {minutes} minutes."
            return _page("login.html", 429, problem=problem)
        key = self._sessions.begin(typed, address)
        if key is None:
            return _page("login.html", 401, problem="This password is wrong.")
        response = _redirect(HOME)
        response.set_cookie(
            _COOKIE,
            key,
            max_age=round(SESSION_SECONDS),
            path=HOME,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    async def sign_out(self, request: Request, session: Session) -> Response:
        self._sessions.end(request.cookies[_COOKIE])
        response = _redirect(LOGIN)
        response.delete_cookie(_COOKIE, path=HOME)
        return response

    async def overview(self, request: Request, session: Session) -> Response:
        operated = self._operated
        index = await run_in_threadpool(index_rows, operated)
        settings = setting_rows(operated.settings)
        progress = operated.rebuild.progress()
        return _page("overview.html", index=index, settings=settings, progress=progress, token=session.token)

    async def progress(self, request: Request, session: Session) -> Response:
        progress = self._operated.rebuild.progress()
        found = {"running": progress.running, "state": progress.state, "lines": progress.lines}
        return JSONResponse(found, headers=_HEADERS)

    async def rebuild(self, request: Request, session: Session) -> Response:
        await run_in_threadpool(self._operated.rebuild.start)
        return _redirect(f"{HOME}#rebuild")

    async def documents(self, request: Request, session: Session) -> Response:
        folder, today = self._operated.settings.corpus, self._operated.today()
        try:
            found = await run_in_threadpool(documents_state, folder, today)
        except (ProjectError, OSError) as error:
            return _page("problem.html", 200, problem=str(error), title="Documents", token=session.token)
        return _page("documents.html", found=found, near=NEAR, token=session.token)

    async def feedback(self, request: Request, session: Session) -> Response:
        asked = request.query_params.get("page", "1")
        page = int(asked) if asked.isdecimal() and len(asked) < 7 else 1
        try:
            items = await run_in_threadpool(self._operated.store.all)
        except ProjectError as error:
            return _page("problem.html", 200, problem=str(error), title="Feedback", token=session.token)
        said = await run_in_threadpool(feedback_state, items, self._operated.served.embedder, page)
        return _page("feedback.html", said=said, token=session.token)

    async def delete(self, request: Request, session: Session) -> Response:
        fields = await _fields(request)
        try:
            await run_in_threadpool(self._operated.store.delete, fields.get("id", ""))
        except ProjectError as error:
            return _page("problem.html", 200, problem=str(error), title="Feedback", token=session.token)
        return _redirect(f"{HOME}/feedback#rows")


def _page(template: str, status: int = 200, **values: Any) -> Response:
    shown = _TEMPLATES.get_template(template).render(home=HOME, **values)
    return HTMLResponse(shown, status, headers=_HEADERS)


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, headers=_HEADERS)


def _redirect(where: str) -> Response:
    return RedirectResponse(where, 303, headers=_HEADERS)


def _is_foreign(request: Request) -> bool:
    """Whether a browser says that another site made it send this."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


async def _fields(request: Request) -> Mapping[str, str]:
    """The fields of a form; the size of a body is limited before (`ui/server.py`)."""
    try:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
