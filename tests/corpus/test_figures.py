import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.figures import figures, normalise_figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.000", ["10000"]),
        ("10,000", ["10000"]),
        ("10 000", ["10000"]),
        ("10\u00a0000", ["10000"]),
        ("10\u2009000", ["10000"]),
        ("10\u202f000", ["10000"]),
        ("10’000", ["10000"]),
        ("1.234.567", ["1234567"]),
        ("2,68", ["2.68"]),
        ("2.68", ["2.68"]),
        ("1.000,50", ["1000.5"]),
        ("1,000.50", ["1000.5"]),
        ("0.125", ["0.125"]),
        ("0,125", ["0.125"]),
        ("industry 4.0", ["4"]),
        ("S3", ["3"]),
        ("EUR10.000", ["10000"]),
        ("LP 6/2023", ["6", "2023"]),
        ("2014-2020", ["2014", "2020"]),
        ("2014–2020", ["2014", "2020"]),
        ("about 335.", ["335"]),
        ("worth 2.68.", ["2.68"]),
        ("in 2019, 335 firms", ["2019", "335"]),
        ("in 2019 335 firms", ["2019", "335"]),
        ("1.8% of GDP", ["1.8"]),
        ("€10.000 (2,5 %)", ["10000", "2.5"]),
        ("no figure at all", []),
    ],
)
def test_figures_in_every_notation_are_read_in_order(text, expected):
    assert figures(text) == expected


def grouped(digits: str, separator: str) -> str:
    return f"{int(digits):,}".replace(",", separator)


@given(st.integers(0, 10**12), st.sampled_from([".", ",", " ", "\u00a0", "\u202f", "\u2009", "’", ""]))
def test_an_integer_printed_in_any_convention_is_the_same_figure(number, separator):
    assert figures(f"a {grouped(str(number), separator)} b") == [str(number)]


CONVENTIONS = [(",", "."), (".", ","), ("\u00a0", ","), ("\u202f", "."), ("’", "."), ("", "."), ("", ",")]


@given(st.integers(0, 10**9), st.text("0123456789", min_size=1, max_size=5), st.sampled_from(CONVENTIONS))
def test_a_decimal_printed_in_any_convention_is_the_same_figure(whole, decimals, convention):
    thousands, point = convention
    # Three digits behind one separator are thousands to every reader; a group before or a leading zero tells.
    if len(decimals) == 3 and 0 < whole < 1000:
        decimals += "1"
    trimmed = decimals.rstrip("0")
    printed = grouped(str(whole), thousands) + point + decimals
    assert figures(f"a {printed}.") == [f"{whole}.{trimmed}" if trimmed else str(whole)]


@given(st.text(st.characters(exclude_categories=["Nd"])))
def test_text_without_digits_is_left_as_it_is(text):
    assert normalise_figures(text) == text


def test_only_the_figures_of_a_text_change():
    text = "Über 10.000 Firmen, «2,68 %» – S3!\n\tÈ così."
    assert normalise_figures(text) == "Über 10000 Firmen, «2.68 %» – S3!\n\tÈ così."
