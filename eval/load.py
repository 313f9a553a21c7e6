"""Many users at once: how long they wait for whole answers, how many get none, and whether sessions are forgotten.

Speaks to the page as a browser does: it opens the page and its heartbeat, joins the queue and reads the events.
"""

import asyncio
import json
import math
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from uuid import uuid4

import httpx
import numpy as np

from eval.served import memory, served

_SETTINGS = {"ASSISTANT_MODEL": "none", "ASSISTANT_COMPOSER": "extractive"}
_TIMEOUT = 90.0
_QUESTIONS_PER_SESSION = 3
_AT_ONCE = 4  # of the sessions that are opened to see how memory grows
_SAMPLES = 12
_ANSWER = json.dumps('<div class="answer').strip('"')


@dataclass(frozen=True)
class Load:
    """So many users for so many seconds, who think `think` seconds on average; then so many more sessions."""

    users: int
    think: float
    seconds: float
    sessions: int


@dataclass
class Outcome:
    """What became of the questions: seconds until each whole answer, and what went wrong instead."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Client:
    """Speaks Gradio's protocol with one server; `ask` and `greet` are the numbers of its functions."""

    http: httpx.AsyncClient
    ask: int
    greet: int

    @classmethod
    async def of(cls, http: httpx.AsyncClient) -> "Client":
        """Learn the numbers from the page's configuration."""
        config = (await http.get("config")).raise_for_status().json()
        box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "question")
        targets = {event: fn["id"] for fn in config["dependencies"] for event in map(tuple, fn["targets"])}
        greet = next(number for (_, event), number in targets.items() if event == "load")
        return cls(http, targets[box, "submit"], greet)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[str]:
        """Open the page in a new tab, and close it in the end."""
        name = uuid4().hex[:11]
        (await self.http.get("")).raise_for_status()
        async with self.http.stream("GET", f"gradio_api/heartbeat/{name}"):
            (await self.http.post("gradio_api/run/predict", json=_call(self.greet, [None], name))).raise_for_status()
            yield name

    async def join(self, question: str, session: str) -> None:
        """Put a question into the queue; whoever does only that never reads the answer."""
        call = _call(self.ask, [question, None], session)
        (await self.http.post("gradio_api/queue/join", json=call)).raise_for_status()

    async def events(self, session: str) -> AsyncIterator[dict[str, Any]]:
        """Yield what the server says of what the session asked, to the end."""
        async with self.http.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    async def answer(self, question: str, session: str) -> list[dict[str, Any]]:
        """Ask, and return all events. Raises `httpx.HTTPError` for a refusal, `RuntimeError` for no answer."""
        await self.join(question, session)
        events = [event async for event in self.events(session)]
        if _ANSWER not in json.dumps(events):
            raise RuntimeError("no answer")
        return events


def _call(function: int, data: list[Any], session: str) -> dict[str, Any]:
    return {"data": data, "event_data": None, "fn_index": function, "trigger_id": 0, "session_hash": session}


def measure_load(load: Load, questions: Sequence[str], report: Callable[[str], None]) -> dict[str, Any]:
    """Return how long users waited, what went wrong, and how memory grew."""
    with served(_SETTINGS) as (pid, url):
        return asyncio.run(_measure(load, pid, url, cycle(questions), report))


async def _measure(
    load: Load, pid: int, url: str, questions: Iterator[str], report: Callable[[str], None]
) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT, limits=limits, trust_env=False) as http:
        client, outcome, before = await Client.of(http), Outcome(), memory(pid)
        until = time.monotonic() + load.seconds
        await asyncio.gather(*(_user(client, questions, load.think, until, outcome) for _ in range(load.users)))
        report(f"{len(outcome.seconds)} answers for {load.users} users; {len(outcome.errors)} errors")
        growth, more = await _grow(client, pid, questions, load.sessions, report)
    return {
        "users": _summary(outcome),
        "sessions": _summary(more) | growth,
        "memory_mb": {"before": round(before), "after": round(growth["mb"][-1])},
    }


async def _user(client: Client, questions: Iterator[str], think: float, until: float, outcome: Outcome) -> None:
    """Open the page, ask a few questions with thought between, close it, and so on until the time is over."""
    await asyncio.sleep(random.uniform(0, think))  # not all in the same instant
    while time.monotonic() < until:
        await _visit(client, questions, _QUESTIONS_PER_SESSION, think, until, outcome)


async def _visit(
    client: Client, questions: Iterator[str], count: int, think: float, until: float, outcome: Outcome
) -> None:
    """One session."""
    try:
        async with client.session() as session:
            for _ in range(count):
                if time.monotonic() < until:
                    begun = time.monotonic()
                    await client.answer(next(questions), session)
                    outcome.seconds.append(time.monotonic() - begun)
                    await asyncio.sleep(random.uniform(0.5, 1.5) * think)
    except (httpx.HTTPError, RuntimeError) as error:
        outcome.errors.append(f"{type(error).__name__}: {error}")


async def _grow(
    client: Client, pid: int, questions: Iterator[str], sessions: int, report: Callable[[str], None]
) -> tuple[dict[str, Any], Outcome]:
    """Open sessions of one question one after another; return MB now and then, and MB per thousand once it is warm."""
    outcome, sizes = Outcome(), [memory(pid)]
    each = sessions // (_SAMPLES * _AT_ONCE)

    async def several() -> None:
        for _ in range(each):
            await _visit(client, questions, 1, 0.0, math.inf, outcome)

    for sample in range(1, _SAMPLES + 1) if each else ():
        await asyncio.gather(*(several() for _ in range(_AT_ONCE)))
        sizes.append(memory(pid))
        report(f"{sample * each * _AT_ONCE} sessions: {sizes[-1]:.0f} MB")
    growth: dict[str, Any] = {"mb": [round(size) for size in sizes]}
    if each:
        warm = sizes[1 + _SAMPLES // 3 :]  # the first third fills what is kept of the latest sessions
        slope = np.polyfit(np.arange(len(warm)) * each * _AT_ONCE, warm, 1)[0]
        growth["mb_per_1000"] = round(1000 * float(slope), 2)
    return growth, outcome


def _summary(outcome: Outcome) -> dict[str, Any]:
    points = np.percentile(outcome.seconds, [50, 95, 99]) if outcome.seconds else [0.0] * 3
    waited = dict(zip(("p50", "p95", "p99"), (round(float(point), 3) for point in points), strict=True))
    return {
        "answers": len(outcome.seconds),
        "errors": len(outcome.errors),
        "first_errors": outcome.errors[:3],
        "answer_s": waited,
    }
