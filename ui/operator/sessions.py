"""Who may see the operator's page: one password, few attempts, sessions that end."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from ui.limits import client_of

SESSION_SECONDS = 8 * 3600.0
ATTEMPT_SECONDS = 15 * 60.0
MOST_ATTEMPTS = 5  # wrong passwords from one address in that time
MOST_ATTEMPTS_OF_ALL = 50  # from everywhere: many addresses help nobody
_MOST_SESSIONS = 20


@dataclass(frozen=True)
class Session:
    """Somebody who knew the password. `token` is for their forms: only a page of ours can send it."""

    ends: float
    token: str


class Sessions:
    """Sessions of the operator, in memory: a restart ends them all. For one event loop, not for several threads."""

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._digest = _digest(password)
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._wrong: deque[tuple[float, str]] = deque(maxlen=MOST_ATTEMPTS_OF_ALL)

    def is_closed_to(self, address: str) -> bool:
        """Whether there were too many wrong passwords from there, or from everywhere."""
        now = self._clock()
        while self._wrong and self._wrong[0][0] <= now - ATTEMPT_SECONDS:
            self._wrong.popleft()
        from_there = sum(client == client_of(address) for _, client in self._wrong)
        return from_there >= MOST_ATTEMPTS or len(self._wrong) >= MOST_ATTEMPTS_OF_ALL

    def begin(self, typed: str, address: str) -> str | None:
        """Return the key of a new session, or None when the password is not right. Ask `is_closed_to` first."""
        if not hmac.compare_digest(_digest(typed), self._digest):
            self._wrong.append((self._clock(), client_of(address)))
            return None
        key = secrets.token_urlsafe(32)
        self._sessions[key] = Session(self._clock() + SESSION_SECONDS, secrets.token_urlsafe(32))
        if len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return key

    def find(self, key: str) -> Session | None:
        """Return a session that has not ended."""
        session = self._sessions.get(key)
        if session is not None and session.ends <= self._clock():
            del self._sessions[key]
            return None
        return session

    def end(self, key: str) -> None:
        """End a session."""
        self._sessions.pop(key, None)


def _digest(password: str) -> bytes:
    # Of one length, so that comparing them tells nothing of the password's.
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()
