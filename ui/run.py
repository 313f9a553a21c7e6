"""One question being answered: the engine's blocking stream in a thread, its events in the page's event loop.

The page must react while the engine computes: to its stop button, to a closed browser, to a deadline. Python cannot
interrupt a thread, so the page stops listening at once, and the thread closes the stream at its next event.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import TypeVar

from assistant.answer import Event


class End(Enum):
    """Why a run ended before its final answer."""

    STOPPED = "stopped"
    OVERRUN = "overrun"


_Item = Event | End | Exception | None
_Made = TypeVar("_Made")


class Run:
    """Carries events from a thread to the event loop that created it, until they end, fail, stop or overrun."""

    def __init__(self, open_stream: Callable[[], Iterator[Event]], seconds: float) -> None:
        self._open_stream = open_stream
        self._deadline = time.monotonic() + seconds
        self._loop = asyncio.get_running_loop()
        self._items: asyncio.Queue[_Item] = asyncio.Queue()
        self._abandoned = threading.Event()

    def stop(self) -> None:
        """End the run now; may be called from any thread."""
        self._abandoned.set()
        self._send(End.STOPPED)

    @property
    def has_more(self) -> bool:
        """Whether something waits that `events` has not yielded yet."""
        return not self._items.empty()

    async def events(self) -> AsyncIterator[Event | End]:
        """Yield the engine's events, and an `End` if they were cut short. What the engine raises is raised here."""
        threading.Thread(target=self._work, name="answer", daemon=True).start()
        try:
            while (item := await self._next()) is not None:
                if isinstance(item, Exception):
                    raise item
                yield item
                if isinstance(item, End):
                    return
        finally:  # reached too when the browser is gone and this generator is closed or cancelled
            self._abandoned.set()

    async def _next(self) -> _Item:
        if self._abandoned.is_set():  # events that arrived before the stop are not shown after it
            return End.STOPPED
        try:
            return await asyncio.wait_for(self._items.get(), self._deadline - time.monotonic())
        except TimeoutError:
            return End.OVERRUN

    def _work(self) -> None:
        try:
            with contextlib.closing(_Closable(self._open_stream())) as stream:
                for event in stream:
                    if self._abandoned.is_set():
                        return
                    self._send(event)
        except Exception as error:  # raised again in `events`, where the page decides what to say
            self._send(error)
        else:
            self._send(None)

    def _send(self, item: _Item) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server is going down and nobody listens
            self._loop.call_soon_threadsafe(self._items.put_nowait, item)


async def in_own_thread(work: Callable[[], _Made]) -> _Made:
    """Return what `work` returns, from a thread that ends with it, as the one of a run does.

    PyTorch keeps in each thread what it has laid out for every length of text it met there, and threads of a pool stay:
    that was all by which the page grew (docs/decisions/page.md).
    """
    thread = ThreadPoolExecutor(1, "once")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    finally:
        thread.shutdown(wait=False)


class _Closable:
    """An iterator with `close`, which every generator has and a plain iterator does not."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events

    def __iter__(self) -> Iterator[Event]:
        return self._events

    def close(self) -> None:
        close = getattr(self._events, "close", None)
        if close is not None:
            close()
