"""The child process is kept short of time, memory, words and secrets, and whatever it does has a reason."""

import sys

import pytest

from corpus.extract import apart
from tests.corpus.extract.documents import column, pdf

SOUND = pdf([column(["Text."])])


@pytest.fixture
def reader(tmp_path_factory, monkeypatch):
    """Put a script in the place of the child."""

    def use(script):
        path = tmp_path_factory.mktemp("reader") / "reader"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return use


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("kill -SEGV $$", "crashed its reader (Segmentation fault): it is damaged, or needs too much memory."),
        ("kill -ABRT $$", "crashed its reader (Aborted)"),
        ("kill -KILL $$", "takes more than 1 GB of memory to read."),
        ("kill -XCPU $$", "takes longer than 60 seconds to read."),
        ("kill -40 $$", "crashed its reader (Real-time signal 6)"),
        ("exit 1", "crashed its reader (status 1)"),
        ("printf 'is \\033[31mred.\\nMend it.'; exit 3", "is [31mred. Mend it."),
        ("echo nonsense", "could not be read: its reader answered nonsense."),
        ("echo '[1]'", "could not be read"),
        ('echo \'{"text": "a", "titles": 1, "changed": ""}\'', "could not be read"),
        ("head -c 100000 /dev/zero | tr '\\0' '['", "could not be read"),
        ("exit 0", "could not be read"),
    ],
)
def test_a_child_that_fails_is_a_reason(reader, refusal, script, reason):
    reader(script)
    assert refusal("a.pdf", SOUND).startswith(reason)


def test_a_child_that_hangs_is_killed(reader, refusal, monkeypatch):
    reader("exec sleep 600")
    monkeypatch.setattr(apart, "SECONDS", 0.2)
    assert refusal("a.pdf", SOUND).startswith("takes longer than 60 seconds to read.")


def test_the_words_of_a_child_are_not_trusted(reader, read):
    reader(r"""printf %s '{"text": "a\u0000\u202e\ud800b", "titles": ["\u001b"], "changed": "9999-99-99"}'""")
    found = read("a.pdf", SOUND)
    assert (found.text, found.title, found.as_of) == ("ab", "a", "")


def test_a_child_knows_the_file_and_nothing_else(reader, read, monkeypatch):
    monkeypatch.setenv("ASSISTANT_MODEL_KEY", "hush")
    reader('printf \'{"text": "%s", "titles": [], "changed": ""}\' "$(head -c 5) $* $(env | tr "\\n" " ")"')
    text = read("a.pdf", SOUND).text
    assert text.startswith("%PDF- -m corpus.extract.child .pdf")
    assert "hush" not in text
    assert "a.pdf" not in text


def test_memory_is_limited(refusal):
    page = b"<table><tr>" + b"<td>x" * 20_000 + b"<tr><td>y" * 20_000
    assert refusal("a.html", page).startswith("takes more than 1 GB of memory to read.")


def test_after_all_that_a_sound_file_is_read(read):
    assert read("a.pdf", SOUND).text == "## p. 1\n\nText.\n"
