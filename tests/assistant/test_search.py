"""Finding passages and listing documents without asking: nothing is judged, no model speaks."""

import pytest

from assistant.answer import Citation
from corpus.document import Document
from corpus.errors import UsageError
from tests.assistant import fakes
from tests.assistant.fakes import SURE, FakeGenerator


def test_a_search_finds_verbatim_passages_and_asks_no_model(found):
    generator = FakeGenerator(gap=SURE)
    assistant = fakes.assistant(found, generator)
    passages = assistant.search("wine hectares", "en")
    assert "10,000 hectares" in passages[0].quote
    assert [passage.n for passage in passages] == list(range(1, len(passages) + 1))
    for c in passages:
        assert isinstance(c, Citation)
        assert assistant.document(c.document, c.language).text[c.start : c.end] == c.quote
    assert generator.asked == []


def test_the_language_given_counts_where_the_words_do_not_tell(found):
    assert fakes.assistant(found).search("Garda", "it")[0].document == "laghi"


@pytest.mark.parametrize("text", ["", "  ", "x" * 5000])
def test_what_cannot_be_searched_is_refused(found, text):
    with pytest.raises(UsageError):
        fakes.assistant(found).search(text, "en")


def test_every_document_is_listed_with_its_topics(tmp_path):
    guide = Document("guide", "de", "Der Wegweiser", "Ein Satz steht hier.", topics=("tax", "hubs"), status="historic")
    assistant = fakes.assistant(fakes.retriever(tmp_path, [*fakes.DOCUMENTS, guide]))
    listed = assistant.documents()
    assert {(entry.language, entry.id) for entry in listed} == {(d.language, d.id) for d in [*fakes.DOCUMENTS, guide]}
    entry = next(entry for entry in listed if entry.id == "guide")
    assert (entry.title, entry.topics, entry.status) == ("Der Wegweiser", ("tax", "hubs"), "historic")
    assert assistant.document("guide", "de") == guide
