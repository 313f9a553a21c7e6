"""Every setting, read once from `ASSISTANT_*` variables and an `.env` file. `.env.example` lists them."""

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.addresses import origins, proxy
from corpus.errors import UsageError
from corpus.load import DOCUMENTS
from weights.catalogue import DEFAULT_GENERATOR
from weights.store import default_cache

PREFIX = "ASSISTANT_"
Composer = Literal["auto", "extractive", "model"]
SHORTEST_PASSWORD = 12  # characters
_REMOTE = ("http://", "https://")
Names = Annotated[tuple[str, ...], NoDecode]  # written with commas between


class Settings(BaseSettings):
    """What an operator can set. Read it with `read_settings`, which turns mistakes into one clear line."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    corpus: Path = Field(DOCUMENTS, description="folder of documents, or a corpus.jsonl")
    index: Path = Field(Path("var/index"), description="directory of the search index")
    cache: Path = Field(default_factory=default_cache, description="where weights are kept")
    feedback: Path = Field(Path("var/feedback/feedback.sqlite"), description="file of what users say of answers")
    feedback_days: int = Field(365, ge=1, le=36_500, description="days after which it is deleted")
    reader: bool = Field(True, description="whether the reader picks sentences and judges them")
    composer: Composer = Field("auto", description="who writes answers: auto, extractive or model")
    model: str = Field(DEFAULT_GENERATOR, description="a packaged model, a .gguf file, a provider's URL, or none")
    model_name: str = Field("", description="name of the model at the provider")
    model_key: SecretStr = Field(SecretStr(""), description="key of the provider; never shown or logged")
    judge_url: str = Field("", description="URL of an OpenAI-compatible server whose model judges answers (eval judge)")
    judge_model: str = Field("", description="name of the judging model there")
    judge_key: SecretStr = Field(SecretStr(""), description="key of that server; never shown or logged")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 2, ge=1, description="threads of the packaged model")
    deadline: float = Field(60.0, gt=0, description="seconds the model may take for an answer")
    operator_password: SecretStr = Field(
        SecretStr(""), description="opens the operator's page; without it there is none"
    )

    embed_origins: Names = Field((), description="sites that may show the page in a frame, and call it")
    questions_per_minute: int = Field(10, ge=0, description="questions of one address in a minute; 0 for any number")
    questions_per_day: int = Field(100, ge=0, description="questions of one address in a day; 0 for any number")
    trusted_proxies: Names = Field(("127.0.0.1", "::1"), description="proxies whose X-Forwarded-For is believed")

    @field_validator("embed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in re.split(r"[\s,]+", value) if part] if isinstance(value, str) else value

    @field_validator("embed_origins")
    @classmethod
    def _sites(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return origins(value)

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(proxy, value))

    @field_validator("model_name", "judge_url", "judge_model")
    @classmethod
    def _stripped(cls, value: str) -> str:
        return value.strip()

    @field_validator("judge_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(_REMOTE):
            raise ValueError("an address begins with https:// or http://")
        return value

    @field_validator("operator_password")
    @classmethod
    def _not_guessed(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_PASSWORD:
            raise ValueError(f"too short to be safe: take at least {SHORTEST_PASSWORD} characters")
        return value

    @property
    def is_remote(self) -> bool:
        """Whether `model` is the address of an OpenAI-compatible server."""
        return self.model.startswith(_REMOTE)


def read_settings(**given: object) -> Settings:
    """Read the settings, `given` values (but None) first. Raises `UsageError` for an unknown name or a bad value."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    named = {name.upper() for name in (*os.environ, *dotenv_values(".env"))}
    for name in sorted(name for name in named if name.startswith(PREFIX) and name not in known):
        # Without the prefix: it alone would make every name look near.
        nearest = difflib.get_close_matches(name.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
        hint = f" Did you mean {PREFIX}{nearest[0].upper()}?" if nearest else f" Known: {', '.join(sorted(known))}."
        raise UsageError(f"There is no setting {name}.{hint}")
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problem = error.errors()[0]
        raise UsageError(f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg']}.") from None
    if settings.is_remote and not settings.model_name:
        raise UsageError("ASSISTANT_MODEL is a provider's URL: set ASSISTANT_MODEL_NAME to the model it should use.")
    return settings
