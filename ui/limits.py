"""How many questions one client may ask: exactly so many within any minute, and within any day."""

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import StrEnum

_MINUTE, _DAY = 60.0, 86_400.0
_MOST_CLIENTS = 5_000


class Exceeded(StrEnum):
    """Which limit a question is over."""

    MINUTE = "minute"
    DAY = "day"


class RateLimit:
    """Remembers when each client asked, in memory alone and for a day at most. Zero allows any number.

    At most 5,000 clients are remembered; beyond that, whoever asked longest ago is forgotten. Not for use from several
    threads at once.
    """

    def __init__(self, per_minute: int, per_day: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._per_day = per_minute, per_day
        self._kept = _DAY if per_day else _MINUTE
        self._clock = clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()  # who asked last is last

    @property
    def clients(self) -> int:
        """How many are remembered."""
        return len(self._asked)

    def exceeded(self, address: str) -> Exceeded | None:
        """Count a question from `address`; return the limit it is over, and then do not count it."""
        now, client = self._clock(), client_of(address)
        self._forget(now)
        asked = self._asked.get(client, deque())
        while asked and asked[0] <= now - self._kept:
            asked.popleft()
        if self._per_day and len(asked) >= self._per_day:
            return Exceeded.DAY
        if self._per_minute and len(asked) >= self._per_minute and asked[-self._per_minute] > now - _MINUTE:
            return Exceeded.MINUTE
        if self._per_minute or self._per_day:
            asked.append(now)
            self._asked[client] = asked
            self._asked.move_to_end(client)
        return None

    def _forget(self, now: float) -> None:
        """Drop who has not asked for long, and who is too many."""
        while self._asked:
            oldest = next(iter(self._asked.values()))
            if oldest[-1] > now - self._kept and len(self._asked) < _MOST_CLIENTS:
                return
            self._asked.popitem(last=False)


def client_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network that an IPv6 customer has to themselves."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # a socket of this machine, or what a proxy passed on: counted as it is
        return address[:64]
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.IPv6Network((int(ip) >> 64 << 64, 64)))
