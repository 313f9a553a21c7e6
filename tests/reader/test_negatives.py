"""Near-misses by rule."""

import random

import pytest

from corpus.figures import figures
from reader.negatives import near_miss, without

AROUND = ["In 1936 the dam at Molveno had 12 gates.", "The firm Edison built a dam near Cogolo in 1928."]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many gates did the dam at Santa Giustina have in 1951?", "en"),
        ("Quante paratoie aveva la diga di Santa Giustina nel 1951?", "it"),
        ("Wie viele Tore hatte der Damm 1951?", "de"),
    ],
)
def test_a_near_miss_is_another_question(text, language):
    for seed in range(20):
        missed = near_miss(text, language, AROUND, random.Random(seed))
        assert missed
        assert missed != text


def test_a_text_with_nothing_to_change_has_no_near_miss():
    assert near_miss("who pays?", "en", AROUND, random.Random(0)) is None


def test_a_changed_figure_is_another_figure():
    for seed in range(30):
        missed = near_miss("what was built in 1951?", "en", [], random.Random(seed))
        assert figures(missed) != ["1951"]
        assert len(figures(missed)[0]) == 4


def test_the_answering_sentences_are_taken_out():
    assert without(["a", "b", "c"], [1]) == ("a", "c")
