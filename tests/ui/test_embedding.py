"""The page in a frame on another site: shown where the operator names that site, and nowhere else."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.axe import violations
from tests.ui.conftest import serving
from ui.texts import texts

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
PAGE = """<!doctype html><html lang="de"><title>Agency</title><h1>Agency</h1><input aria-label="Suche" autofocus>
<iframe src="{url}?embed=1&lang=de" title="Trentino Investor Assistant" style="width:100%;height:36rem"></iframe>"""


class Agency(BaseHTTPRequestHandler):
    """A site with the one line of docs/embedding.md in its page."""

    chat = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.format(url=self.chat).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of the agency, whose page embeds the chat; of its two names the chat is told one."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Agency) as server:
        with serving(origins=[f"http://localhost:{server.server_port}"]) as chat:
            Agency.chat = chat.url
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.server_port
        server.shutdown()


@pytest.fixture
def visit(browser: Browser):
    """A function that opens a page and keeps what the browser's console says."""
    contexts = []

    def open_it(url: str, width: int = 1280):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, locale="it-IT"))
        page, said = contexts[-1].new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.goto(url)
        return page, said

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [375, 1440])
def test_a_named_site_shows_the_chat_compact_and_in_the_language_of_the_line(visit, port, width):
    page, _ = visit(f"http://localhost:{port}/", width)
    chat = page.frame_locator("iframe")
    expect(chat.locator(".ai-notice")).to_have_text(texts("de").ai_notice)
    expect(chat.locator(".masthead .brand p")).to_be_hidden()
    expect(chat.locator(".example:visible")).to_have_count(3)
    expect(page.get_by_label("Suche")).to_be_focused()
    assert violations(page) == []
    chat.locator("#question textarea").fill("How much is invested?")
    chat.locator("#question textarea").press("Enter")
    expect(chat.locator("#current .mark:not(.idle)")).to_have_count(1)
    chat.locator("#current .mark").click()
    expect(chat.locator("#sources .text mark")).to_be_in_viewport()
    assert chat.locator("html").evaluate("html => html.scrollWidth - innerWidth") == 0


def test_any_other_site_is_refused_by_the_browser(visit, port):
    page, said = visit(f"http://127.0.0.1:{port}/")
    expect(page.locator("iframe")).to_be_visible()
    assert page.frames[1].url.startswith("chrome-error:")
    assert any("frame-ancestors" in line for line in said)


def test_by_itself_the_page_is_not_compact_and_takes_the_focus(visit, port):
    page, said = visit(f"{Agency.chat}?lang=de")
    expect(page.locator(".ai-notice")).to_have_text(texts("de").ai_notice)
    expect(page.locator(".example:visible")).to_have_count(6)
    expect(page.locator("#question textarea")).to_be_focused()
    assert [line for line in said if "Refused" in line] == []


def test_a_language_that_the_page_does_not_speak_is_left_to_the_browser(visit, port):
    page, _ = visit(f"{Agency.chat}?lang=xx")
    expect(page.locator(".ai-notice")).to_have_text(texts("it").ai_notice)
    assert page.evaluate("document.documentElement.lang") == "it"
