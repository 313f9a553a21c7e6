import pytest

from assistant.addresses import origin, origins, proxy
from assistant.settings import read_settings
from corpus.errors import UsageError


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://www.example.org", "https://www.example.org"),
        (" https://www.example.org/ ", "https://www.example.org"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_an_origin_is_scheme_and_host(text, named):
    assert origin(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "www.example.org",
        "https://",
        "https://*.example.org",
        "https://example.org/path",
        "https://user@example.org",
        "https://example.org; script-src *",
        "https://example.org'",
        "https://example.org:port",
        "javascript:alert(1)",
        "https://[broken",
    ],
)
def test_what_is_no_origin_is_refused(text):
    with pytest.raises(ValueError, match=r"is no site such as https://www\.example\.org"):
        origin(text)


def test_an_origin_named_twice_counts_once():
    assert origins(["https://a.example", "https://a.example/"]) == ("https://a.example",)


@pytest.mark.parametrize("text", ["10.0.0.1", "10.0.0.0/24", "::1", "2001:db8::/64"])
def test_a_proxy_is_an_address_or_a_network(text):
    assert proxy(text) == text


@pytest.mark.parametrize("text", ["*", "proxy", "10.0.0.1/24", "10.0.0"])
def test_anything_else_is_no_proxy(text):
    with pytest.raises(ValueError, match=r"no network such as 10\.0\.0\.0/24"):
        proxy(text)


def test_settings_hold_several_with_commas_between(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_EMBED_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("ASSISTANT_TRUSTED_PROXIES", "")
    settings = read_settings()
    assert settings.embed_origins == ("https://a.example", "https://b.example")
    assert settings.trusted_proxies == ()
    with pytest.raises(UsageError, match=r"ASSISTANT_EMBED_ORIGINS: .*'here' is no site"):
        read_settings(embed_origins="here")
