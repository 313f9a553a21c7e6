import pytest

from tests.assistant import fakes


@pytest.fixture(scope="session")
def assistant(tmp_path_factory):
    return fakes.assistant(fakes.retriever(tmp_path_factory.mktemp("index")))
