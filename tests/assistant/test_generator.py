import json
import logging
import threading

import pytest
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.generator import ChatGenerator, PendingGenerator, build_generator
from assistant.settings import Settings
from corpus.errors import ModelUnavailable, WeightsError
from tests.assistant.fakes import FakeGenerator
from tests.provider import Provider, address, completion, serving

KEY = "sk-very-secret-0123456789"
PROXIES = [name for pair in ("http", "https", "all", "no") for name in (f"{pair}_proxy", f"{pair}_proxy".upper())]
ASKED = [HumanMessage("Is it? Yes or No.")]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


def generator(url: str) -> ChatGenerator:
    model = ChatOpenAI(base_url=url, model="m", api_key=SecretStr(KEY), temperature=0, timeout=5, max_retries=0)
    return ChatGenerator("m", model)


def likely(**words: float) -> dict:
    top = [{"token": word.replace("_", " "), "logprob": p, "bytes": None} for word, p in words.items()]
    return {"content": [{**top[0], "top_logprobs": top}]}


def chunks(*pieces: str, end: str = "data: [DONE]\n\n") -> str:
    made = [
        {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m",
         "choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}]}
        for piece in pieces
    ]  # fmt: skip
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in made) + end


@pytest.mark.parametrize(
    ("top", "gap"),
    [
        ({"Yes": -0.5, "No": -2.0}, 1.5),
        ({"No": -0.25, "Yes": -3.25}, -3.0),
        ({"yes": -4.0, "_Yes": -1.0, "YES": -6.0, "_no": -3.0, "NO": -5.0}, 2.0),
        ({"Yes": -1.0, "Maybe": -2.0, "Not": -2.5}, 14.0),
        ({"Nope": -1.0, "no": -2.0}, -13.0),
        ({"Maybe": -1.0}, 0.0),
    ],
)
def test_the_gap_is_between_the_likeliest_spellings_of_yes_and_no(top, gap):
    with serving(200, "application/json", completion(likely(**top))) as server:
        assert generator(address(server)).yes_no_gap(ASKED) == pytest.approx(gap)


def test_one_word_with_its_alternatives_is_asked_for():
    with serving(200, "application/json", completion(likely(Yes=-1.0))) as server:
        generator(address(server)).yes_no_gap(ASKED)
    ((path, authorization, body),) = server.requests
    assert (path, authorization) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert body["logprobs"] is True
    assert (body["top_logprobs"], body.get("max_tokens", body.get("max_completion_tokens"))) == (20, 1)


@pytest.mark.parametrize("logprobs", [None, {}, {"content": None}, {"content": []}])
def test_a_provider_that_tells_no_probabilities_has_no_vote(logprobs):
    with serving(200, "application/json", completion(logprobs)) as server:
        assert generator(address(server)).yes_no_gap(ASKED) is None


def test_the_text_is_streamed_piece_by_piece():
    with serving(200, "text/event-stream", chunks("The hub ", "is there.", " [1]")) as server:
        assert [piece for piece in generator(address(server)).stream(ASKED) if piece] == [
            "The hub ",
            "is there.",
            " [1]",
        ]


FAULTS = {
    "broken": (500, "application/json", '{"error": {"message": "internal"}}'),
    "unauthorised": (401, "application/json", json.dumps({"error": {"message": f"bad key {KEY}"}})),
    "invalid JSON": (200, "application/json", '{"id": '),
    "JSON of another kind": (200, "application/json", '{"object": "list", "data": []}'),
    "HTML": (200, "text/html", "<html><body>Sign in</body></html>"),
    "nothing": (200, "application/json", ""),
}


def failure(ask, caplog, port: int) -> str:
    with caplog.at_level(logging.INFO, "assistant"), pytest.raises(ModelUnavailable) as caught:
        ask()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    for told in (str(caught.value), repr(caught.value), caplog.text):
        assert KEY not in told
        assert str(port) not in told
    return str(caught.value)


@pytest.mark.parametrize("reply", FAULTS.values(), ids=FAULTS.keys())
def test_a_vote_that_fails_says_only_that_the_model_does_not_answer(reply, caplog):
    with serving(*reply) as server:
        model, port = generator(address(server)), server.server_address[1]
        assert failure(lambda: model.yes_no_gap(ASKED), caplog, port) == "The language model does not answer."


