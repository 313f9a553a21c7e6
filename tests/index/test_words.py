"""Texts are found by stems, and by acronyms and figures as they are."""

import pytest

from index.words import names_in, terms


@pytest.mark.parametrize(
    ("language", "asked", "told"),
    [
        ("en", "companies", "a company"),
        ("it", "imprese innovative", "un'impresa innovativa"),
        ("de", "Unternehmens", "Unternehmen"),
    ],
)
def test_forms_of_a_word_meet(language, asked, told):
    assert set(terms(asked, language)) <= set(terms(told, language))


def test_stop_words_are_dropped():
    assert terms("the of and", "en") == terms("il di che", "it") == terms("der und für", "de") == []


@pytest.mark.parametrize("language", ["en", "it", "de"])
@pytest.mark.parametrize("acronym", ["ITS", "HIT", "IRES", "R&D", "GmbH", "Q@TN", "ProM"])
def test_acronyms_stay_whole(acronym, language):
    assert f"={acronym.lower()}" in terms(f"{acronym} 2026", language)


@pytest.mark.parametrize(
    ("written", "figure"), [("10.000", "10000"), ("10,000", "10000"), ("2,68", "2.68"), ("2.68", "2.68")]
)
def test_figures_meet_in_every_notation(written, figure):
    assert f"#{figure}" in terms(f"{written} euro", "de")


def test_a_word_in_small_letters_is_no_acronym():
    assert names_in(terms("its hit in the park", "en")) == []


def test_acronyms_and_figures_are_what_languages_share():
    assert names_in(terms("The ITS Academy costs 120,000 euro", "en")) == ["=its", "#120000"]
