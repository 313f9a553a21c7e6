import pytest

from corpus.errors import ProjectError
from peers import __main__ as command
from peers.serve import serving
from tests.peers import fakes


@pytest.fixture
def fake_peer(tmp_path, monkeypatch):
    peer = fakes.peer(tmp_path / "systems")
    monkeypatch.setattr(command, "PEERS", (peer,))
    monkeypatch.setattr(command, "bench", lambda store, report: fakes.bench(tmp_path))
    monkeypatch.setattr(command, "load_documents", lambda corpus, skipped: fakes.DOCUMENTS)
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(case.model_dump_json() + "\n" for case in fakes.CASES), encoding="utf-8")
    return ["--cases", str(cases), "--out", str(tmp_path / "out")]


def test_one_command_asks_everybody_and_leaves_the_table(fake_peer, tmp_path, capsys):
    assert command.main(fake_peer) == 0
    printed = capsys.readouterr().out
    assert "| Fake " in printed
    assert "| this assistant " in printed
    assert (tmp_path / "out" / "table.md").read_text(encoding="utf-8").strip() == printed.strip()


def test_it_fails_when_nobody_could_be_compared(fake_peer, tmp_path, capsys):
    (tmp_path / "systems" / "fake" / "answer.py").write_text("exit('broken')")
    assert command.main(fake_peer) == 1
    assert "Fake 1.2: not measured, it ended with code 1: broken" in capsys.readouterr().out


def test_wrong_use_is_one_line(fake_peer, capsys):
    assert command.main(["--cases", "/nowhere.jsonl"]) == 2
    assert capsys.readouterr().err == "peers: There is no file of cases at /nowhere.jsonl.\n"
    assert command.main([*fake_peer, "--limit", "0"]) == 2


def test_a_provider_is_used_as_it_is(tmp_path, monkeypatch):
    for name, value in {"": "http://127.0.0.1:9/v1", "_NAME": "large", "_KEY": "secret"}.items():
        monkeypatch.setenv(f"ASSISTANT_MODEL{name}", value)
    with serving("generator", 4096, tmp_path / "log") as service:
        assert (service.url, service.name, service.key) == ("http://127.0.0.1:9/v1", "large", "secret")
    assert service.peak_bytes == 0


def test_a_generator_that_cannot_be_had_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_MODEL", "none")
    with (
        pytest.raises(ProjectError, match="could not be served: ASSISTANT_MODEL is none"),
        serving("generator", 4096, tmp_path / "log"),
    ):
        pass
