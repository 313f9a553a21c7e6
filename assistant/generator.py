"""The language model: one LangChain chat model, whether the packaged GGUF served on loopback or a provider's."""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from pydantic import SecretStr
from tenacity import Retrying, retry_if_exception_type, retry_if_not_exception_type, stop_after_attempt, wait_random

from assistant.settings import Settings
from corpus.errors import ModelUnavailable, ProjectError, UsageError
from weights.adapter import adapter_for
from weights.catalogue import load_catalogue
from weights.store import WeightStore

CONTEXT_TOKENS = 4096
ANSWER_TOKENS = 100  # two sentences; more is where a small model begins to invent
_PROMPT_CACHE_MIB = 128  # llama.cpp would take 8 GiB
_MOST_PIECES = 4 * ANSWER_TOKENS  # a provider that takes no limit is not listened to for ever
_PATIENCE = {True: 30.0, False: 10.0}  # seconds without a word: of the model in this process, of a provider
JUDGE_PATIENCE = 90.0  # of a strong model, which may think before it answers; nobody waits for it at a screen
_CONNECT = 4.0  # seconds
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ADAPTER_ON = [{"id": 0, "scale": 1.0}]
_ABSENT = -15.0  # log-probability of a word that is not among the twenty likeliest

log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Generator(Protocol):
    """What answering needs of a language model."""

    @property
    def name(self) -> str:
        """Name of the model, for the reader."""

    @property
    def writes_well(self) -> bool:
        """Whether its prose was found, or is trusted, to be better than the quotes it is made from."""

    @property
    def trained(self) -> bool:
        """Whether its Yes and No were trained, and are to be asked for in the words of that training."""

    def yes_no_gap(self, messages: Sequence[BaseMessage]) -> float | None:
        """Log-probability of Yes minus that of No as the next word; None when the provider does not tell."""

    def stream(self, messages: Sequence[BaseMessage]) -> Iterator[str]:
        """Yield the text as it is written. Raises `ModelUnavailable`."""


class ChatGenerator:
    """A `Generator` over any LangChain chat model that speaks the OpenAI protocol."""

    def __init__(
        self,
        name: str,
        model: BaseChatModel,
        *,
        writes_well: bool = True,
        trained: bool = False,
        keep_alive: object = None,
    ) -> None:
        self.name = name
        self.writes_well = writes_well
        self.trained = trained
        self._model = model
        self._keep_alive = keep_alive

    def yes_no_gap(self, messages: Sequence[BaseMessage]) -> float | None:
        """Log-probability of Yes minus that of No as the next word; None when the provider does not tell."""
        options: dict[str, Any] = {"logprobs": True, "top_logprobs": 20, "max_tokens": 1}
        if self.trained:
            options["extra_body"] = {"lora": _ADAPTER_ON}
        with _failures():
            message = _twice(lambda: self._model.invoke(list(messages), **options))
        content = (message.response_metadata.get("logprobs") or {}).get("content") or []
        return _gap(content[0]["top_logprobs"]) if content else None

    def stream(self, messages: Sequence[BaseMessage]) -> Iterator[str]:
        """Yield the text as it is written. Raises `ModelUnavailable`."""
        with _failures():
            for piece in islice(_twice(lambda: self._opened(messages)), _MOST_PIECES):
                yield str(piece.content)

    def reply(self, messages: Sequence[BaseMessage], tokens: int) -> str:
        """Return a whole reply of at most so many tokens. Raises `ModelUnavailable`."""
        with _failures():
            return str(_twice(lambda: self._model.invoke(list(messages), max_tokens=tokens)).text)

    def _opened(self, messages: Sequence[BaseMessage]) -> Iterator[BaseMessage]:
        """Return the stream once its first piece is there: what fails before can be tried again."""
        pieces = iter(self._model.stream(list(messages), max_tokens=ANSWER_TOKENS))
        return chain([next(pieces)], pieces)


class PendingGenerator:
    """A generator that is being loaded while the rest starts; whoever needs it first waits for it.

    `load` runs at once in a thread of its own. If it fails, every use raises `ModelUnavailable`.
    """

    def __init__(self, load: Callable[[], Generator], writes_well: bool) -> None:
        self.writes_well = writes_well
        self._loaded: Future[Generator] = Future()
        Thread(target=self._run, args=(load,), daemon=True).start()

    @property
    def name(self) -> str:
        """Name of the model, once it is loaded."""
        return self._wait().name

    @property
    def trained(self) -> bool:
        """See `Generator`."""
        return self._wait().trained

    def yes_no_gap(self, messages: Sequence[BaseMessage]) -> float | None:
        """See `Generator`."""
        return self._wait().yes_no_gap(messages)

    def stream(self, messages: Sequence[BaseMessage]) -> Iterator[str]:
        """See `Generator`."""
        return self._wait().stream(messages)

    def wait(self) -> None:
        """Return when it is loaded, or cannot be."""
        self._loaded.exception()

    def _run(self, load: Callable[[], Generator]) -> None:
        try:
            self._loaded.set_result(load())
        except BaseException as error:
            self._loaded.set_exception(error)

    def _wait(self) -> Generator:
        try:
            return self._loaded.result()
        except ProjectError as error:
            raise ModelUnavailable(str(error)) from None


