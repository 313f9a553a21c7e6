"""Which held-out records are measured with."""

from reader.evaluate import drawn
from reader.records import Record


def record(number: int, source: str) -> Record:
    return Record("question", f"{number}?", "en", ("It is.",), 1.0, (0,), "", source, "article")


def test_a_sample_has_some_of_every_set_and_keeps_a_question_with_its_near_miss():
    pairs = [(record(n, "own-questions"), record(n, "own-questions+near-miss")) for n in range(50)]
    others = [record(n, "squad2_dev") for n in range(50)]
    sample = drawn([*others, *(one for pair in pairs for one in pair)], 10)
    own = [one for one in sample if one.source.startswith("own")]
    assert len(own) == len(sample) - len(own) == 10
    assert [one.source for one in own] == ["own-questions", "own-questions+near-miss"] * 5
    assert all(asked.text == missed.text for asked, missed in zip(own[::2], own[1::2], strict=True))


def test_without_a_number_all_records_are_measured_with():
    records = [record(n, "squad2_dev") for n in range(3)]
    assert drawn(records, None) == records
