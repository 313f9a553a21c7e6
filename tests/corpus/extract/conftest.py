"""A folder to drop files into, and what is read of one."""

import pytest

from corpus.errors import CorpusError
from corpus.extract import extract


@pytest.fixture
def read(tmp_path):
    """Read a file of this name and content."""

    def reader(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return extract(path, tmp_path)

    return reader


@pytest.fixture
def refusal(read):
    """The reason why a file is not read, without its name."""

    def reader(name, content):
        with pytest.raises(CorpusError) as caught:
            read(name, content)
        return str(caught.value).removeprefix(f"{name}: ")

    return reader
