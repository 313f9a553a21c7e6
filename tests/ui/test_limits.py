"""No client takes the place of others: how many questions it may ask, and what it leaves behind unread."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from eval.load import Client
from tests.ui.conftest import Served, serving
from ui.limits import Exceeded, RateLimit, client_of
from ui.page import AT_ONCE
from ui.texts import texts

MINUTE, DAY = 60, 86_400


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def asked(limit: RateLimit, times: int, address: str = "192.0.2.1") -> list[Exceeded | None]:
    return [limit.exceeded(address) for _ in range(times)]


def test_so_many_within_any_minute_and_no_more():
    clock = Clock()
    limit = RateLimit(10, 100, clock)
    assert asked(limit, 12) == [None] * 10 + [Exceeded.MINUTE] * 2
    clock.now += MINUTE - 1
    assert asked(limit, 1) == [Exceeded.MINUTE]
    clock.now += 1
    assert asked(limit, 11) == [None] * 10 + [Exceeded.MINUTE]


def test_so_many_within_any_day_and_no_more():
    clock = Clock()
    limit = RateLimit(10, 100, clock)
    for _ in range(10):
        assert asked(limit, 10) == [None] * 10
        clock.now += MINUTE
    assert asked(limit, 1) == [Exceeded.DAY]
    clock.now += DAY - 10 * MINUTE
    assert asked(limit, 11) == [None] * 10 + [Exceeded.DAY]


def test_one_client_does_not_use_up_what_another_may():
    limit = RateLimit(1, 1)
    assert asked(limit, 2) == [None, Exceeded.DAY]
    assert asked(limit, 1, "192.0.2.2") == [None]


@pytest.mark.parametrize(
    ("per_minute", "per_day", "last"), [(0, 0, None), (0, 5, Exceeded.DAY), (5, 0, Exceeded.MINUTE)]
)
def test_zero_allows_any_number(per_minute, per_day, last):
    assert asked(RateLimit(per_minute, per_day, Clock()), 6)[-1] == last


def test_what_is_remembered_is_bounded_and_goes_after_a_day():
    clock = Clock()
    limit = RateLimit(10, 100, clock)
    for number in range(20_000):
        limit.exceeded(f"10.0.{number // 256}.{number % 256}")
    assert limit.clients == 5_000
    clock.now += DAY
    limit.exceeded("192.0.2.1")
    assert limit.clients == 1


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("x" * 1000, "x" * 64),
    ],
)
def test_a_client_is_an_address_or_what_an_ipv6_customer_has(address, client):
    assert client_of(address) == client


def ask_all(site: Served, *headers: dict[str, str]) -> list[str]:
    """Ask once for each set of headers, each in a session of its own; return what the server sent."""

    async def ask(client: Client) -> list[str]:
        sent = []
        for more in headers:
            client.http.headers.update(more)
            async with client.session() as session:
                await client.join("How much is invested?", session)
                sent.append(str([event async for event in client.events(session)]))
        return sent

    return speaking(site, ask)


def speaking(site: Served, speak: Callable[[Client], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        async with httpx.AsyncClient(base_url=site.url, timeout=60, trust_env=False) as http:
            return await speak(await Client.of(http))

    return asyncio.run(run())


def forwarded(*values: str) -> list[dict[str, str]]:
    return [{"X-Forwarded-For": value} for value in values]


def test_a_forged_address_does_not_help():
    with serving(limit=RateLimit(2, 0, Clock())) as site:
        sent = ask_all(site, *forwarded("192.0.2.1", "192.0.2.2", "192.0.2.3"))
    assert [texts("en").limited_minute in text for text in sent] == [False, False, True]


def test_behind_a_trusted_proxy_each_client_counts_for_itself_and_forging_still_does_not_help():
    with serving(proxies=["127.0.0.1"], limit=RateLimit(1, 0, Clock())) as site:
        # The proxy adds the address that it sees to whatever the client sent.
        sent = ask_all(site, *forwarded("192.0.2.1", "192.0.2.2", "203.0.113.9, 192.0.2.2", "127.0.0.1, 192.0.2.2"))
    assert [texts("en").limited_minute in text for text in sent] == [False, False, True, True]


@pytest.mark.parametrize("reads", [False, True], ids=["never opens the stream", "closes the stream"])
def test_abandoned_questions_make_room_for_others(reads):
    """All places are taken by clients that are gone, while the engine is stuck; the next question is answered."""

    async def abandon_then_ask(client: Client) -> str:
        async def abandon() -> None:
            async with client.session() as session:
                await client.join("Who set up HIT?", session)
                if reads:
                    events = client.events(session)
                    while "process_generating" not in str(await anext(events)):
                        pass
                    await events.aclose()

        await asyncio.gather(*(abandon() for _ in range(AT_ONCE)))
        async with client.session() as session:
            return str(await client.answer("How much is invested?", session))

    with serving(seconds=30.0 if reads else 1.0) as site:
        assert "About 335 million euro" in speaking(site, abandon_then_ask)
        assert not site.gate.is_set()


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("it-IT", "it"), ("de-AT", "de")])
def test_who_asks_too_much_reads_why_in_their_language_and_everything_else_works(open_tab_of, locale, language):
    with serving(limit=RateLimit(1, 0, Clock())) as site:
        tab = open_tab_of(site, locale=locale)
        page, words = tab.page, texts(language)
        tab.ask("How much is invested?")
        expect(page.locator("#current .mark:not(.idle)")).to_have_count(1)
        tab.ask("How much is invested in research?")
        expect(page.locator("#message")).to_have_text(words.limited_minute)
        expect(page.locator("#message")).to_have_attribute("role", "alert")
        expect(page.locator("#question textarea")).to_have_value("How much is invested in research?")
        expect(page.locator(".exchange")).to_have_count(1)
        page.locator("#current .mark").click()
        expect(page.locator("#sources .text mark")).to_be_in_viewport()
        other = texts("de" if language != "de" else "it")
        page.get_by_role("button", name=other.language_name).click()
        expect(page.locator("#sources .return")).to_have_text(other.back_to_answer)
        page.close()  # the server waits for its readers when it ends
