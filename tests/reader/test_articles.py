"""What is never trained on."""

from pathlib import Path

import pytest

from corpus.figures import figures
from reader import own
from reader.articles import TWINS, every_third, held_out

DOCUMENTS = Path(__file__).parents[2] / "corpus" / "documents"


def nothing(question, language):
    """Find nothing."""
    return []


def test_every_third_of_the_sorted_titles_is_held_out():
    assert every_third(["e", "b", "a", "d", "c", "f", "a"]) == {"c", "f"}


def test_an_article_falls_on_the_same_side_in_both_languages():
    english = ["Geology", "Rhine", "Steam engine", "Normans", "Warsaw", "Oxygen"]
    italian = [title for title, twin in TWINS.items() if twin in english]
    apart = held_out(english, italian, [])
    for title in italian:
        assert (title in apart) == (TWINS[title] in apart)
    assert {"Oxygen", "Warsaw"} <= apart


def test_what_was_taken_out_of_the_italian_set_is_held_out_in_english_too():
    assert held_out(["Huguenot", "A", "B"], ["Ugonotti"], ["Ugonotti"]) >= {"Huguenot", "Ugonotti"}


@pytest.mark.parametrize("style", ["short", "story"])
def test_no_document_of_ours_both_trains_and_measures(style):
    asked = own.written(DOCUMENTS, style)[::40]
    learning, checking = own.sides(DOCUMENTS, every=False)
    trained = list(own.records(asked, learning, nothing, 0, own.SOURCE))
    measured = list(own.pairs(asked, checking, own.SOURCE))
    assert len(trained) > 20
    assert len(measured) >= 10
    assert not {record.article for record in trained} & {record.article for record in measured}


@pytest.mark.parametrize("style", ["short", "story"])
def test_where_every_document_is_learnt_from_no_question_both_trains_and_measures(style):
    learnt, measuring = own.questions(DOCUMENTS, style, every=True)
    assert not {line.question for line in learnt} & {line.question for line in measuring}
    assert len(learnt) + len(measuring) == len(own.written(DOCUMENTS, style))
    learning, checking = own.sides(DOCUMENTS, every=True)
    facts = {line.fact.partition(".")[0] for line in learnt}
    assert facts <= {document.id for document in learning} == {document.id for document in checking}


def test_an_own_question_is_answered_by_the_sentence_that_states_its_fact_and_its_near_miss_by_none():
    asked = own.written(DOCUMENTS, "short")
    question, missed, *_ = own.pairs(asked, own.sides(DOCUMENTS, every=False)[1], own.SOURCE)
    assert (question.text, missed.text) in {(one.question, one.miss) for one in asked}
    assert question.sentences == missed.sentences
    assert question.gold
    assert (question.answered, missed.answered, missed.gold) == (1.0, 0.0, ())


def test_records_say_what_they_come_from():
    asked = own.written(DOCUMENTS, "story")
    told = own.records(asked[:1], own.sides(DOCUMENTS, every=True)[0], nothing, 0, own.STORIES)
    assert [record.source for record in told] == ["own-stories", "own-stories+near-miss"]


def test_a_passage_that_states_any_fact_of_a_broad_question_is_no_counterexample():
    documents = own.sides(DOCUMENTS, every=True)[0]
    stating = own.stating_passages(documents)
    broad = next(one for one in own.written(DOCUMENTS, "short") if one.also and not figures(one.answer))
    elsewhere = [chunk for fact in broad.also for chunk, _ in stating[fact, broad.lang]]
    told = own.records([broad], documents, lambda *_: elsewhere, 0, own.SOURCE)
    assert [record.source for record in told] == ["own-questions", "own-questions+near-miss"]
