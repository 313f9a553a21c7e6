import os
import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from assistant.settings import PREFIX, Settings, read_settings
from corpus.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / ".env.example"
KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """No variable and no .env file of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def example() -> dict[str, str]:
    lines = re.findall(rf"^#{PREFIX}(\w+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == len(dict(lines))
    return {name.lower(): value for name, value in lines}


def test_the_example_names_every_setting_and_no_other():
    assert list(example()) == list(Settings.model_fields)


def test_the_example_shows_the_defaults():
    for name, value in example().items():
        field = Settings.model_fields[name]
        if name in ("model_key", "judge_key", "operator_password"):
            assert value == field.default.get_secret_value()
        elif field.default is not PydanticUndefined:
            shown = getattr(read_settings(**{name: value}), name)
            assert (EXAMPLE.parent / shown if isinstance(shown, Path) else shown) in (
                field.default,
                EXAMPLE.parent / str(field.default),
            )


def test_what_depends_on_the_machine_is_said_in_words():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for name in ("THREADS", "CACHE"):
        place = next(n for n, line in enumerate(lines) if line.startswith(f"#{PREFIX}{name}="))
        assert "(default: " in lines[place - 1]


def test_the_example_as_it_stands_is_accepted(tmp_path):
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8").replace(f"#{PREFIX}", PREFIX), encoding="utf-8")
    assert read_settings().threads == 2


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("COMPOSR", "COMPOSER"), ("MODELNAME", "MODEL_NAME"), ("DEADLINES", "DEADLINE"), ("MODEL_KEYS", "MODEL_KEY")],
)
def test_an_unknown_variable_is_refused_with_the_nearest_name(monkeypatch, wrong, right):
    monkeypatch.setenv(PREFIX + wrong, "x")
    with pytest.raises(UsageError, match=rf"no setting {PREFIX}{wrong}\. Did you mean {PREFIX}{right}\?"):
        read_settings()


def test_an_unknown_name_in_the_env_file_is_refused_too(tmp_path):
    (tmp_path / ".env").write_text("OTHER=1\nASSISTANT_COMPOSR=auto\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"ASSISTANT_COMPOSR\. Did you mean ASSISTANT_COMPOSER"):
        read_settings()


def test_a_name_like_no_other_is_refused_with_all_names(monkeypatch):
    monkeypatch.setenv("ASSISTANT_QQQQ", "x")
    with pytest.raises(UsageError, match="Known: ASSISTANT_CACHE, ASSISTANT_COMPOSER"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("COMPOSER", "poet"), ("THREADS", "0"), ("THREADS", "many"), ("DEADLINE", "0"), ("DEADLINE", "-1")],
)
def test_a_bad_value_is_refused_with_its_name(monkeypatch, name, value):
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(UsageError, match=f"^{PREFIX}{name}: "):
        read_settings()


def test_a_given_value_goes_before_the_variable_and_the_variable_before_the_file(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("ASSISTANT_COMPOSER=model\nASSISTANT_DEADLINE=7\n", encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_COMPOSER", "extractive")
    assert read_settings(composer="auto").composer == "auto"
    assert (read_settings(composer=None).composer, read_settings().deadline) == ("extractive", 7)


@pytest.mark.parametrize("name", ["", "   "])
def test_a_provider_needs_the_name_of_a_model(monkeypatch, name):
    monkeypatch.setenv("ASSISTANT_MODEL", "https://llm.example.org/v1")
    monkeypatch.setenv("ASSISTANT_MODEL_NAME", name)
    with pytest.raises(UsageError, match="ASSISTANT_MODEL_NAME"):
        read_settings()


def test_a_provider_with_a_name_is_remote(monkeypatch):
    monkeypatch.setenv("ASSISTANT_MODEL_NAME", " llama ")
    settings = read_settings(model="https://llm.example.org/v1")
    assert settings.is_remote
    assert settings.model_name == "llama"
    assert not read_settings(model="weights.gguf").is_remote


def test_the_key_is_never_shown(monkeypatch):
    monkeypatch.setenv("ASSISTANT_MODEL_KEY", KEY)
    settings = read_settings()
    assert settings.model_key.get_secret_value() == KEY
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert KEY not in shown


def test_the_key_is_not_in_the_message_about_another_setting(monkeypatch):
    monkeypatch.setenv("ASSISTANT_MODEL_KEY", KEY)
    with pytest.raises(UsageError) as caught:
        read_settings(threads=0)
    assert KEY not in str(caught.value)
