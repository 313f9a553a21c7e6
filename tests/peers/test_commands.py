import signal
import subprocess
import sys
import time
from collections.abc import Callable

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
    before = signal.getsignal(signal.SIGTERM)
    yield ["--cases", str(cases), "--out", str(tmp_path / "out")]
    signal.signal(signal.SIGTERM, before)


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


def test_a_run_that_is_stopped_takes_with_it_what_it_started(fake_peer, tmp_path):
    started = tmp_path / "pid"
    waits = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    (tmp_path / "systems" / "fake" / "answer.py").write_text(waits)
    command_line = f"""
import sys
from pathlib import Path
from peers import __main__ as command
from peers.roster import Peer
from tests.peers import fakes
folder = Path({str(tmp_path)!r})
command.PEERS = (Peer("fake", "Fake", "fake-package", systems=folder / "systems"),)
command.bench = lambda store, report: fakes.bench(folder)
command.load_documents = lambda corpus, skipped: fakes.DOCUMENTS
sys.exit(command.main({fake_peer!r}))
"""
    with subprocess.Popen([sys.executable, "-c", command_line], stderr=subprocess.PIPE) as process:
        _until(lambda: started.exists() and started.read_text())
        process.terminate()
        assert process.communicate(timeout=20)[1].endswith(b"peers: stopped\n")
    _until(lambda: not fakes.runs(int(started.read_text())))


def _until(so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


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
