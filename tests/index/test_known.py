"""Known questions: how near a question is to each fact by them, and where they are kept."""

from dataclasses import replace

import numpy as np
import pytest

from corpus.aids import Aids
from corpus.asked import NOTHING, Asked
from corpus.document import Chunk, Document, Reference, Span
from index.build import build_index, is_up_to_date
from index.known import FAR, KnownQuestions, as_asked
from index.rank import Fit
from index.records import Passage
from index.retrieve import Retriever, ScoredSentence
from tests.index.collection import silent

HUB = Asked("Who rents at the hub?", "hub.tenants", "en", True)
LAKE = Asked("How deep is the lake?", "", "en", True)
TOLD = tuple(Reference(24, fact, "2026", None, "source", "", None) for fact in ("hub.tenants", "hub.firms"))
DOCUMENTS = [
    Document("hub", "en", "Hub", "The hub hosts companies.", references=TOLD),
    Document("lake", "en", "Lake", "It is long."),
]


def known(*vectors_and_facts):
    vectors, facts = zip(*vectors_and_facts, strict=True)
    return KnownQuestions(np.array(vectors, dtype=np.float32), facts)


def near(questions, *vector):
    return questions.near(np.array([vector], dtype=np.float32))


def test_of_several_questions_the_nearest_counts():
    found = near(known(([1, 0], "a"), ([0.8, 0.6], "a"), ([0, 1], NOTHING)), 0.6, 0.8)
    assert found.cosine(["a"]) == pytest.approx(0.96)
    assert found.cosine([NOTHING]) == pytest.approx(0.8)


def test_a_fact_that_no_question_is_known_of_is_far():
    found = near(known(([1, 0], "a")), 1, 0)
    assert (found.cosine(["a", "b"]), found.cosine(["b"]), found.cosine([])) == (1.0, FAR, FAR)


def test_the_nearer_a_question_the_more_say_it_has():
    found = near(known(([1, 0], "a"), ([0.995, 0.0999], "b"), ([0.98, 0.199], NOTHING)), 1, 0)
    assert found.share(["a"]) > found.share(["b"]) > found.share([NOTHING]) > 0
    assert found.share(["a", "b", NOTHING, "c"]) == pytest.approx(1.0)


def test_only_the_nearest_have_a_say():
    many = [([1, 0], "a")] * 10 + [([0.999, 0.0447], "b")]
    assert near(known(*many), 1, 0).share(["b"]) == 0.0


def test_a_sentence_gains_by_the_questions_that_its_fact_answers():
    fact = Reference(9, "house.rent", "2026", None, "source", "", None)
    spans = (Span(0, 10), Span(10, 20))
    chunk = Chunk("house", "en", "", "", 0, 20, "x" * 20, spans, references=(fact,))
    rent, other = (ScoredSentence(chunk, span, 1.0, 0.8, 0.0) for span in spans)
    found = near(known(([1, 0], "house.rent"), ([1, 0], "house.roof")), 1, 0)
    gained = as_asked([rent, other], found)
    assert gained[0].score > 1.0
    assert gained[1] == other
    assert as_asked([rent, other], None) == [rent, other]


def passage(number: int, score: float) -> Fit:
    made = Passage(number, f"p{number}", "d", "en", "", 0, 1, "", "")
    return Fit(made, score, np.zeros(1), np.zeros(1))


def test_a_passage_that_answers_a_near_question_moves_up():
    questions = KnownQuestions(np.array([[1, 0], [0, 1]], dtype=np.float32), ["a", "b"], [(1, "a"), (2, "b"), (3, "a")])
    found = near(questions, 1, 0)
    first, second = questions.lifted([passage(2, 0.50), passage(1, 0.49)], found)
    assert (first.passage.number, second.passage.number) == (1, 2)
    assert first.score > 0.49
    assert second.score == pytest.approx(0.50)
    assert questions.lifted([passage(2, 0.50)], None) == [passage(2, 0.50)]


