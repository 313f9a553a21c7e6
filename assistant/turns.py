"""One at a time, first come first served: one question is read, one answer written, the others know their place."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Condition


class Turns:
    """A queue for something that serves one at a time. Safe to use from several threads.

    Who waits hears of their place after every `beat` seconds, so that they can think better of it.
    """

    def __init__(self, beat: float = 1.0) -> None:
        self._beat = beat
        self._line: deque[object] = deque()
        self._moved = Condition()

    @property
    def waiting(self) -> int:
        """How many stand in line behind the one whose turn it is."""
        with self._moved:
            return max(0, len(self._line) - 1)

    @contextmanager
    def turn(self) -> Iterator[Iterator[int]]:
        """Stand in line until the block is left. What it gives yields how many are before, and ends when none is."""
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
            return self._line.index(ticket)

    def _is_next(self, ticket: object) -> bool:
        return self._line[0] is ticket
