import shutil
from pathlib import Path

import pytest

from corpus.document import Document
from index.build import build_index
from tests.fakes import FakeEmbedder
from tests.index.collection import collected, silent


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def documents() -> list[Document]:
    return collected()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index made once; to be copied, not changed."""
    directory = tmp_path_factory.mktemp("built") / "index"
    build_index(collected(), directory, FakeEmbedder(), silent)
    return directory


@pytest.fixture
def directory(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "index"))
