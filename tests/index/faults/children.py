"""Forked processes: each fault strikes one, or is looked at from one, so that nothing can end the harness itself."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

_CONTEXT = multiprocessing.get_context("fork")
_SECONDS = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """How a process ended: "done" with a value, "failed" with an error, "died" with a signal, or "hung"."""

    how: str
    value: Any
    seconds: float

    def __str__(self) -> str:
        return f"{self.how}: {self.value}"


class Child:
    """A process that runs `work(say, *arguments)`. What it says and how it ends can be waited for."""

    def __init__(self, work: Callable[..., Any], *arguments: Any) -> None:
        self._ours, theirs = _CONTEXT.Pipe(duplex=False)
        self._started = time.monotonic()
        self._process = _CONTEXT.Process(target=_run, args=(theirs, work, arguments))
        self._process.start()
        theirs.close()
        self.pid = self._process.pid
        self._outcome: Outcome | None = None

    def heard(self, wanted: str, seconds: float = _SECONDS) -> bool:
        """Wait until it says `wanted`; false when it ends before."""
        deadline = time.monotonic() + seconds
        while self._outcome is None:
            if self._receive(deadline) == wanted:
                return True
        return False

    def kill(self) -> None:
        """Kill it as -9 does."""
        if self._process.is_alive():
            os.kill(self._process.pid, signal.SIGKILL)

    def outcome(self, seconds: float = _SECONDS) -> Outcome:
        """Wait for its end."""
        deadline = time.monotonic() + seconds
        while self._outcome is None:
            self._receive(deadline)
        self._process.join()
        return self._outcome

    def _receive(self, deadline: float) -> str | None:
        """Return the next thing it says, or note how it ended."""
        try:
            if not self._ours.poll(max(0.0, deadline - time.monotonic())):
                self.kill()
                self._outcome = Outcome("hung", None, _SECONDS)
                return None
            kind, value, seconds = self._ours.recv()
        except EOFError:
            self._process.join()
            self._outcome = Outcome("died", self._process.exitcode, time.monotonic() - self._started)
            return None
        if kind == "said":
            return str(value)
        self._outcome = Outcome(kind, value, seconds)
        return None


def result_of(work: Callable[..., Any], *arguments: Any) -> Outcome:
    """Run `work(say, *arguments)` in a process and wait for its end."""
    return Child(work, *arguments).outcome()


def _run(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a panic in Rust prints pages
    started = time.monotonic()
    try:
        how, value = "done", work(lambda said: pipe.send(("said", said, 0.0)), *arguments)
    except BaseException as error:
        how, value = "failed", f"{type(error).__name__}: {error}"
    pipe.send((how, value, time.monotonic() - started))
    pipe.close()
    os._exit(0)  # no cleaning up on behalf of the harness
