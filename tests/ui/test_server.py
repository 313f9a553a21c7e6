import sys
import tempfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.ui.fakes import FakeEngine
from ui.server import MAX_BODY, build_app

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def client():
    with TestClient(build_app(FakeEngine(), origins=["https://agency.example"])) as client:
        yield client


def test_the_page_is_served_with_its_headers(client):
    response = client.get("/")
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-src 'none'",
    ):
        assert rule in policy
    assert "unsafe-eval" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "microphone=()" in response.headers["permissions-policy"]


def test_only_named_sites_may_show_the_page_in_a_frame(client):
    assert client.get("/").headers["content-security-policy"].endswith("frame-ancestors 'self' https://agency.example")
    with TestClient(build_app(FakeEngine())) as unnamed:
        assert unnamed.get("/").headers["content-security-policy"].endswith("frame-ancestors 'self'")


def test_a_large_body_is_refused(client):
    response = client.post("/gradio_api/queue/join", content=b"x" * (MAX_BODY + 1))
    assert response.status_code == 413
    assert "content-security-policy" in response.headers


def test_a_large_body_without_a_length_is_refused(client):
    pieces = (b"x" * 1024 for _ in range(MAX_BODY // 1024 + 1))
    assert client.post("/gradio_api/run/predict", content=pieces).status_code == 413


def test_a_body_within_the_limit_arrives(client):
    assert client.post("/gradio_api/queue/join", content=b"x" * MAX_BODY).status_code == 422


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/upload/", "/gradio_api/upload?upload_id=1"])
def test_uploads_are_forbidden(client, path):
    response = client.post(path, files={"files": ("a.txt", b"text")})
    assert response.status_code == 403
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/info",
        "/gradio_api/proxy=https://example.org/",
        "/gradio_api/run-history/buckets",
        "/gradio_api/profiling/traces",
        "/gradio_api/token",
        "/gradio_api/what-a-later-version-adds",
        "/monitoring/summary",
        "/login",
        "/svelte/x",
    ],
)
def test_routes_that_the_page_does_not_need_are_closed(client, path):
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/gradio_api/openapi.json"])
def test_there_is_no_api_description(client, path):
    assert client.get(path).status_code in (403, 404)


def test_only_configured_origins_may_call(client):
    known = client.get("/config", headers={"Origin": "https://agency.example", "Host": "assistant.example"})
    other = client.get("/config", headers={"Origin": "https://evil.example", "Host": "assistant.example"})
    assert known.headers["access-control-allow-origin"] == "https://agency.example"
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-credentials" not in other.headers


def test_preflight_of_an_unknown_origin_is_refused(client):
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = client.options("/gradio_api/queue/join", headers=headers)
    assert response.status_code == 400
    assert "access-control-allow-origin" not in response.headers


def test_the_page_names_no_handler_and_no_font_of_another_site(client):
    config = client.get("/config").json()
    assert {dependency["api_visibility"] for dependency in config["dependencies"]} == {"private"}
    assert not [url for url in config.get("stylesheets", []) if url.startswith("http")]
    assert config["enable_queue"] is not False


def test_the_icon_is_our_own(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 200
    assert b"<svg" in response.content
    assert response.headers["content-type"] == "image/svg+xml"


def test_the_configuration_tells_nothing_of_the_machine(client):
    config = client.get("/config").text
    told = [str(ROOT), str(Path.home()), sys.prefix, tempfile.gettempdir(), "site-packages", "ASSISTANT_"]
    assert [name for name in told if name in config] == []


@pytest.mark.parametrize("path", ["queue/join", "run/predict", "cancel"])
@pytest.mark.parametrize(
    "body",
    [
        "{not json",
        "[]",
        '{"data": [null], "fn_index": 999, "session_hash": "x"}',
        '{"data": "x", "fn_index": -1, "session_hash": "x"}',
        '{"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], "fn_index": 0, "session_hash": "x"}',
        '{"data": [], "fn_index": "' + "x" * 5000 + '", "session_hash": {}}',
    ],
)
def test_a_broken_call_is_told_nothing_of_the_machine(path, body):
    with TestClient(build_app(FakeEngine()), raise_server_exceptions=False) as client:
        answer = client.post(f"/gradio_api/{path}", content=body, headers={"Content-Type": "application/json"})
    told = ["Traceback", "site-packages", ".py", str(ROOT), "root:"]
    assert [name for name in told if name in answer.text] == []


@pytest.mark.parametrize("box", ["action", "turn"])
@pytest.mark.parametrize("sent", ["edit:99#1", "judge:99.up#1", "withdraw:99#1", "quote#1", "nonsense:1#1", "", "#"])
def test_a_button_that_is_no_longer_there_changes_nothing_and_is_no_error(client, box, sent):
    config = client.get("/config").json()
    element = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == box)
    function = next(fn["id"] for fn in config["dependencies"] if [element, "change"] in fn["targets"])
    call = {"data": [sent, None], "fn_index": function, "session_hash": "gone", "event_data": None, "trigger_id": 0}
    answer = client.post("/gradio_api/run/predict", json=call)
    assert answer.status_code == 200
    assert "error" not in answer.json()
