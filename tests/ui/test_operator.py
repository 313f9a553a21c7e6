"""The operator's page: not there without a password, nothing without the login, no act without a form of its own."""

import os
import re
import sys
import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from assistant.feedback import FeedbackStore
from assistant.settings import Settings
from corpus.errors import ProjectError
from index.build import build_index
from tests.assistant.test_feedback import GIVEN
from tests.fakes import FakeEmbedder
from tests.ui.axe import violations
from tests.ui.conftest import HOSTILE, listening
from tests.ui.fakes import DOCUMENT, FakeEngine
from ui.operator.rebuild import Rebuild, updating
from ui.operator.sessions import ATTEMPT_SECONDS, MOST_ATTEMPTS, MOST_ATTEMPTS_OF_ALL, SESSION_SECONDS, Sessions
from ui.operator.state import PAGE, Operated
from ui.server import MAX_BODY, build_app

PASSWORD = "correct horse battery"
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
PAGES = ("/operator", "/operator/documents", "/operator/feedback", "/operator/rebuild")
ACTS = ("/operator/logout", "/operator/rebuild", "/operator/feedback/delete")


@dataclass
class Served:
    index_version: str = FakeEngine.index_version
    degraded: str | None = None
    embedder: FakeEmbedder = None


@pytest.fixture(scope="module")
def operated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operator")
    settings = Settings(
        _env_file=None,
        index=folder / "index",
        feedback=folder / "feedback.sqlite",
        operator_password=PASSWORD,
        model="https://user:hunter2@models.example/v1?key=hunter3",
        model_name="m",
        model_key="hunter4",
    )
    build_index([DOCUMENT], settings.index, FakeEmbedder(), lambda _: None)
    store = FeedbackStore(settings.feedback, lambda: NOON)
    served = Served(embedder=FakeEmbedder())
    rebuild = Rebuild([sys.executable, "-c", "print('done')"], {})
    return Operated(settings, served, store, rebuild, lambda: date(2026, 11, 26))


@pytest.fixture
def open_client(operated):
    """A function that opens a client of a fresh application, whatever is changed about it."""

    def open_it(**changes):
        return TestClient(build_app(FakeEngine(), operated=replace(operated, **changes)), follow_redirects=False)

    return open_it


@pytest.fixture(scope="module")
def stranger(operated):
    """A client that never logs in; for what leaves no trace in the application."""
    return TestClient(build_app(FakeEngine(), operated=operated), follow_redirects=False)


def log_in(client, password=PASSWORD):
    return client.post("/operator/login", data={"password": password})


def token(client):
    return re.search(r'name="token" value="([^"]+)"', client.get("/operator").text)[1]


@pytest.fixture
def client(open_client):
    client = open_client()
    assert log_in(client).headers["location"] == "/operator"
    return client


@pytest.fixture(scope="module")
def inside(operated):
    """A client that is logged in; for what leaves no trace in the application."""
    client = TestClient(build_app(FakeEngine(), operated=operated), follow_redirects=False)
    assert log_in(client).headers["location"] == "/operator"
    return client


def test_without_a_password_there_is_no_such_page(open_client, operated):
    client = open_client(settings=operated.settings.model_copy(update={"operator_password": type_of_secret("")}))
    for path in (*PAGES, "/operator/login", "/operator/style.css"):
        assert client.get(path).status_code == 404, path
    assert log_in(client, "").status_code in (404, 405)


def type_of_secret(value):
    return Settings.model_fields["operator_password"].annotation(value)


@pytest.mark.parametrize("path", PAGES)
def test_without_the_login_nothing_is_shown(stranger, path):
    response = stranger.get(path)
    assert (response.status_code, response.headers["location"], response.text) == (303, "/operator/login", "")


@pytest.mark.parametrize("path", ACTS)
def test_without_the_login_nothing_is_done(stranger, path):
    assert stranger.post(path, data={"token": "x"}).headers["location"] == "/operator/login"


@pytest.mark.parametrize("cookie", ["", "x", "None", "é"])
def test_an_invented_session_is_none(stranger, cookie):
    response = stranger.get("/operator", headers={"Cookie": f"operator={cookie}".encode()})
    assert response.headers["location"] == "/operator/login"


