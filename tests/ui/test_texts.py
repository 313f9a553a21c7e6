import json
import string
from pathlib import Path

import pytest

from ui.texts import INTERFACE_LANGUAGES, preferred_language, texts

FOLDER = Path(__file__).parents[2] / "ui" / "texts"
FILES = {language: json.loads((FOLDER / f"{language}.json").read_text("utf-8")) for language in INTERFACE_LANGUAGES}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_file_has_the_same_keys_in_the_same_order():
    assert {tuple(file) for file in FILES.values()} == {tuple(FILES["en"])}
    assert {path.stem for path in FOLDER.glob("*.json")} == set(INTERFACE_LANGUAGES)


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_nothing_is_empty_and_the_placeholders_agree(language):
    for key, value in FILES[language].items():
        assert value
        if isinstance(value, str):
            assert placeholders(value) == placeholders(FILES["en"][key]), key
    assert len(texts(language).examples) == 6


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR,fr;q=0.9,it;q=0.7,en;q=0.8", "en"),
        ("it", "it"),
        ("fr", "en"),
        ("de;q=0,it;q=0.1", "it"),
        ("de;q=nonsense", "en"),
        ("", "en"),
    ],
)
def test_the_browser_chooses_the_language(header, language):
    assert preferred_language(header) == language


def test_counted():
    assert texts("en").counted("sources", 1) == "1 source"
    assert texts("de").counted("sources", 3) == "3 Quellen"
