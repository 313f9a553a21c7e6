from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.sections import sections

TEXT = "Before.\n\n# First #\n\nOne.\n\n```\n# no heading\n```\n\n### Second\nTwo."


def test_headings_with_their_levels_and_ranges():
    found = list(sections(TEXT))
    assert [(section.name, section.level) for section in found] == [("", 0), ("First", 1), ("Second", 3)]
    assert TEXT[found[1].start :].startswith("# First #")
    assert "One." in TEXT[found[1].body.start : found[1].end]
    assert TEXT[found[2].body.start : found[2].end] == "\nTwo."


def test_a_text_without_headings_is_one_section():
    (only,) = sections("Plain text.")
    assert (only.name, only.start, only.body) == ("", 0, Span(0, 11))


@given(st.text(st.sampled_from("#`~ \n\tab"), max_size=80))
def test_the_sections_follow_each_other_without_gaps(text):
    found = list(sections(text))
    assert found[0].start == 0
    assert found[-1].end == len(text)
    assert all(one.end == other.start for one, other in pairwise(found))
