"""An updated index is served without a restart; a question under way ends with the one it began with."""

import pytest

from assistant.answer import Evidence
from assistant.renewal import SECONDS, follow_index
from corpus.document import Document
from corpus.errors import IndexUnusable
from index.build import build_index
from tests.assistant import fakes
from tests.fakes import FakeEmbedder

LAKE = Document("lake", "en", "The lake", "# The lake\n\nLake Molveno is 123 metres deep. Bathing is free.\n")
SAW = Document("saw", "en", "The saw", "# The saw\n\nThe old sawmill has 77 blades. It is closed.\n")


def update(folder, *more):
    build_index([*fakes.DOCUMENTS, *more], folder, fakes.NearEmbedder(), lambda _: None)


def test_an_updated_index_is_answered_from(tmp_path):
    assistant = fakes.assistant(fakes.retriever(tmp_path))
    before = assistant.index_version
    assert not assistant.renew()
    update(tmp_path, LAKE)
    assert assistant.index_version == before
    assert assistant.renew()
    assert assistant.index_version != before
    assert assistant.document("lake", "en").text == LAKE.text
    assert "123 metres" in assistant.search("How deep is Lake Molveno?", "en")[0].quote
    assert not assistant.renew()


def test_a_question_under_way_ends_with_the_index_it_began_with(tmp_path):
    assistant = fakes.assistant(fakes.retriever(tmp_path))
    events = assistant.stream("How many hectares of vines are there?")
    assert isinstance(next(events), Evidence)
    for more in ([LAKE], [LAKE, SAW]):
        update(tmp_path, *more)
        assert assistant.renew()
    assert "10,000 hectares" in list(events)[-1].answer
    assert assistant.document("saw", "en").text == SAW.text


def test_an_index_that_cannot_be_served_leaves_the_one_before_in_service(tmp_path):
    assistant = fakes.assistant(fakes.retriever(tmp_path))
    build_index([LAKE], tmp_path, FakeEmbedder("another@1"), lambda _: None)
    before = assistant.index_version
    with pytest.raises(IndexUnusable):
        assistant.renew()
    assert assistant.index_version == before
    assert assistant.answer("How many hectares of vines are there?").citations


def test_it_is_looked_for_again_and_again_until_one_is_not_fit(caplog):
    outcomes = iter([False, True, False, IndexUnusable("built by other means")])
    waited = []

    def renew():
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    follow_index(renew, lambda seconds: waited.append(seconds) is not None)
    assert waited == [SECONDS] * 4
    assert "built by other means" in caplog.text
