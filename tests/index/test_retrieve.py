"""Vectors find across languages, words within one; what is found is verbatim."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus.aids import Aids
from corpus.document import Document
from corpus.glossary import Term
from index.build import build_index, is_up_to_date
from index.lexical import LexicalIndex
from index.retrieve import Retriever
from index.words import terms
from tests.fakes import FakeEmbedder
from tests.index.collection import collected, silent


@pytest.fixture(scope="module")
def retriever(built, tmp_path_factory):
    directory = shutil.copytree(built, tmp_path_factory.mktemp("read") / "index")
    return Retriever(directory, FakeEmbedder())


def test_sentences_and_passages_are_verbatim(retriever):
    found = retriever.search("How many companies does the Mechatronics Hub host?", "en")
    assert found.sentences[0].text == "The Mechatronics Hub hosts fifty companies in Rovereto."
    assert found.chunks[0].chunk.section == "Hubs"
    for scored in (*found.chunks, *found.sentences):
        text = retriever.document(scored.chunk.document, scored.chunk.language).text
        assert text[scored.chunk.start : scored.chunk.end] == scored.chunk.text
    for sentence in found.sentences:
        text = retriever.document(sentence.chunk.document, sentence.chunk.language).text
        assert text[sentence.span.start : sentence.span.end] == sentence.text


def test_results_are_ordered_and_limited(retriever):
    found = retriever.search("Rovereto", "en", k=2)
    assert len(found.chunks) == 2
    for scores in ([c.score for c in found.chunks], [s.score for s in found.sentences]):
        assert scores == sorted(scores, reverse=True)
    assert found == retriever.search("Rovereto", "en", k=2)


def test_words_count_only_in_the_language_of_the_question(retriever):
    for language in ("en", "it"):
        for sentence in retriever.search("Rovereto", language).sentences:
            mentions = sentence.chunk.language == language and "Rovereto" in sentence.text
            assert (sentence.coverage > 0) == mentions


def test_a_question_in_one_language_finds_its_answer_in_another(tmp_path):
    meanings = {"wie": "the", "viele": "fifty", "unternehmen": "companies", "mechatronik": "mechatronics"}
    embedder = FakeEmbedder(means=meanings)
    build_index(collected(), tmp_path / "index", embedder, silent)
    found = Retriever(tmp_path / "index", embedder).search("Wie viele Unternehmen Mechatronik", "de")
    assert found.sentences[0].text == "The Mechatronics Hub hosts fifty companies in Rovereto."
    assert found.sentences[0].coverage == 0.0


def test_a_passage_found_by_words_alone_is_ranked_too(tmp_path, embedder):
    """Its vector is far from the question's among more passages than are looked at."""
    crowd = [_said(i, f"rare{i % 7} word question about number {i}.") for i in range(60)]
    crowd.append(_said(99, "Long text of many other words and then Quetzalcoatl appears here at last, too."))
    build_index(crowd, tmp_path / "index", embedder, silent)
    found = Retriever(tmp_path / "index", embedder).search("question about word number quetzalcoatl", "en", k=100)
    assert "d99" in {scored.chunk.document for scored in found.chunks}


def _said(number, text):
    return Document(f"d{number}", "en", "", text)


@pytest.mark.parametrize(
    "question", ["", "   ", "?!", "🚀", "a" * 5000, '"AND (OR" NOT chunk_en:* [a TO b]', "the of and", "\x00", "{}"]
)
@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_any_question_can_be_asked(retriever, question, language):
    assert len(retriever.search(question, language).chunks) == 4


@pytest.mark.parametrize("question", ["hubs NOT mechatronics", "MECHATRONICS AND NOTHING", "hub OR Mechatronics"])
def test_operators_are_only_words(tmp_path, question):
    index = LexicalIndex(tmp_path / "words", create=True)
    index.add([("en", 1, terms("The mechatronics hub", "en"))])
    index.finish()
    assert list(index.search("en", terms(question, "en"), 5)) == [1]