def trusted_to_write(settings: Settings) -> bool:
    """Packaged models judge better than they write (docs/decisions/writing.md); others are the operator's choice."""
    return settings.model not in load_catalogue()


def build_judge(settings: Settings) -> ChatGenerator:
    """Return the model that judges answers. Raises `UsageError` that says what to set."""
    if not (settings.judge_url and settings.judge_model):
        raise UsageError(
            "No model is named that judges. Set ASSISTANT_JUDGE_URL to an OpenAI-compatible server, "
            "ASSISTANT_JUDGE_MODEL to a model's name there and, if need be, ASSISTANT_JUDGE_KEY."
        )
    key = settings.judge_key.get_secret_value() or "none"
    return ChatGenerator(
        settings.judge_model, _chat_model(settings.judge_url, settings.judge_model, key, JUDGE_PATIENCE)
    )


def build_generator(settings: Settings, store: WeightStore) -> Generator:
    """Return the generator the settings name. Loads the packaged model (2 to 5 s)."""
    if settings.is_remote:
        key = settings.model_key.get_secret_value() or "none"
        return ChatGenerator(settings.model_name, _chat_model(settings.model, settings.model_name, key))
    path = store.generator(settings.model)
    adapter = adapter_for(settings.model)
    server, key = _serve(path, settings.threads, adapter)
    model = _chat_model(f"{server.listening_address}/v1", path.stem, key)
    return ChatGenerator(
        path.stem, model, writes_well=trusted_to_write(settings), trained=adapter is not None, keep_alive=server
    )


def serve_generator(settings: Settings, store: WeightStore, room: int) -> tuple[tuple[str, str, str], object]:
    """Serve the packaged model, as it is, with `room` for so many tokens: address, name and key, and what keeps it."""
    path = store.generator(settings.model)
    server, key = _serve(path, settings.threads, None, room)
    return (f"{server.listening_address}/v1", path.stem, key), server


def _serve(path: Path, threads: int, adapter: Path | None, room: int = CONTEXT_TOKENS) -> tuple[Any, str]:
    """Serve a GGUF with llama.cpp in this process, on a free loopback port that only this process has the key to."""
    import xllamacpp

    key = secrets.token_urlsafe(24)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = room
    params.n_parallel = 1
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.api_keys = [key]
    params.verbosity = 0
    if adapter is not None:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
        params.lora_init_without_apply = True  # writing goes on without it: a request asks for it
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    try:
        return xllamacpp.Server(params), key
    except RuntimeError:
        raise ModelUnavailable(
            f"The language model in {path} cannot be loaded. Set ASSISTANT_MODEL to another GGUF file, or to none."
        ) from None


def _chat_model(url: str, name: str, key: str, patience: float | None = None) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from openai import DefaultHttpxClient

    # A proxy named in the environment cannot reach this machine's own server, and must not see what is asked of it.
    here = urlsplit(url).hostname in _LOOPBACK
    direct = DefaultHttpxClient(trust_env=False) if here else None
    return ChatOpenAI(
        base_url=url,
        model=name,
        api_key=SecretStr(key),
        temperature=0,
        seed=0,
        timeout=httpx.Timeout(patience or _PATIENCE[here], connect=_CONNECT),
        max_retries=0,  # see `_twice`
        http_client=direct,
    )


def _twice(call: Callable[[], _T]) -> _T:
    """Call once more, a little later, when what failed may pass: an overload, a lost connection, but no silence."""
    from openai import APIConnectionError, APITimeoutError, InternalServerError, RateLimitError

    passing = retry_if_exception_type((APIConnectionError, InternalServerError, RateLimitError))
    silence = retry_if_not_exception_type(APITimeoutError)
    again = Retrying(stop=stop_after_attempt(2), wait=wait_random(0.2, 1.0), retry=passing & silence, reraise=True)
    return again(call)


@contextmanager
def _failures() -> Iterator[None]:
    """Every failure of a provider becomes one plain error; its details, which may hold an address, go to the log.

    Any exception counts: a provider can fail in its client, its transport, or by sending what is no answer at all.
    """
    try:
        yield
    except Exception as error:
        log.warning("the language model failed: %s", type(error).__name__, exc_info=log.isEnabledFor(logging.DEBUG))
        raise ModelUnavailable("The language model does not answer.") from None


def _gap(top: list[dict[str, Any]]) -> float:
    best: dict[str, float] = {}
    for entry in top:
        word = entry["token"].strip().lower()
        best[word] = max(best.get(word, _ABSENT), entry["logprob"])
    return best.get("yes", _ABSENT) - best.get("no", _ABSENT)
