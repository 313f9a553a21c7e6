import pytest
from hypothesis import settings

from tests.assistant import fakes

# The same examples in every run, however slow the machine.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def found(tmp_path_factory):
    return fakes.retriever(tmp_path_factory.mktemp("index"))
