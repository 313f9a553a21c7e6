import asyncio
import threading

import pytest

from assistant.answer import Token
from tests.ui.fakes import FakeEngine, Script
from ui.run import End, Run, in_own_thread


def collected(engine: FakeEngine, seconds: float = 60.0, stop_after: int | None = None) -> list[object]:
    async def collect() -> list[object]:
        run, events = Run(lambda: engine.stream("question"), seconds), []
        async for event in run.events():
            events.append(event)
            if len(events) == stop_after:
                run.stop()
        return events

    return asyncio.run(collect())


def test_events_arrive_in_order_and_the_stream_is_closed():
    engine = FakeEngine({"question": Script([Token("a"), Token("b")])})
    assert collected(engine) == [Token("a"), Token("b")]
    assert engine.closed.wait(10)


def test_it_is_known_whether_more_has_come_than_was_taken():
    second = threading.Event()

    def stream():
        yield Token("a")
        second.wait(60)
        yield Token("b")

    async def consume() -> None:
        run = Run(stream, 60.0)
        async for event in run.events():
            if event == Token("a"):
                assert not run.has_more
                second.set()
                while not run.has_more:
                    await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(consume(), 60))


def test_what_the_engine_raises_is_raised_here():
    engine = FakeEngine({"question": Script([Token("a"), ValueError("broken")])})
    with pytest.raises(ValueError, match="broken"):
        collected(engine)


def test_an_engine_that_does_not_even_start():
    async def consume() -> None:
        def open_stream():
            raise RuntimeError("no stream")

        async for _ in Run(open_stream, 60.0).events():
            pass

    with pytest.raises(RuntimeError, match="no stream"):
        asyncio.run(consume())


def test_stopping_ends_at_once_and_closes_the_stream_at_its_next_event():
    gate = threading.Event()
    engine = FakeEngine({"question": Script([Token("a"), gate, Token("b"), Token("c")])})
    assert collected(engine, stop_after=1) == [Token("a"), End.STOPPED]
    assert not engine.closed.is_set()
    gate.set()
    assert engine.closed.wait(10)


def test_a_run_past_its_deadline_ends():
    gate = threading.Event()
    engine = FakeEngine({"question": Script([gate, Token("too late")])})
    assert collected(engine, seconds=0.0) == [End.OVERRUN]
    gate.set()
    assert engine.closed.wait(10)


def test_leaving_the_events_closes_the_stream():
    gate = threading.Event()
    engine = FakeEngine({"question": Script([Token("a"), gate, Token("b"), Token("c")])})

    async def leave() -> None:
        events = Run(lambda: engine.stream("question"), 60.0).events()
        await anext(events)
        await events.aclose()

    asyncio.run(leave())
    gate.set()
    assert engine.closed.wait(10)


def test_what_is_computed_once_leaves_no_thread_behind():
    thread = asyncio.run(in_own_thread(threading.current_thread))
    thread.join(10)
    assert thread is not threading.current_thread()
    assert not thread.is_alive()


def test_what_fails_in_a_thread_of_its_own_is_raised():
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_own_thread(lambda: 1 // 0))