@pytest.mark.parametrize("wrong", ["", PASSWORD[:-1], PASSWORD + " ", "é" * 40, "\x00", "x" * 10_000])
def test_a_wrong_password_opens_nothing(open_client, wrong):
    client = open_client()
    response = log_in(client, wrong)
    assert response.status_code == 401
    assert "set-cookie" not in response.headers
    assert "This password is wrong." in response.text


def test_attempts_are_limited_and_the_right_password_waits_too(open_client):
    client = open_client()
    for _ in range(MOST_ATTEMPTS):
        assert log_in(client, "wrong").status_code == 401
    assert log_in(client).status_code == 429


def test_attempts_are_counted_by_address_and_by_all_and_forgotten_in_time():
    now = [0.0]
    sessions = Sessions(PASSWORD, lambda: now[0])
    for n in range(MOST_ATTEMPTS):
        sessions.begin("wrong", f"2001:db8::{n}")
    assert sessions.is_closed_to("2001:db8::ffff")  # of the same network
    assert not sessions.is_closed_to("192.0.2.1")
    for n in range(MOST_ATTEMPTS_OF_ALL):
        sessions.begin("wrong", f"198.51.100.{n}")
    assert sessions.is_closed_to("192.0.2.1")
    now[0] = ATTEMPT_SECONDS
    assert not sessions.is_closed_to("2001:db8::ffff")


def test_addresses_of_ipv4_within_ipv6_are_clients_of_their_own():
    sessions = Sessions(PASSWORD, lambda: 0.0)
    for _ in range(MOST_ATTEMPTS):
        sessions.begin("wrong", "::ffff:192.0.2.1")
    assert sessions.is_closed_to("192.0.2.1")
    assert not sessions.is_closed_to("::ffff:192.0.2.2")


def test_a_session_ends():
    now = [0.0]
    sessions = Sessions(PASSWORD, lambda: now[0])
    key = sessions.begin(PASSWORD, "192.0.2.1")
    now[0] = SESSION_SECONDS - 1
    assert sessions.find(key) is not None
    now[0] = SESSION_SECONDS
    assert sessions.find(key) is None


def test_the_cookie_is_the_servers_alone(open_client):
    for client, secure in ((open_client(), False), (open_client(), True)):
        client.base_url = "https://assistant.example" if secure else "http://assistant.example"
        cookie = log_in(client).headers["set-cookie"]
        assert {"HttpOnly", "SameSite=strict", "Path=/operator"} <= set(cookie.split("; "))
        assert ("Secure" in cookie) == secure


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize("sent", [{}, {"token": ""}, {"token": "x"}, {"token": "é"}])
def test_a_form_without_the_token_of_the_session_does_nothing(inside, path, sent):
    assert inside.post(path, data=sent).status_code == 403
    assert inside.get("/operator").status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_does_nothing(client, open_client, site):
    sent = {"token": token(client)}
    assert client.post("/operator/logout", data=sent, headers={"Sec-Fetch-Site": site}).status_code == 403
    foreign = open_client().post("/operator/login", data={"password": PASSWORD}, headers={"Sec-Fetch-Site": site})
    assert foreign.status_code == 403


def test_logging_out_ends_the_session_for_every_copy_of_its_cookie(client):
    cookie = {"Cookie": f"operator={client.cookies['operator']}"}
    assert client.post("/operator/logout", data={"token": token(client)}).headers["location"] == "/operator/login"
    client.cookies.clear()
    assert client.get("/operator", headers=cookie).headers["location"] == "/operator/login"


