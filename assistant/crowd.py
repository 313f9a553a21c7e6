"""How many are at something at once: what does not wait for the others can do less."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Crowd:
    """Those who are inside a block at the same time. Safe to use from several threads."""

    def __init__(self) -> None:
        self._there = 0
        self._lock = Lock()

    @contextmanager
    def joined(self) -> Iterator[int]:
        """Be one of them until the block is left; give how many others were there before."""
        with self._lock:
            others = self._there
            self._there += 1
        try:
            yield others
        finally:
            with self._lock:
                self._there -= 1
