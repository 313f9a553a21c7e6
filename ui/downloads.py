"""Files that were made for a reader and wait to be fetched: in memory, few, for minutes, each of them once."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

_SECONDS = 600.0
_MOST = 64


@dataclass(frozen=True)
class Download:
    """A file: its content, its media type, and the name it is saved under (ASCII, of our own making)."""

    content: bytes
    media_type: str
    name: str


class Downloads:
    """The files that wait. Whoever knows the unguessable token of one may fetch it, once, for ten minutes.

    Safe to use from several threads.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, Download]] = {}

    def offer(self, download: Download) -> str:
        """Keep a file and return its token; the oldest give way when there are too many."""
        token, now = secrets.token_urlsafe(24), self._clock()
        with self._lock:
            fresh = [(t, kept) for t, kept in self._waiting.items() if kept[0] > now]
            self._waiting = dict(fresh[1 - _MOST :]) | {token: (now + _SECONDS, download)}
        return token

    def take(self, token: str) -> Download | None:
        """Return the file and forget it; nothing when there is none, or no longer."""
        with self._lock:
            until, download = self._waiting.pop(token, (0.0, None))
        return download if until > self._clock() else None


def download_routes(downloads: Downloads) -> APIRouter:
    """Return the only way to a file: one that was made a moment ago, by a token that is told to its reader alone."""
    routes = APIRouter()

    @routes.get("/export/{token}")
    def export(token: str) -> Response:
        download = downloads.take(token)
        if download is None:
            return PlainTextResponse(
                "This download is no longer available. Please start it again from the page.", status_code=404
            )
        headers = {"Content-Disposition": f'attachment; filename="{download.name}"', "Cache-Control": "no-store"}
        return Response(download.content, media_type=download.media_type, headers=headers)

    return routes
