"""What the corpus says it does not cover is never evidence, and makes the better refusal."""

from dataclasses import replace

import pytest

from assistant.answer import Status
from assistant.coverage import set_apart
from corpus.document import Document
from tests.assistant import fakes
from tests.assistant.fakes import HUB

COVERAGE = Document(
    "coverage",
    "en",
    "What is not covered",
    "## Rents\n\nThese documents give no rents per square metre of premises. For rents ask the agency.\n\n"
    "## Salaries\n\nThese documents give no salaries.\n",
    kind="coverage",
)


@pytest.fixture(scope="module")
def covered(tmp_path_factory):
    return fakes.retriever(tmp_path_factory.mktemp("covered"), [HUB, COVERAGE], floor=0.5)


def test_what_is_not_covered_is_refused_with_the_office_to_ask(covered):
    answer = fakes.assistant(covered).answer("Which rents per square metre of premises do documents give?")
    assert answer.status == Status.NOT_IN_CORPUS
    assert answer.answer == ("These documents give no rents per square metre of premises. For rents ask the agency.")
    assert answer.citations == ()


def test_the_generator_is_not_asked_about_what_is_not_covered(covered):
    generator = fakes.FakeGenerator()
    assert fakes.assistant(covered, generator).answer("Which salaries do these documents give?").citations == ()
    assert generator.asked == []


def test_coverage_is_no_evidence_for_another_question(covered):
    answer = fakes.assistant(covered).answer("Who runs the Mechatronics Hub in Rovereto?")
    assert {citation.document for citation in answer.citations} <= {"hub"}


def test_a_gap_is_named_only_where_the_reader_took_it_up_and_a_word_is_shared(covered):
    found = covered.search("Which salaries do these documents give?", "en").sentences
    read = [replace(sentence, reading=1.0) for sentence in found]
    assert "salaries" in set_apart(found, covered)[1].text
    assert "salaries" in set_apart(read, covered)[1].text
    evidence, gap = set_apart(read, covered)
    assert set_apart([*evidence, replace(gap, reading=None)], covered)[1] is None
    assert set_apart([*evidence, replace(gap, coverage=0.0)], covered)[1] is None
    assert set_apart([*evidence, replace(gap, score=max(s.score for s in evidence) - 0.1)], covered)[1] is None
