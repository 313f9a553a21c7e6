import subprocess
import sys
import time
from pathlib import Path

import pytest

from peers.environment import NotInstalled, prepare
from peers.process import Child, last_line
from peers.run import compare
from tests.peers import fakes


def run(tmp_path, *peers, **replaced):
    said: list[str] = []
    bench = fakes.bench(tmp_path, **replaced)
    outcomes = compare(peers, fakes.CASES, fakes.DOCUMENTS, tmp_path / "out", bench, said.append)
    return outcomes, said


def test_every_system_answers_the_same_questions_and_is_judged(tmp_path):
    (ours, fake), said = run(tmp_path, fakes.peer(tmp_path / "systems"))
    assert [(row.case, row.turn, row.right, row.abstained) for row in fake.rows] == [
        ("firms", 0, True, False),
        ("firms", 1, False, False),
        ("price", 0, True, True),
    ]
    assert fake.rows[0].documents == ("hub", "tax/rate")
    assert [row.right for row in ours.rows] == [True, False, True]
    assert (fake.title, fake.version, fake.embedder) == ("Fake", "1.2", "no model")
    assert fakes.rows(tmp_path / "out", "fake")[1]["answer"] == "The rate is 3 %."
    assert len(fakes.rows(tmp_path / "out", "ours")) == 3
    assert said == ["this assistant: 3 questions ...", "Fake: 3 questions ..."]


def test_memory_is_that_of_the_program_and_of_the_models_served_to_it(tmp_path):
    hungry = "held = b'x' * 300_000_000"
    systems = tmp_path / "systems"
    peers = [fakes.peer(systems, "light"), fakes.peer(systems, "heavy", before=hungry, embedder_served=True)]
    (ours, light, heavy), _ = run(tmp_path, *peers)
    assert heavy.own_bytes > light.own_bytes + 200_000_000
    assert (ours.served_bytes, light.served_bytes, heavy.served_bytes) == (0, 7_000_000_000, 14_000_000_000)


def test_a_question_that_fails_is_written_in_its_place(tmp_path):
    (_, fake), _ = run(tmp_path, fakes.peer(tmp_path / "systems", before="assert not history, 'no follow-ups'"))
    assert [row.error for row in fake.rows] == [None, "AssertionError: no follow-ups", None]


def test_a_peer_that_crashes_or_stops_early_is_reported_and_the_others_go_on(tmp_path):
    systems = tmp_path / "systems"
    peers = [
        fakes.peer(systems, "crash", "raise SystemExit('no such model')"),
        fakes.peer(systems, "early", before="import os; history and os._exit(0)"),
        fakes.peer(systems, "good"),
    ]
    (ours, crash, early, good), said = run(tmp_path, *peers)
    assert "ended with code 1: no such model" in crash.trouble
    assert early.trouble == "it answered 1 of 3 questions"
    assert not crash.rows
    assert not early.rows
    assert len(ours.rows) == len(good.rows) == 3
    assert any(line.startswith("Crash: it ended") for line in said)


def test_a_peer_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("peers.run._START_SECONDS", 1)
    monkeypatch.setattr("peers.run._QUESTION_SECONDS", 0)
    (_, slow), _ = run(tmp_path, fakes.peer(tmp_path / "systems", "slow", "import time; time.sleep(60)"))
    assert slow.trouble.startswith("it was stopped after 1 s")


def test_a_peer_that_somebody_else_kills_is_reported(tmp_path):
    kills = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    (_, killed), _ = run(tmp_path, fakes.peer(tmp_path / "systems", "killed", kills))
    assert killed.trouble.startswith("it ended with code 137")


def test_our_own_failure_is_reported_too(tmp_path):
    ours, fake = run(tmp_path, fakes.peer(tmp_path / "systems"), ours=(sys.executable, "-c", "exit('no index')"))[0]
    assert "no index" in ours.trouble
    assert len(fake.rows) == 3


@pytest.mark.thorough
def test_a_peer_that_does_not_install_is_reported_and_the_others_go_on(tmp_path):
    systems = tmp_path / "systems"
    bad, good = fakes.peer(systems, "bad"), fakes.peer(systems, "good")
    (systems / "bad" / "requirements.txt").write_text("/nowhere/wheel-1.0-py3-none-any.whl\n")

    def installed(peer):
        return Path(sys.executable) if peer is good else prepare(peer, tmp_path / "home", lambda line: None)

    (_, first, second), _ = run(tmp_path, bad, good, prepare=installed)
    assert "/nowhere/wheel" in first.trouble
    assert len(second.rows) == 3


def test_the_settings_and_their_key_are_not_handed_to_peers(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_MODEL_KEY", "ours")
    leaks = "import os; assert not [n for n in os.environ if n.startswith('ASSISTANT_')]"
    (_, fake), _ = run(tmp_path, fakes.peer(tmp_path / "systems", before=leaks))
    assert not any(row.error for row in fake.rows)


@pytest.mark.thorough
def test_an_environment_is_made_once_and_anew_when_its_pins_change(tmp_path):
    peer = fakes.peer(tmp_path / "systems")
    pins = peer.folder / "requirements.txt"
    pins.write_text("# none\n")
    said: list[str] = []
    python = prepare(peer, tmp_path / "home", said.append)
    assert subprocess.run([python, "-c", "import pip"], check=False).returncode == 0
    prepare(peer, tmp_path / "home", said.append)
    assert len(said) == 1
    (python.parent.parent / "left-over").touch()
    pins.write_text("# other ones\n")
    prepare(peer, tmp_path / "home", said.append)
    assert len(said) == 2
    assert not (python.parent.parent / "left-over").exists()


def test_a_python_that_nobody_has_is_named(tmp_path):
    peer = fakes.peer(tmp_path / "systems", python=(3, 97))
    with pytest.raises(NotInstalled, match=r"Python 3\.97 or newer"):
        prepare(peer, tmp_path / "home", lambda line: None)


def test_a_program_that_does_not_end_is_killed_with_what_it_started(tmp_path):
    code = "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    with Child([sys.executable, "-c", code], tmp_path / "log") as child:
        finished = child.wait(1)
    assert finished.late
    assert finished.code < 0
    deadline = time.monotonic() + 5
    while fakes.runs(int(last_line(tmp_path / "log"))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not fakes.runs(int(last_line(tmp_path / "log")))
