"""The whole way with the real weights: source text, real vectors, a real Chroma store, the packaged model, the page."""

import json
import socket
import threading

import pytest
import uvicorn
from playwright.sync_api import expect

from assistant import factory
from assistant.__main__ import main
from assistant.answer import Evidence, Status, Token, Turn
from assistant.assistant import Assistant
from assistant.generator import build_generator
from assistant.settings import read_settings
from assistant.verify import Verifier
from corpus.load import load_documents
from eval.answers import unsupported_figures
from index.build import build_index
from index.retrieve import Retriever
from ui.server import build_app
from weights.store import WeightStore

pytestmark = pytest.mark.models
FOUNDERS = "Which organisations are the founders of HIT?"


@pytest.fixture(scope="module")
def index(embedder, tmp_path_factory):
    directory = tmp_path_factory.mktemp("index")
    founding = [d for d in load_documents() if (d.language, d.id) == ("en", "innovation-ecosystem")]
    build_index(founding, directory, embedder, print)
    return directory


@pytest.fixture(scope="module")
def quoting(embedder, index):
    return Assistant(Retriever(index, embedder), Verifier(embedder), None)


@pytest.fixture(scope="module")
def writing(embedder, index):
    settings = read_settings()
    generator = build_generator(settings, WeightStore(settings.cache, print))
    return Assistant(Retriever(index, embedder), Verifier(embedder), generator, composer="model")


def assert_checkable(assistant, answer):
    for citation in answer.citations:
        text = assistant.document(citation.document, citation.language).text
        assert text[citation.start : citation.end] == citation.quote
    assert unsupported_figures(answer) == []


@pytest.mark.parametrize(
    ("question", "language", "wanted"),
    [
        ("Who founded HIT?", "en", "University of Trento"),
        ("Quante imprese attive conta la meccatronica trentina?", "it", "800"),
        ("Wo liegt das Polo Meccatronica?", "de", "Rovereto"),
    ],
)
def test_quotes_answer_in_three_languages(quoting, question, language, wanted):
    answer = quoting.answer(question)
    assert (answer.status, answer.language, answer.composer) == (Status.ANSWERED, language, "extractive")
    assert wanted in answer.answer
    assert_checkable(quoting, answer)


def test_a_follow_up_is_searched_with_its_subject(quoting):
    first = quoting.answer("What is the Green Innovation Factory?")
    history = [Turn("user", "What is the Green Innovation Factory?"), Turn("assistant", first.answer)]
    answer = quoting.answer("And how many bodies does it host?", history)
    assert "Green Innovation Factory" in answer.question_used
    assert "over 50" in answer.answer


@pytest.mark.thorough
def test_the_model_writes_from_evidence_that_left_first(writing):
    events = list(writing.stream(FOUNDERS))
    assert isinstance(events[0], Evidence)
    answer = events[-1]
    assert (answer.status, answer.composer) == (Status.ANSWERED, "model")
    assert "".join(event.text for event in events if isinstance(event, Token)) == answer.answer
    assert "University of Trento" in answer.answer
    assert_checkable(writing, answer)


@pytest.mark.parametrize(
    "question",
    [
        "How many parking spaces does the hub offer?",
        pytest.param("Come si prepara un risotto?", marks=pytest.mark.thorough),
    ],
)
def test_what_the_text_does_not_say_is_not_answered(writing, question):
    answer = writing.answer(question)
    assert answer.status is Status.NOT_IN_CORPUS
    assert not answer.citations


def test_the_ask_command_prints_one_object_and_nothing_else(index, monkeypatch, capfd):
    monkeypatch.setenv("ASSISTANT_MODEL", "none")
    assert main(["ask", "--json", "--index", str(index), FOUNDERS]) == 0
    printed = capfd.readouterr().out
    assert json.loads(printed)["status"] == "answered"
    assert printed.count("\n") == 1


@pytest.mark.thorough
def test_a_damaged_generator_file_leaves_the_quotes(index, tmp_path, monkeypatch, capfd):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(1000))
    settings = read_settings(index=index, model=str(broken))
    answer = factory.build_assistant(settings, print).answer(FOUNDERS)
    assert (answer.status, answer.composer) == (Status.ANSWERED, "extractive")
    assert "quotes only" in capfd.readouterr().out


@pytest.mark.browser
def test_the_page_shows_the_quote_in_its_document(browser, quoting):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app(quoting), log_level="warning"))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    page = browser.new_page(locale="en-GB")
    try:
        page.goto(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        page.locator("#question textarea").fill("Who founded HIT?")
        page.keyboard.press("Enter")
        page.locator("#current .mark:not(.idle)").first.click(timeout=30_000)
        expect(page.locator("#sources .text mark").first).to_be_in_viewport()
        marked = " ".join(page.locator("#sources .text mark").all_inner_texts())
        assert marked.split() == quoting.answer("Who founded HIT?").citations[0].quote.split()
    finally:
        page.close()
        server.should_exit = True
