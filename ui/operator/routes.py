"""The addresses under `/operator`, each behind the login but the login itself."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from corpus.errors import ProjectError
from ui.operator.changes import change_routes
from ui.operator.guard import COOKIE, LOGIN, Guard, SignedIn
from ui.operator.sessions import ATTEMPT_SECONDS, SESSION_SECONDS, Session, Sessions
from ui.operator.state import NEAR, Operated, documents_state, feedback_state, index_rows, setting_rows
from ui.operator.web import FOLDER, HEADERS, HOME, fields, is_foreign, json, page, plain, problem, redirect


def operator_routes(operated: Operated, sessions: Sessions) -> APIRouter:
    """Return the operator's addresses."""
    pages, guard = _Pages(operated, sessions), Guard(sessions)
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
        router.add_api_route(HOME + path, guard.reading(handler))
    for path, handler in written.items():
        router.add_api_route(HOME + path, guard.form(handler), methods=["POST"])
    router.include_router(change_routes(operated, guard))
    return router


def _file(name: str) -> Callable[[], Awaitable[Response]]:
    async def serve() -> Response:
        return FileResponse(FOLDER / name, headers=HEADERS)

    return serve


class _Pages:
    """The handlers."""

    def __init__(self, operated: Operated, sessions: Sessions) -> None:
        self._operated = operated
        self._sessions = sessions

    async def login(self, request: Request) -> Response:
        return page("login.html", problem="")

    async def sign_in(self, request: Request) -> Response:
        if is_foreign(request):
            return plain("This form was not sent from this site.", 403)
        address = request.client.host if request.client else ""
        typed = (await fields(request)).get("password", "")
        if self._sessions.is_closed_to(address):
            minutes = round(ATTEMPT_SECONDS / 60)
            said = f"Too many wrong passwords. Try again in {minutes} minutes."
            return page("login.html", 429, problem=said)
        key = self._sessions.begin(typed, address)
        if key is None:
            return page("login.html", 401, problem="This password is wrong.")
        response = redirect(HOME)
        response.set_cookie(
            COOKIE,
            key,
            max_age=round(SESSION_SECONDS),
            path=HOME,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    async def sign_out(self, request: Request, session: Session) -> Response:
        self._sessions.end(request.cookies[COOKIE])
        response = redirect(LOGIN)
        response.delete_cookie(COOKIE, path=HOME)
        return response

    async def overview(self, request: Request, session: Session) -> Response:
        operated = self._operated
        index = await run_in_threadpool(index_rows, operated)
        settings = setting_rows(operated.settings)
        progress = operated.rebuild.progress()
        return page("overview.html", index=index, settings=settings, progress=progress, token=session.token)

    async def progress(self, request: Request, session: Session) -> Response:
        progress = self._operated.rebuild.progress()
        return json({"running": progress.running, "state": progress.state, "lines": progress.lines})

    async def rebuild(self, request: Request, session: Session) -> Response:
        await run_in_threadpool(self._operated.rebuild.start)
        return redirect(f"{HOME}#rebuild")

    async def documents(self, request: Request, session: Session) -> Response:
        folder, today = self._operated.settings.corpus, self._operated.today()
        try:
            found = await run_in_threadpool(documents_state, folder, today)
        except (ProjectError, OSError) as error:
            return problem(str(error), "Documents", session.token)
        return page("documents.html", found=found, near=NEAR, token=session.token)

    async def feedback(self, request: Request, session: Session) -> Response:
        asked = request.query_params.get("page", "1")
        number = int(asked) if asked.isdecimal() and len(asked) < 7 else 1
        try:
            items = await run_in_threadpool(self._operated.store.all)
        except ProjectError as error:
            return problem(str(error), "Feedback", session.token)
        said = await run_in_threadpool(feedback_state, items, self._operated.served.embedder, number)
        return page("feedback.html", said=said, token=session.token)

    async def delete(self, request: Request, session: Session) -> Response:
        given = await fields(request)
        try:
            await run_in_threadpool(self._operated.store.delete, given.get("id", ""))
        except ProjectError as error:
            return problem(str(error), "Feedback", session.token)
        return redirect(f"{HOME}/feedback#rows")
