"""Windows: what the reader sees of a passage."""

from hypothesis import given
from hypothesis import strategies as st

from index import windows
from index.windows import HEADING, QUESTION, SENTENCE, WINDOW, Marks

MARKS = Marks(begin=1, end=2, sentence=3, closed=4, claim=5)
pieces = st.lists(st.integers(10, 99), max_size=150)


@given(st.lists(st.integers(10, 99), max_size=60), st.lists(pieces, min_size=1, max_size=30), pieces)
def test_every_sentence_stands_in_one_window_behind_question_and_heading(question, sentences, heading):
    made = windows.whole(question, sentences, MARKS, heading)
    head = (MARKS.begin, *question[:QUESTION], MARKS.end, *heading[:HEADING])
    read = []
    for window in made:
        assert window.ids[: len(head)] == head
        assert window.ids[-1] == MARKS.end
        assert len(window.ids) <= max(WINDOW, len(head) + SENTENCE + 2)
        assert window.first == len(read)
        ends = [*window.marks[1:], len(window.ids) - 1]
        for mark, end in zip(window.marks, ends, strict=True):
            assert window.ids[mark] == MARKS.sentence
            read.append(list(window.ids[mark + 1 : end]))
    assert read == [sentence[:SENTENCE] for sentence in sentences]


def test_a_lone_sentence_stands_between_its_neighbours():
    window = windows.lone([10], [[20, 21], [30], [40, 41]], 1, MARKS)
    assert window.ids == (1, 10, 2, 20, 21, 3, 30, 4, 40, 41, 2)
    assert (window.marks, window.first) == ((5,), 1)
    assert windows.lone([10], [[20, 21], [30]], 1, MARKS, around=False).ids == (1, 10, 2, 3, 30, 4, 2)


def test_a_claim_stands_before_its_quote():
    window = windows.claim([10, 11], [20], MARKS)
    assert window.ids == (1, 5, 10, 11, 2, 3, 20, 2)
    assert window.ids[window.marks[0]] == MARKS.sentence
