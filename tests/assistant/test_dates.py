from datetime import date

import pytest

from assistant.dates import in_words, is_past, month_in_words


@pytest.mark.parametrize(
    ("day", "language", "words"),
    [
        ("2025-11-30", "en", "30 November 2025"),
        ("2025-11-30", "it", "30 novembre 2025"),
        ("2025-11-30", "de", "30. November 2025"),
        ("2026-03-01", "it", "1º marzo 2026"),
        ("2025-03", "de", "März 2025"),
        ("2019", "it", "2019"),
        ("", "en", ""),
        ("2025-13", "en", "2025-13"),
        ("about 2019", "en", "about 2019"),
    ],
)
def test_a_day_reads_as_it_is_written_in_the_language(day, language, words):
    assert in_words(day, language) == words


def test_of_a_day_the_month_can_be_told_and_of_a_year_the_year():
    assert month_in_words("2025-11-30", "it") == "novembre 2025"
    assert month_in_words("2025", "it") == "2025"
    assert month_in_words("not a day at all", "it") == "not a day at all"


def test_a_day_is_past_when_the_next_has_begun():
    assert is_past("2025-12-31", date(2026, 1, 1))
    assert not is_past("2025-12", date(2025, 12, 31))
