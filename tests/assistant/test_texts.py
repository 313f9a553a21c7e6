import ast
import json
from pathlib import Path
from string import Formatter

import pytest

import assistant
from assistant.lexicon import lexicon
from assistant.lexicon.routes import routes
from assistant.texts import say

FOLDER = Path(assistant.__file__).parent
LANGUAGES = ("en", "it", "de")


def placeholders(language: str) -> dict[str, list[str]]:
    texts = json.loads((FOLDER / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    return {key: sorted({name for _, name, _, _ in Formatter().parse(text) if name}) for key, text in texts.items()}


@pytest.mark.parametrize("language", ["it", "de"])
def test_every_text_exists_in_every_language_with_the_same_placeholders(language):
    assert placeholders(language) == placeholders("en")


def test_no_text_is_empty_or_left_untranslated():
    for key in placeholders("en"):
        texts = {json.loads((FOLDER / "texts" / f"{code}.json").read_text(encoding="utf-8"))[key] for code in LANGUAGES}
        assert len(texts) == 3
        assert all(text.strip() for text in texts)


def said_keys() -> set[str]:
    calls = [
        node
        for file in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say"
    ]
    return {c.args[1].value for c in calls if isinstance(c.args[1], ast.Constant)}


def test_every_key_the_code_says_exists():
    assert {"historic", "ask_office", "quote_lead"} <= said_keys() <= placeholders("en").keys()


def test_values_are_filled_in_and_not_interpreted():
    assert "{as_of} {0}" in say("en", "historic", title="{as_of} {0}", as_of="2019", valid_until=None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_and_patterns_of_every_sort(language):
    known = lexicon(language)
    assert all((known.openers, known.pointers, known.stops, known.negations, known.names_a_thing))
    assert routes(language).tampered
    assert set(known.kinds) == {"phone", "email", "date", "percent", "money", "count"}
    assert all((known.compares.pattern, known.meets, known.pauses.pattern))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_compared_in_lower_case(language):
    known = lexicon(language)
    for group in (known.openers, known.pointers, known.stops, known.negations, routes(language).tampered):
        assert [word for word in group if word != word.lower()] == []