@pytest.mark.parametrize("fault", FAULTS)
def test_a_stream_that_fails_says_only_that_the_model_does_not_answer(fault, caplog):
    with serving(*FAULTS[fault]) as server:
        model, port = generator(address(server)), server.server_address[1]
        assert failure(lambda: list(model.stream(ASKED)), caplog, port) == "The language model does not answer."


def test_half_a_stream_fails_after_what_came(caplog):
    body = chunks("The hub ", end='data: {"id": "x", "choi\n\n')
    with serving(200, "text/event-stream", body) as server:
        stream = generator(address(server)).stream(ASKED)
        assert next(piece for piece in stream if piece) == "The hub "
        failure(lambda: list(stream), caplog, server.server_address[1])


def test_a_provider_that_is_not_there_does_not_answer(caplog):
    with serving(200, "text/plain", "") as server:
        port = server.server_address[1]
    model = generator(f"http://127.0.0.1:{port}/v1")
    failure(lambda: model.yes_no_gap(ASKED), caplog, port)
    failure(lambda: list(model.stream(ASKED)), caplog, port)


class Recovering(Provider):
    """Fails with a status of the test's choice once, then answers."""

    def reply(self):
        return super().reply() if len(self.server.requests) > 1 else (self.server.status, "application/json", "{}")


@pytest.mark.parametrize(("status", "asked"), [(429, 2), (500, 2), (503, 2), (401, 1), (400, 1)])
def test_what_may_pass_is_tried_once_more(status, asked, caplog):
    with serving(200, "application/json", completion(likely(Yes=-1.0))) as server:
        server.status, server.RequestHandlerClass = status, Recovering
        model = generator(address(server))
        if asked == 2:
            assert model.yes_no_gap(ASKED) == pytest.approx(14.0)
        else:
            failure(lambda: model.yes_no_gap(ASKED), caplog, server.server_address[1])
        assert len(server.requests) == asked


def test_a_provider_that_writes_on_and_on_is_not_listened_to_for_ever():
    with serving(200, "text/event-stream", chunks(*["on "] * 5000)) as server:
        assert len(list(generator(address(server)).stream(ASKED))) < 1000


def test_a_provider_is_an_address_a_name_and_a_key():
    with serving(200, "application/json", completion(likely(Yes=-1.0))) as server:
        settings = Settings(model=address(server), model_name="their-model", model_key=SecretStr(KEY))
        built = build_generator(settings, store=None)
        assert built.name == "their-model"
        assert built.yes_no_gap(ASKED) == pytest.approx(14.0)
    ((_, authorization, body),) = server.requests
    assert (authorization, body["model"], body["temperature"]) == (f"Bearer {KEY}", "their-model", 0)


def test_a_model_on_this_machine_is_asked_past_any_proxy(monkeypatch):
    with serving(200, "application/json", completion(likely(Yes=-1.0))) as server, serving(500, "", "") as proxy:
        for name in PROXIES[:6]:
            monkeypatch.setenv(name, address(proxy).removesuffix("/v1"))
        built = build_generator(Settings(model=address(server), model_name="m"), store=None)
        assert built.yes_no_gap(ASKED) == pytest.approx(14.0)
        assert (len(server.requests), proxy.requests) == (1, [])


def test_who_stops_reading_closes_the_stream():
    with serving(200, "text/event-stream", chunks("One ", "two ", "three")) as server:
        stream = generator(address(server)).stream(ASKED)
        next(stream)
        stream.close()
        assert list(stream) == []


def test_a_generator_that_is_being_loaded_is_awaited_by_who_needs_it():
    go = threading.Event()
    loaded = FakeGenerator(["Yes."], gap=2.0)

    def load():
        go.wait()
        return loaded

    pending = PendingGenerator(load, writes_well=False)
    assert not pending.writes_well
    go.set()
    assert pending.yes_no_gap([]) == 2.0
    assert list(pending.stream([])) == ["Yes."]
    assert pending.name == loaded.name


def test_a_generator_that_cannot_be_loaded_is_unavailable_each_time():
    def load():
        raise WeightsError("no room")

    pending = PendingGenerator(load, writes_well=False)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="no room"):
            pending.yes_no_gap([])
