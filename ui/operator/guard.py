"""The login before every page of the operator's, and the token of the session in every form."""

import secrets
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.responses import Response

from ui.operator.sessions import Session, Sessions
from ui.operator.uploads import Oversized, sent
from ui.operator.web import HOME, fields, is_foreign, plain, redirect

LOGIN = f"{HOME}/login"
COOKIE = "operator"

Handler = Callable[[Request], Awaitable[Response]]
SignedIn = Callable[[Request, Session], Awaitable[Response]]


async def _of_a_form(request: Request) -> str:
    return (await fields(request)).get("token", "")


async def _of_an_upload(request: Request) -> str:
    return (await sent(request)).field("token")


class Guard:
    """Lets a request through to its handler. A form must bring the token of its session, from a page of ours."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def reading(self, handler: SignedIn) -> Handler:
        """Return the handler of a page behind the login."""

        async def guarded(request: Request) -> Response:
            session = self._session(request)
            return redirect(LOGIN) if session is None else await handler(request, session)

        return guarded

    def form(self, handler: SignedIn) -> Handler:
        """Return the handler of a form behind the login."""
        return self._acting(handler, _of_a_form)

    def upload(self, handler: SignedIn) -> Handler:
        """Return the handler of a form with files. Nothing of its body is read before the login is known."""
        return self._acting(handler, _of_an_upload)

    def _session(self, request: Request) -> Session | None:
        return self._sessions.find(request.cookies.get(COOKIE, ""))

    def _acting(self, handler: SignedIn, token_of: Callable[[Request], Awaitable[str]]) -> Handler:
        async def guarded(request: Request) -> Response:
            session = self._session(request)
            if session is None:
                return redirect(LOGIN)
            foreign = plain("This form does not belong to this session. Reload the page and try again.", 403)
            if is_foreign(request):
                return foreign
            try:
                token = await token_of(request)
            except Oversized as error:
                return plain(str(error), 413)
            if not secrets.compare_digest(token.encode("utf-8", "replace"), session.token.encode()):
                return foreign
            return await handler(request, session)

        return guarded
