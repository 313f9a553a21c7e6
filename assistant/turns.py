"""Few at a time, first come first served: two questions are read, one answer written, all others know their place."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from threading import Condition


class Turns:
    """A queue for something that serves one, or a few `at_once`. Safe to use from several threads.

    Who waits hears of their place after every `beat` seconds, so that they can think better of it.
    """

    def __init__(self, beat: float = 1.0, at_once: int = 1) -> None:
        self._beat = beat
        self._at_once = at_once
        self._line: deque[object] = deque()
        self._moved = Condition()

    @property
    def waiting(self) -> int:
        """How many stand in line behind those whose turn it is."""
        with self._moved:
            return max(0, len(self._line) - self._at_once)

    @contextmanager
    def turn(self) -> Iterator[Iterator[int]]:
        """Stand in line until the block is left. What it gives yields how many go before, and ends when none does."""
        ticket = object()
        with self._moved:
            self._line.append(ticket)
        try:
            yield self._places(ticket)
        finally:
            with self._moved:
                self._line.remove(ticket)
                self._moved.notify_all()

    def _places(self, ticket: object) -> Iterator[int]:
        while not self._comes(ticket):
            yield self._place(ticket)

    def _comes(self, ticket: object) -> bool:
        """Wait for a beat, or less if the turn comes; return whether it has."""
        with self._moved:
            return self._moved.wait_for(partial(self._is_next, ticket), self._beat)

    def _place(self, ticket: object) -> int:
        with self._moved:
            return self._line.index(ticket) - self._at_once + 1

    def _is_next(self, ticket: object) -> bool:
        return any(ticket is other for other in islice(self._line, self._at_once))