def test_words_are_found_in_their_other_forms(tmp_path):
    texts = [("it", 1, "Le imprese innovative"), ("it", 2, "Il bando"), ("de", 3, "Die Unternehmen der Region")]
    index = LexicalIndex(tmp_path / "words", create=True)
    index.add((language, number, terms(text, language)) for language, number, text in texts)
    index.finish()
    reader = LexicalIndex(tmp_path / "words")
    assert list(reader.search("it", terms("impresa innovativa", "it"), 5)) == [1]
    assert list(reader.search("de", terms("Unternehmens", "de"), 5)) == [3]
    assert reader.search("it", terms("Unternehmen", "it"), 5) == {}
    assert reader.count() == 3


def test_several_threads_can_search(retriever):
    question = "grant of 120,000 euro"
    alone = retriever.search(question, "en")
    with ThreadPoolExecutor(4) as pool:
        assert all(found == alone for found in pool.map(lambda _: retriever.search(question, "en"), range(12)))


@pytest.mark.parametrize(("asked", "shown"), [("it", "it"), ("en", "en"), ("de", "en")])
def test_of_a_document_and_its_translations_one_is_shown(tmp_path, embedder, asked, shown):
    texts = {"en": "The hub hosts firms in Rovereto.", "it": "Il polo ospita imprese a Rovereto."}
    documents = [Document("hub", language, "Hub", text) for language, text in texts.items()]
    build_index([*documents, Document("lake", "it", "Lago", "Il lago è lungo.")], tmp_path / "index", embedder, silent)
    found = Retriever(tmp_path / "index", embedder).search("hub hosts polo ospita Rovereto", asked)
    assert {(s.chunk.document, s.chunk.language) for s in found.sentences} == {("hub", shown), ("lake", "it")}
    assert {c.chunk.language for c in found.chunks if c.chunk.document == "hub"} == {shown}


def test_a_term_is_found_by_its_name_in_the_glossary(tmp_path, embedder):
    """The passage that holds the name, and only that one, gains by it."""
    documents = [
        Document("forms", "en", "Forms", "A limited company needs capital. A branch needs none."),
        Document("lake", "en", "Lakes", "The lake of Garda is long."),
    ]
    terms = (Term(acronym="SRL", names={"en": ("limited company",)}),)
    scores = []
    for name, aids in (("with", Aids(terms)), ("without", Aids())):
        build_index(documents, tmp_path / name, embedder, silent, aids)
        found = Retriever(tmp_path / name, embedder).search("SRL?", "en")
        scores.append({scored.chunk.document: scored.score for scored in found.chunks})
    assert scores[0]["forms"] > scores[1]["forms"]
    assert scores[0]["lake"] == scores[1]["lake"]


def test_a_changed_glossary_is_a_changed_corpus(tmp_path, embedder):
    documents = collected()
    build_index(documents, tmp_path / "index", embedder, silent)
    aids = Aids(terms=(Term(acronym="SRL", names={"en": ("limited company",)}),))
    assert not is_up_to_date(documents, tmp_path / "index", embedder.identity, aids)
    embedder.embedded.clear()
    build_index(documents, tmp_path / "index", embedder, silent, aids)
    assert embedder.embedded == []
    assert is_up_to_date(documents, tmp_path / "index", embedder.identity, aids)


def test_a_repetition_is_shown_once_but_another_figure_never_goes_missing(tmp_path, embedder):
    # So long that one figure is a twentieth of nothing: by its words alone the third would be a repetition.
    same = " ".join(f"{one}{two}pal" for one in "bcdfghjkl" for two in "aeiouyáéíó")
    text = "Small firms that invest in new machines get a grant of {} percent. They make " + same + "."
    documents = [
        Document("a", "en", "Grants", text.format(20)),
        Document("b", "en", "Grants", text.format(20)),
        Document("c", "en", "Grants", text.format(23)),
    ]
    build_index(documents, tmp_path / "index", embedder, silent)
    chunks = Retriever(tmp_path / "index", embedder).search("What grant do small firms get for machines?", "en").chunks
    assert len(chunks) == 2
    assert {scored.chunk.text for scored in chunks} == {text.format(20), text.format(23)}
