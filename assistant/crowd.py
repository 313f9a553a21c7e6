"""Where many come at once and one is served at a time: who is served hears how many others are there."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore


class Crowd:
    """A block that one thread is inside at a time, in the order of their coming."""

    def __init__(self) -> None:
        self.there = 0  # inside or waiting
        self._counting = Lock()
        self._turn = Semaphore()  # wakes who waits longest, which a lock need not

    @contextmanager
    def joined(self) -> Iterator[int]:
        """Wait for the turn and keep it until the block is left; give how many others wait then."""
        with self._counting:
            self.there += 1
        try:
            with self._turn:
                yield self.there - 1
        finally:
            with self._counting:
                self.there -= 1
