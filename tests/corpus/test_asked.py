"""Known questions: how they are kept, and what is wrong with a file of them."""

from datetime import date

import pytest

from corpus.aids import Aids
from corpus.asked import Asked, questions_beside, read_asked
from corpus.check import check_corpus
from corpus.errors import CorpusError
from corpus.facts import facts_beside, read_facts
from corpus.load import DOCUMENTS
from tests.corpus.small import write_small

RENT = '{"fact": "%s", "lang": "en", "question": "What is the rent?", "miss": "Who pays it?"}'
ALONE = '{"lang": "de", "style": "story", "miss": "Wir kommen aus Bayern. Wer zahlt die Miete?", "why": "topic"}'


def written(folder, *lines: str):
    questions = questions_beside(folder)
    questions.mkdir(exist_ok=True)
    (questions / "rent.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return questions


def test_a_line_is_a_question_that_a_fact_answers_and_one_that_nothing_does(tmp_path):
    assert read_asked(written(tmp_path / "documents", RENT % "house.rent", ALONE)) == (
        Asked("What is the rent?", "house.rent", "en", True),
        Asked("Who pays it?", "", "en", True),
        Asked("Wir kommen aus Bayern. Wer zahlt die Miete?", "", "de", False),
    )


def test_a_broad_question_is_there_for_each_fact_that_answers_it(tmp_path):
    broad = '{"fact": "house.rent", "also": ["house.size"], "lang": "en", "question": "What is the house like?"}'
    assert read_asked(written(tmp_path / "documents", broad)) == (
        Asked("What is the house like?", "house.rent", "en", True),
        Asked("What is the house like?", "house.size", "en", True),
    )


def test_the_same_question_is_there_once(tmp_path):
    folder = written(tmp_path / "documents", RENT % "house.rent", RENT % "house.rent")
    assert len(read_asked(folder)) == 2


def test_a_folder_of_documents_need_not_have_any(tmp_path):
    assert Aids.beside(tmp_path / "documents") == Aids()


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"lang": "en"}',
        '{"lang": "fr", "miss": "Qui paie?"}',
        '{"lang": "en", "question": "What is the rent?"}',
        '{"lang": "en", "fact": "house.rent", "miss": "Who pays it?"}',
        '{"lang": "en", "also": ["house.rent"], "miss": "Who pays it?"}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path, line):
    with pytest.raises(CorpusError, match=r"rent\.jsonl, line 2"):
        read_asked(written(tmp_path / "documents", ALONE, line))


def test_the_check_names_questions_without_a_fact_and_misses_that_are_answered(tmp_path):
    folder = write_small(tmp_path)
    turned = '{"lang": "en", "miss": "What is the rent?"}'
    written(folder, RENT % "hub.firms", RENT.replace("the rent", "its rent") % "house.nowhere", turned)
    found = {(finding.place, finding.text) for finding in check_corpus(folder, date(2026, 1, 1)).errors}
    assert ("questions/rent.jsonl, line 2", "names house.nowhere, which is no fact") in found
    assert ("questions/rent.jsonl, line 3", "its miss is a question that a fact answers elsewhere") in found
    assert not any(place.endswith("line 1") for place, _ in found)


def test_every_fact_of_the_shipped_corpus_is_asked_about_in_three_languages():
    asked = {(question.fact, question.language) for question in read_asked(questions_beside(DOCUMENTS))}
    told = read_facts(facts_beside(DOCUMENTS))
    assert {(fact, code) for fact in told for code in ("en", "it", "de")} <= asked
