"""Marks vanish from the text and stay as places; nothing else changes."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.facts import read_facts
from corpus.load import load_documents
from corpus.marks import MARK, Mark, take_marks
from tests.corpus.small import write_small


def test_a_mark_points_behind_its_sentence():
    text, marks = take_marks("One.[^a.one] Two.[^a.two][^b.x]\n")
    assert text == "One. Two.\n"
    assert marks == [Mark(4, "a.one"), Mark(9, "a.two"), Mark(9, "b.x")]


def test_an_ordinary_footnote_is_text():
    assert take_marks("As said.[^1]") == ("As said.[^1]", [])


@given(st.lists(st.tuples(st.text("ab .[]^\n", max_size=8), st.sampled_from(["", "[^a.one]", "[^b-c.D2]"]))))
def test_taking_the_marks_out_changes_nothing_else(pieces):
    marked = "".join(text + mark for text, mark in pieces)
    text, marks = take_marks(marked)
    assert text == MARK.sub("", marked)
    assert [mark.fact for mark in marks] == MARK.findall(marked)
    again, parts = 0, []
    for mark in marks:
        parts.append(text[again : mark.at] + f"[^{mark.fact}]")
        again = mark.at
    assert "".join(parts) + text[again:] == marked


def test_a_document_knows_what_each_sentence_rests_on(tmp_path):
    documents = {f"{d.language}/{d.id}": d for d in load_documents(write_small(tmp_path))}
    hub = documents["it/hub"]
    start = hub.text.index("Nel maggio")
    (reference,) = hub.references_in(Span(start, hub.text.index("imprese.", start) + len("imprese.")))
    assert (reference.fact, reference.as_of, reference.valid_until) == ("hub.firms", "2025-05", None)
    assert (reference.publisher, reference.url) == ("An office", "https://example.org/page")
    (rate,) = documents["en/tax"].references
    assert (rate.confidence, rate.publisher, rate.url) == ("knowledge-high", "", None)


def test_a_fact_holds_the_quantities_of_its_statement_figures_and_dates(tmp_path):
    facts = read_facts(write_small(tmp_path).parent / "facts.jsonl")
    assert facts["hub.firms"].quantities == {"5", "2025", "1214", "2019", "11"}
    assert facts["tax.rate"].quantities == {"2.68", "2", "2026", "1", "12", "31"}
