"""Questions are short; the language of the conversation decides where they do not."""

import pytest

from corpus.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is the Mechatronics Hub?", "en"),
        ("How much does the province invest?", "en"),
        ("Dove si trova il Polo Meccatronica?", "it"),
        ("Quanto investe la provincia?", "it"),
        ("Chi ha fondato HIT?", "it"),
        ("Wo befindet sich das Zentrum?", "de"),
        ("Wie viel investiert die Provinz?", "de"),
        ("Was macht die Stiftung?", "de"),
    ],
)
@pytest.mark.parametrize("default", ["en", "it", "de"])
def test_a_short_question_is_enough(text, language, default):
    assert detect_language(text, default) == language


@pytest.mark.parametrize("text", ["", "   ", "2024", "🚀", "startup visa", "PNRR?"])
@pytest.mark.parametrize("default", ["en", "it", "de"])
def test_what_says_nothing_is_in_the_language_of_the_conversation(text, default):
    assert detect_language(text, default) == default


def test_a_language_we_do_not_serve_becomes_one_we_do():
    assert detect_language("Où se trouve le centre de mécatronique, s'il vous plaît ?") in {"en", "it", "de"}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was ist ProM?", "de"),
        ("Wozu dient die ProM Facility?", "de"),
        ("Chi è?", "it"),
        ("Was it built?", "en"),
        # A name in another language does not decide.
        ("Who runs Trentino Sviluppo now?", "en"),
        ("Can I get a residence permit if I invest 500,000 euro in a start-up?", "en"),
        ("Did Trentino Sviluppo make a loss in 2017?", "en"),
        ("Steckt hinter Trentino Startup Valley nur Trentino Sviluppo?", "de"),
        ("I contributi di FBK?", "it"),
    ],
)
def test_little_words_tell_the_language_of_a_short_question(question, language):
    assert detect_language(question) == language


def test_a_long_text_is_in_the_language_of_its_words():
    assert detect_language("Das Haus, in dem wir mit den Kindern wohnen, ist alt. " * 2000) == "de"