def test_the_nearest_questions_name_passages_to_look_at():
    answered = [([1, 0], NOTHING), *(([1 - n / 100, 0], str(n)) for n in range(15))]
    vectors, facts = zip(*answered, strict=True)
    questions = KnownQuestions(
        np.array(vectors, dtype=np.float32), facts, [(n, str(n)) for n in range(15)] + [(20, "0")]
    )
    assert questions.nominated(near(questions, 1, 0)) == {*range(10), 20}
    assert questions.nominated(None) == set()


def test_what_only_a_known_question_leads_to_is_found(tmp_path, embedder, monkeypatch):
    monkeypatch.setattr("index.retrieve._DEPTH", 1)
    pays = Asked("Who pays for the bridge?", "hub.tenants", "en", True)
    bridge = Document("bridge", "en", "Bridge", "Nobody pays for the bridge.")
    found = []
    for name, aids in (("without", Aids()), ("with", Aids(questions=(pays,)))):
        build_index([*DOCUMENTS, bridge], tmp_path / name, embedder, silent, aids)
        sentences = Retriever(tmp_path / name, embedder).search(pays.text, "en").sentences
        found.append({sentence.chunk.document for sentence in sentences})
    assert found == [{"bridge"}, {"bridge", "hub"}]


def test_without_known_questions_nothing_is_said(tmp_path, embedder):
    build_index(DOCUMENTS, tmp_path, embedder, silent)
    assert Retriever(tmp_path, embedder).search("Who rents at the hub?", "en").near is None


def test_a_known_question_is_recognised(tmp_path, embedder):
    build_index(DOCUMENTS, tmp_path, embedder, silent, Aids(questions=(HUB, LAKE)))
    retriever = Retriever(tmp_path, embedder)
    rents, deep = (retriever.search(asked.text, "en").near for asked in (HUB, LAKE))
    assert rents.cosine([HUB.fact]) == pytest.approx(1.0, abs=0.01)
    assert rents.share([HUB.fact]) > rents.share([NOTHING])
    assert deep.share([NOTHING]) > deep.share([HUB.fact])


def test_changed_questions_are_a_changed_corpus_and_only_the_new_are_embedded(tmp_path, embedder):
    build_index(DOCUMENTS, tmp_path, embedder, silent, Aids(questions=(HUB,)))
    more = Aids(questions=(replace(HUB, fact="hub.firms"), LAKE))
    assert not is_up_to_date(DOCUMENTS, tmp_path, embedder.identity, more)
    before = len(embedder.asked)
    build_index(DOCUMENTS, tmp_path, embedder, silent, more)
    assert embedder.asked[before:] == [LAKE.text]
    assert is_up_to_date(DOCUMENTS, tmp_path, embedder.identity, more)
    found = Retriever(tmp_path, embedder).search(HUB.text, "en").near
    assert found.cosine(["hub.firms"]) > found.cosine([HUB.fact])


def test_a_short_whole_question_about_a_fact_can_be_had(tmp_path, embedder):
    words, story = replace(HUB, text="hub tenants"), replace(HUB, text="We rent. Who else does?", short=False)
    longer = replace(HUB, text="Our two firms moved: who rents at the hub?")
    italian = replace(HUB, text="Chi affitta nel polo?", language="it")
    build_index(DOCUMENTS, tmp_path, embedder, silent, Aids(questions=(words, story, longer, HUB, italian, LAKE)))
    retriever = Retriever(tmp_path, embedder)
    about = [retriever.question_about(HUB.fact, code) for code in ("en", "it", "de")]
    assert about == [HUB.text, "Chi affitta nel polo?", None]


def test_questions_to_facts_that_no_document_tells_are_left_out(tmp_path, embedder):
    build_index(DOCUMENTS, tmp_path / "some", embedder, silent, Aids(questions=(HUB, replace(HUB, fact="x.y"), LAKE)))
    near = Retriever(tmp_path / "some", embedder).search(HUB.text, "en").near
    assert set(near.cosines) == {HUB.fact, NOTHING}
    build_index(DOCUMENTS[1:], tmp_path / "none", embedder, silent, Aids(questions=(HUB, LAKE)))
    assert Retriever(tmp_path / "none", embedder).search(HUB.text, "en").near is None
