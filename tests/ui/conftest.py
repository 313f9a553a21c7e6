"""The page in Chromium, served on a loopback port with a fake engine behind it."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.answer import Evidence, Notice, NoticeKind, Token
from assistant.feedback import FeedbackStore
from corpus.document import Document
from corpus.errors import ModelUnavailable
from tests.ui.fakes import FakeEngine, Script, answered, cite, founders_script, investment_script
from ui.judging import Judging
from ui.server import build_app

# How long to wait for what must happen; a slow machine is no failure.
expect.set_options(timeout=30_000)
HOSTILE = (
    "<script>window.ran=1</script><img src='https://evil.example/a.png' onerror='window.ran=2'>"
    '"><svg onload="window.ran=3"><style>*{background:url(https://evil.example/b.png)}</style>'
    "\n\n![c](https://evil.example/c.png) [d](javascript:window.ran=4) $$x$$ `code` "
    "<iframe srcdoc='<script>1</script>'>"
    "<form action='https://evil.example/'><input name=password></form> ${window.ran=5} {{constructor}}"
)


@dataclass
class Served:
    url: str
    engine: FakeEngine
    gate: threading.Event


def hostile_script() -> tuple[Document, Script]:
    document = Document(
        "hostile", "en", HOSTILE, f"# {HOSTILE}\n\nBefore {HOSTILE} after.", url="https://evil.example/"
    )
    source = cite(1, f"Before {HOSTILE} after.", document, section=HOSTILE, as_of=HOSTILE, status=HOSTILE)
    text = f"Answer {HOSTILE} [1]"
    notice = Notice(NoticeKind.CONFLICT, HOSTILE)
    answer = answered(text, source, question=HOSTILE, composer="model", model=HOSTILE, notices=(notice,))
    return document, Script([Evidence(HOSTILE, "en", (source,)), Token(text), answer])


@contextmanager
def listening(app: FastAPI, proxies: Sequence[str] = ()) -> Iterator[str]:
    """Serve an application on a port of its own; its address. The word of `proxies` on a client's address is taken."""
    own = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", forwarded_allow_ips=list(proxies)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{own.getsockname()[1]}/"
    server.should_exit = True
    thread.join(10)


@contextmanager
def serving(store: FeedbackStore | None = None, proxies: Sequence[str] = (), **site: Any) -> Iterator[Served]:
    """Serve the page around an engine that follows scripts; with a store its answers can be judged.

    `site` goes to `build_app`.
    """
    gate = threading.Event()
    document, hostile = hostile_script()
    engine = FakeEngine(
        {
            "script": hostile,
            "HIT": founders_script("Who founded HIT – Hub Innovazione Trentino?", gate),
            "invested": investment_script("How much is invested in research?"),
            "unavailable": Script([ModelUnavailable("The model does not answer. Ask again later.")]),
            "broken": Script([Token("A first sentence."), ValueError("secret detail")]),
        }
    )
    engine.documents_held.append(document)
    app = build_app(engine, judging=Judging(store, days=30) if store else None, **site)
    with listening(app, proxies) as url:
        yield Served(url, engine, gate)
        gate.set()


@pytest.fixture(scope="module")
def site():
    with serving() as served:
        yield served


@dataclass
class Tab:
    page: Page
    requests: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        box = self.page.locator("#question textarea")
        box.fill(question)
        box.press("Enter")


@pytest.fixture(scope="module")
def browsers(browser: Browser):
    """A function that returns the browser of a reader whose language is `locale`: it knows the page's own files from
    the tests before, and nothing else of them.
    """
    known: dict[str, BrowserContext] = {}

    def of(locale: str) -> BrowserContext:
        if locale not in known:
            known[locale] = browser.new_context(locale=locale)
        return known[locale]

    yield of
    for context in known.values():
        context.close()


@pytest.fixture
def open_tab_of(browsers):
    """A function that opens a site in a tab; what it stores is gone in the end, and no request may have left the
    machine.
    """
    tabs = []

    def open_it(site: Served, width: int = 1280, height: int = 820, locale: str = "en-GB") -> Tab:
        tab = Tab(browsers(locale).new_page())
        tab.page.set_viewport_size({"width": width, "height": height})
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        tab.page.goto(site.url)
        expect(tab.page.locator(".ai-notice")).to_be_visible()
        tabs.append((tab, site))
        return tab

    yield open_it
    for tab, site in tabs:
        site.gate.set()
        _forget(tab.page.context)
    ours = [(url, (site.url, "data:", "blob:")) for tab, site in tabs for url in tab.requests]
    assert [url for url, allowed in ours if not url.startswith(allowed)] == []


def _forget(context: BrowserContext) -> None:
    for page in context.pages:
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.close()
    context.clear_cookies()
    context.clear_permissions()


@pytest.fixture
def open_tab(open_tab_of, site: Served):
    """A function that opens the page of `site`."""
    site.gate.clear()
    return partial(open_tab_of, site)
