import errno
import json
from dataclasses import fields

import pytest

from assistant import factory
from assistant.__main__ import main
from assistant.answer import Answer, Citation, Timings
from index.retrieve import Retriever
from tests.assistant import fakes
from tests.assistant.fakes import NearEmbedder

QUESTION = "Who runs the Mechatronics Hub?"


@pytest.fixture(autouse=True)
def small(found, tmp_path, monkeypatch):
    """Commands run in an empty folder, on the small index."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(factory, "build_assistant", lambda settings: fakes.assistant(found))
    monkeypatch.setattr(factory, "build_embedder", lambda store, report: NearEmbedder())
    monkeypatch.setattr(factory, "DeferredEmbedder", lambda store, report: NearEmbedder())
    monkeypatch.setattr(factory, "embedder_identity", lambda: NearEmbedder().identity)


def printed(capsys, *arguments: object) -> dict:
    assert main(["ask", "--json", *map(str, arguments)]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("\n") == 1
    return json.loads(shown.out)


def complaint(capsys) -> str:
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err


def test_ask_json_prints_one_object_with_the_fields_of_the_contract(capsys):
    answer = printed(capsys, QUESTION)
    assert list(answer) == [
        "status", "answer", "language", "question_used", "composer", "model", "citations", "notices", "retrieved",
        "timings_ms", "odds",
    ]  # fmt: skip
    assert set(answer["timings_ms"]) == {"condense", "retrieve", "first_evidence", "first_token", "total"}
    assert set(answer["citations"][0]) == {
        "n", "document", "language", "title", "section", "quote", "start", "end", "as_of", "valid_until", "status",
        "url", "publisher", "confidence", "facts",
    }  # fmt: skip
    assert set(answer["retrieved"][0]) == {"document", "chunk", "score"}
    assert (answer["status"], answer["language"]) == ("answered", "en")


def test_the_fields_printed_are_those_of_the_classes(capsys):
    answer = printed(capsys, QUESTION)
    for value, made_of in ((answer, Answer), (answer["citations"][0], Citation), (answer["timings_ms"], Timings)):
        assert list(value) == [field.name for field in fields(made_of)]


@pytest.mark.parametrize(
    ("question", "status"), [("Hello", "clarify"), ("What percentage of tax is paid?", "not_in_corpus")]
)
def test_an_answer_of_any_status_is_a_success(capsys, question, status):
    answer = printed(capsys, "--language", "en", question)
    assert (answer["status"], answer["citations"]) == (status, [])


def test_ask_prints_a_readable_answer_with_its_sources(capsys):
    assert main(["ask", "On how many hectares is Trento wine grown?"]) == 0
    out = capsys.readouterr().out
    assert "(historic) “Wine growing” dates from about 2019" in out
    assert "Wine growing, Wine growing (as of 2019): “Trento wine is grown on 10,000 hectares by several" in out


def test_ask_reads_the_conversation_from_a_file(capsys, tmp_path):
    history = tmp_path / "history.json"
    turns = [("user", "What is the Mechatronics Hub?"), ("assistant", "A centre. [1]")]
    history.write_text(json.dumps([{"role": role, "content": text} for role, text in turns]), encoding="utf-8")
    answer = printed(capsys, "--history", history, "How many companies does it host?")
    assert answer["question_used"] == "How many companies does it host? (Mechatronics Hub, centre)"


@pytest.mark.parametrize(
    "content",
    [None, "", "{}", '[{"role": "robot", "content": "x"}]', '[{"role": "user"}]', '["hello"]', "[", "\udcff"],
)
def test_a_bad_history_file_is_wrong_use(capsys, tmp_path, content):
    file = tmp_path / "history.json"
    if content is not None:
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert main(["ask", "--history", str(file), QUESTION]) == 2
    assert f"--history {file} cannot be read" in complaint(capsys)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x" * 4001], "longer than 4000"),
        ([" "], "empty"),
        (["--language", "fr", QUESTION], "'fr' is none of en, it, de"),
    ],
)
def test_a_question_that_cannot_be_asked_is_wrong_use(capsys, arguments, told):
    assert main(["ask", *arguments]) == 2
    assert told in complaint(capsys)


@pytest.mark.parametrize(
    "arguments", [[], ["ask"], ["sing"], ["ask", "--composer", "poet", QUESTION], ["ask", "--no-such", QUESTION]]
)
def test_a_wrong_command_line_is_wrong_use(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


def test_a_misspelt_setting_is_wrong_use(capsys, monkeypatch):
    monkeypatch.setenv("ASSISTANT_COMPOSR", "auto")
    assert main(["ask", QUESTION]) == 2
    assert "ASSISTANT_COMPOSER" in complaint(capsys)


def test_a_missing_index_is_one_line_with_what_to_do(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(factory, "build_assistant", lambda settings: Retriever(settings.index, NearEmbedder()))
    assert main(["ask", "--json", "--index", str(tmp_path / "none"), QUESTION]) == 1
    assert f"There is no index at {tmp_path / 'none'}. Run `python -m assistant index" in complaint(capsys)


def test_a_stop_by_the_keyboard_is_one_line(capsys, monkeypatch):
    def stopped(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(factory, "build_assistant", stopped)
    assert main(["ask", QUESTION]) == 1
    assert "stopped" in complaint(capsys)


def test_the_options_reach_the_settings(capsys, monkeypatch, found, tmp_path):
    seen = []
    monkeypatch.setattr(factory, "build_assistant", lambda settings: seen.append(settings) or fakes.assistant(found))
    printed(capsys, "--index", tmp_path, "--composer", "extractive", QUESTION)
    assert [(settings.index, settings.composer) for settings in seen] == [(tmp_path, "extractive")]


def index(capsys, *arguments: object) -> tuple[int, str]:
    code = main(["index", *map(str, arguments)])
    return code, capsys.readouterr().out


def test_index_tells_what_changed_and_then_that_nothing_did(capsys, tmp_path):
    corpus, where = tmp_path / "corpus.jsonl", ("--corpus", tmp_path / "corpus.jsonl", "--index", tmp_path / "i")
    lines = [{"id": name, "title": name, "text": f"The {name} is in Rovereto."} for name in ("hub", "lab", "farm")]
    corpus.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, out = index(capsys, *where)
    assert code == 0
    assert "documents: 3 added, 0 changed, 0 removed, 0 unchanged\n" in out
    assert "chunks: 3 added, 0 changed, 0 removed, 0 unchanged\n" in out
    assert out.endswith(" s\n")
    code, out = index(capsys, *where)
    assert code == 0
    assert "documents: 0 added, 0 changed, 0 removed, 3 unchanged\n" in out
    lines[0]["text"] = "The hub is in Trento."
    corpus.write_text("\n".join(map(json.dumps, lines[:2])), encoding="utf-8")
    code, out = index(capsys, *where)
    assert code == 0
    assert "documents: 0 added, 1 changed, 1 removed, 1 unchanged\n" in out


def test_index_check_says_what_is_missing_and_builds_nothing(capsys, tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"id": "a", "title": "A", "text": "The hub is here."}\n', encoding="utf-8")
    code, out = index(capsys, "--check", "--corpus", corpus, "--index", tmp_path / "i")
    assert (code, "out of date" in out) == (1, True)
    assert not (tmp_path / "i").exists()


def test_index_of_no_corpus_is_one_line(capsys, tmp_path):
    assert main(["index", "--corpus", str(tmp_path / "none"), "--index", str(tmp_path / "i")]) == 1
    assert "There is no corpus at" in complaint(capsys)


@pytest.mark.parametrize(("text", "code"), [("The hub is here.", 0), ("The hub has moved.", 1)])
def test_an_index_on_a_read_only_disk_is_good_if_it_is_up_to_date(capsys, tmp_path, monkeypatch, text, code):
    corpus, where = tmp_path / "corpus.jsonl", ("--corpus", tmp_path / "corpus.jsonl", "--index", tmp_path / "i")
    corpus.write_text('{"id": "a", "title": "A", "text": "The hub is here."}\n', encoding="utf-8")
    assert index(capsys, *where)[0] == 0
    corpus.write_text(json.dumps({"id": "a", "title": "A", "text": text}), encoding="utf-8")

    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("index.build.writing", refuse)
    assert index(capsys, *where)[0] == code
