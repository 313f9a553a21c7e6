"""What tests of several packages share: the browser, and the assistant with its real weights."""

import pytest

from tests.browser import FLAGS, installed


def pytest_collection_modifyitems(items):
    # Files that drive the page or load weights take longest: begun first, none of them keeps one core busy at the end.
    items.sort(key=lambda item: not {"browser", "models"} & {mark.name for mark in item.iter_markers()})


@pytest.fixture(scope="module")
def browser():
    # Not for the whole session: while Playwright is open its event loop runs, and tests with one of their own fail.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def real_embedder():
    """The real embedding model."""
    from assistant.factory import build_embedder
    from assistant.settings import read_settings
    from weights.store import WeightStore

    return build_embedder(WeightStore(read_settings().cache, print), print)


@pytest.fixture(scope="session")
def embedder(real_embedder):
    """The same; folders whose tests make do with less have one of their own."""
    return real_embedder