@pytest.mark.parametrize("path", [*PAGES, "/operator/login", "/operator/style.css", "/operator/script.js"])
def test_its_policy_is_stricter_than_that_of_the_chat(inside, path):
    response = inside.get(path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "form-action 'none'" in inside.get("/").headers["content-security-policy"]


def test_a_large_form_is_refused(inside):
    assert inside.post("/operator/login", content=b"x" * (MAX_BODY + 1)).status_code == 413


def test_many_fields_are_no_form(inside):
    assert inside.post("/operator/logout", data={f"f{n}": "1" for n in range(100)}).status_code == 403


def test_the_overview_tells_of_the_index_and_of_the_settings_but_no_secret(inside):
    page = inside.get("/operator").text
    for text in ("in order", FakeEngine.index_version, "<dd>1</dd>", "takes over within a minute", "fake@1"):
        assert text in page
    assert "ASSISTANT_FEEDBACK_DAYS" in page
    assert "https://models.example/v1" in page
    assert not re.search(rf"hunter\d|{PASSWORD}", page)


def test_a_degraded_index_and_a_missing_one_are_said(open_client, operated, tmp_path):
    client = open_client(
        served=Served(degraded="The index is damaged: CURRENT."),
        settings=operated.settings.model_copy(update={"index": tmp_path / "none"}),
    )
    log_in(client)
    page = client.get("/operator").text
    assert "The index is damaged: CURRENT." in page
    assert "There is no index at" in page


def test_documents_past_their_review_come_first(open_client):
    client = open_client(today=lambda: date(2040, 1, 1))
    log_in(client)
    page = client.get("/operator/documents").text
    assert "Past their review or validity date (" in page
    assert "to be reviewed" in page
    assert "Errors (0)" in page


def test_documents_that_cannot_be_checked_are_a_sentence(open_client, operated, tmp_path):
    client = open_client(settings=operated.settings.model_copy(update={"corpus": tmp_path / "corpus.jsonl"}))
    log_in(client)
    response = client.get("/operator/documents")
    assert response.status_code == 200
    assert 'role="alert"' in response.text


@pytest.fixture
def store(operated):
    yield operated.store
    for item in operated.store.all():
        operated.store.delete(item.id)


def test_feedback_is_listed_masked_put_together_and_deleted(client, store):
    secret = "Call me: mario@example.com " + HOSTILE
    store.add(replace(GIVEN, id="a", question=secret, question_used=secret, comment=secret))
    store.add(replace(GIVEN, id="b", status="not_in_corpus", citations=(), reason="", question_used="How long?"))
    page = client.get("/operator/feedback").text
    assert "Answers judged: 2, of them helpful: 0." in page
    assert "gaps in the documents (1)" in page
    assert "Answered, but not helpful (1)" in page
    assert "mario@example.com" not in page
    assert "[e-mail]" in page
    assert "<script>window" not in page
    response = client.post("/operator/feedback/delete", data={"token": token(client), "id": "a"})
    assert response.headers["location"] == "/operator/feedback#rows"
    assert [item.id for item in store.all()] == ["b"]


def test_feedback_has_pages(client, store):
    for n in range(PAGE + 1):
        store.add(replace(GIVEN, id=f"f{n}", question=f"Question number {n}?"))
    first, second = (client.get(f"/operator/feedback?page={n}").text for n in (1, 2))
    assert "Page 1 of 2" in first
    assert "Question number 0?" not in first.split('id="rows"')[1]
    assert "Question number 0?" in second.split('id="rows"')[1]
    for strange in ("0", "-1", "99", "x", "9" * 50, "²"):
        assert client.get("/operator/feedback", params={"page": strange}).status_code == 200


def test_a_store_that_cannot_be_read_is_a_sentence(open_client):
    class Broken(FeedbackStore):
        def all(self, since=None):
            raise ProjectError("The file of feedback cannot be used.")

    client = open_client(store=Broken(Path("none")))
    log_in(client)
    assert "The file of feedback cannot be used." in client.get("/operator/feedback").text


def wait():
    for thread in threading.enumerate():
        if thread.name == "rebuild":
            thread.join(60)


def when_done(client):
    wait()
    return client.get("/operator/rebuild").json()


def test_the_index_is_updated_once_at_a_time_and_its_lines_are_shown(open_client, tmp_path):
    go = tmp_path / "go"
    os.mkfifo(go)
    waits = f"print('reading', flush=True); open({str(go)!r}).close(); print('built')"
    client = open_client(rebuild=Rebuild([sys.executable, "-c", waits], {}))
    log_in(client)
    sent = {"token": token(client)}
    assert client.get("/operator/rebuild").json()["state"].startswith("No update has been started")
    assert client.post("/operator/rebuild", data=sent).headers["location"] == "/operator#rebuild"
    client.post("/operator/rebuild", data=sent)  # while it runs: nothing
    assert client.get("/operator/rebuild").json()["running"]
    assert "data-running" in client.get("/operator").text
    go.open("w").close()
    assert when_done(client) == {"running": False, "state": "The update is done.", "lines": ["reading", "built"]}


def test_an_update_that_fails_says_so(open_client):
    client = open_client(rebuild=Rebuild([sys.executable, "-c", "raise SystemExit('assistant: no room')"], {}))
    log_in(client)
    client.post("/operator/rebuild", data={"token": token(client)})
    progress = when_done(client)
    assert progress["state"].startswith("The update failed")
    assert progress["lines"] == ["assistant: no room"]


def test_the_update_has_the_settings_in_force_and_no_secret(operated, monkeypatch):
    monkeypatch.setenv("ASSISTANT_OPERATOR_PASSWORD", PASSWORD)
    monkeypatch.setenv("ASSISTANT_MODEL_KEY", "hunter4")
    monkeypatch.setenv("ASSISTANT_JUDGE_KEY", "hunter5")
    rebuild = updating(operated.settings)
    assert str(operated.settings.index.resolve()) in rebuild._command
    secrets = {"ASSISTANT_OPERATOR_PASSWORD", "ASSISTANT_MODEL_KEY", "ASSISTANT_JUDGE_KEY"}
    assert not secrets & rebuild._environment.keys()


def test_a_real_update_that_cannot_be_done_ends_with_its_reason(operated, tmp_path):
    settings = operated.settings.model_copy(update={"corpus": tmp_path / "none", "index": tmp_path / "index"})
    rebuild = updating(settings)
    rebuild.start()
    wait()
    assert rebuild.progress().code in (1, 2)
    assert rebuild.progress().lines[-1].startswith("assistant: ")


def test_how_well_it_answers_is_shown_as_text_once_it_was_measured(tmp_path):
    card = tmp_path / "card.md"
    client = TestClient(build_app(FakeEngine(), card=card))
    assert client.get("/how-well").status_code == 404
    card.write_text(
        f"# Trust card\n\n| a | b |\n|---|---|\n| **.9** | {HOSTILE.splitlines()[0]} |\n\n[x](https://evil.example/)"
    )
    response = client.get("/how-well")
    assert "<h1>Trust card</h1>" in response.text
    assert "<td><strong>.9</strong></td>" in response.text
    assert not re.search(r"<(script|img|a|form|iframe|svg)\b", response.text)
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 375)])
def test_in_the_browser_an_update_is_followed_and_every_page_is_accessible(
    browser, operated, store, tmp_path, scheme, width
):
    store.add(replace(GIVEN, question=HOSTILE, question_used=HOSTILE, comment=HOSTILE))
    go = tmp_path / "go"
    os.mkfifo(go)
    waits = f"print('reading', flush=True); open({str(go)!r}).close(); print('built')"
    waiting = replace(operated, rebuild=Rebuild([sys.executable, "-c", waits], {}))
    context = browser.new_context(viewport={"width": width, "height": 820}, color_scheme=scheme)
    page, found = context.new_page(), {}
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)

    def look(name):
        found[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0

    with listening(build_app(FakeEngine(), operated=waiting)) as url:
        page.goto(f"{url}operator")
        look("login")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        look("overview")
        page.get_by_role("button", name="Update the index").click()
        expect(page.get_by_role("status")).to_have_text("The index is being updated …")
        expect(page.locator("#lines")).to_contain_text("reading")
        go.open("w").close()
        expect(page.get_by_role("status")).to_have_text("The update is done.")
        expect(page.locator("#lines")).to_contain_text("built")
        expect(page.get_by_role("button", name="Update the index")).to_be_enabled()
        page.get_by_role("link", name="Documents", exact=True).click()
        expect(page.get_by_role("heading", name="Due within 60 days")).to_be_visible()
        look("documents")
        page.get_by_role("link", name="Feedback").click()
        page.get_by_text("Answer and sources").click()
        look("feedback")
        page.get_by_role("button", name="Delete").click()
        expect(page.locator(".rows")).to_have_count(0)
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        assert page.evaluate("window.ran") is None
    context.close()
    assert refused == []
    assert {name: lines for name, lines in found.items() if lines} == {}
