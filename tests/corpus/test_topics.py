from corpus.load import load_documents
from corpus.topics import place_of, themes


def test_every_document_of_the_collection_stands_under_a_heading_of_ours():
    homeless = [d.id for d in load_documents() if place_of(d.topics, "en")[0] >= len(themes())]
    assert homeless == []


def test_every_heading_has_documents_and_no_topic_stands_under_two():
    places = {place_of(document.topics, document.language)[0] for document in load_documents()}
    assert places == set(range(len(themes())))
    topics = [topic for theme in themes() for topic in theme.topics]
    assert len(topics) == len(set(topics))


def test_topics_of_another_collection_stand_for_themselves_behind_ours():
    assert place_of(("fishing", "tax"), "it") == place_of(("tax",), "it")
    assert place_of(("fishing",), "it") == (len(themes()), "fishing")
    assert place_of((), "it") == (len(themes()) + 1, "")
