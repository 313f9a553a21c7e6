"""The same with the real vectors, the real update and a browser: what an operator does, at both widths."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.corpus.small import write_small
from tests.ui.axe import violations
from tests.ui.conftest import HOSTILE, listening
from tests.ui.fakes import FakeEngine
from tests.ui.test_changes import PASSWORD, QUESTION, Desk, document, index
from ui.operator.rebuild import updating
from ui.server import build_app

pytestmark = [pytest.mark.models, pytest.mark.browser, pytest.mark.thorough]


@pytest.fixture(scope="module")
def real(tmp_path_factory, embedder):
    root = tmp_path_factory.mktemp("real")
    index(write_small(root), embedder)
    return root


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 375)])
def test_a_document_is_mended_previewed_applied_and_answered_from(browser, embedder, real, tmp_path, scheme, width):
    desk = Desk(tmp_path, real, embedder)
    if scheme == "light":  # once is enough: the update loads the model anew
        desk.operated = replace(desk.operated, rebuild=updating(desk.settings))
    context = browser.new_context(viewport={"width": width, "height": 820}, color_scheme=scheme)
    page, found, refused = context.new_page(), {}, []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)

    def look(name):
        found[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0

    with listening(build_app(FakeEngine(), operated=desk.operated)) as url:
        page.goto(f"{url}operator")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Change documents").click()
        look("forms")
        bad = document(text=f"## Harbour\n\nThe harbour basin is deep and calm.\n\n{HOSTILE}\n")
        page.get_by_label("Documents", exact=True).set_input_files(
            {"name": f"{'x' * 90}.md", "mimeType": "text/markdown", "buffer": bad.encode()}
        )
        page.get_by_label("Questions to compare").first.fill(f"{QUESTION}\nHow many firms are in the hub?")
        page.get_by_role("button", name="Check and preview").first.click()
        expect(page.get_by_role("alert")).to_contain_text("This has to be mended first")
        look("findings")
        page.get_by_label("Text of").fill(document())
        page.get_by_role("button", name="Check and preview").click()
        expect(page.get_by_role("heading", name="What changes")).to_be_visible()
        look("preview")
        first = page.locator(".compared").first.locator(".side")
        expect(first.last.locator("li").first).to_contain_text("The harbour basin is deep and calm.")
        expect(first.first).not_to_contain_text("deep and calm")
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_role("status")).to_have_text("The update is done.", timeout=400_000)
        assert page.evaluate("window.ran") is None
    context.close()
    if scheme == "dark":
        desk.index()
    assert desk.assistant.renew()
    assert "deep and calm" in desk.assistant.answer(QUESTION).answer
    assert refused == []
    assert {name: lines for name, lines in found.items() if lines} == {}
