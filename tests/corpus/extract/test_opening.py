"""Only regular files inside the folder are opened, and no name reaches the terminal raw."""

import os
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.extract import SUFFIXES, extract
from corpus.extract.opening import shown


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (tmp_path / "secret.md").write_text("A secret.")
    return folder


def _refusal(path, folder):
    with pytest.raises(CorpusError) as caught:
        extract(path, folder)
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_a_file_below_the_folder_is_read(folder):
    (folder / "below").mkdir()
    (folder / "below" / "a.MD").write_text("Text.")
    assert extract(folder / "below" / "a.MD", folder).text == "Text."
    assert _refusal(folder / "below" / "b.md", folder) == "below/b.md: is not there any more. Rerun."


def test_a_relative_folder_will_do(folder, monkeypatch):
    (folder / "a.md").write_text("Text.")
    monkeypatch.chdir(folder)
    assert extract(Path("a.md"), Path()).text == "Text."


def test_links_are_not_followed(folder, tmp_path):
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "below").symlink_to(tmp_path)
    assert "is a link" in _refusal(folder / "link.md", folder)
    assert "is a link" in _refusal(folder / "below" / "secret.md", folder)


def test_the_folder_itself_may_be_a_link(folder, tmp_path):
    (folder / "a.md").write_text("Text.")
    (tmp_path / "link").symlink_to(folder)
    assert extract(tmp_path / "link" / "a.md", tmp_path / "link").text == "Text."


def test_a_file_exchanged_for_a_link_is_not_opened(folder, tmp_path, monkeypatch):
    (folder / "a.md").write_text("Text.")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    checked = os.lstat(folder / "a.md")
    monkeypatch.setattr(os, "lstat", lambda *_, **__: checked)
    assert "cannot be opened" in _refusal(folder / "link.md", folder)


def test_nothing_outside_is_opened(folder, tmp_path):
    for path in (tmp_path / "secret.md", folder / ".." / "secret.md", folder / "x" / ".." / ".." / "secret.md", folder):
        assert "is not inside" in _refusal(path.with_suffix(".md"), folder)


def test_a_pipe_is_not_opened(folder):
    os.mkfifo(folder / "pipe.pdf")
    assert "is not a file" in _refusal(folder / "pipe.pdf", folder)


def test_a_folder_with_the_name_of_a_file_is_named(folder):
    (folder / "a.docx").mkdir()
    assert "is not a file" in _refusal(folder / "a.docx", folder)


def test_a_large_file_is_not_read(folder):
    with (folder / "a.txt").open("wb") as file:
        file.truncate(50_000_001)
    assert _refusal(folder / "a.txt", folder) == "a.txt: is larger than 50 MB. Split it."


def test_other_kinds_are_named(folder):
    (folder / "a.xlsx").write_text("x")
    assert _refusal(folder / "a.xlsx", folder).startswith("a.xlsx: is of a kind that is not read.")
    assert frozenset({".md", ".txt", ".html", ".htm", ".pdf", ".docx"}) == SUFFIXES


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("line\nbreak", "line\\nbreak"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202etxt", "\\u202etxt"),
        (os.fsdecode(b"half \xff"), "half \\udcff"),
        ("Größe", "Größe"),
        ("n" * 250, f"{'n' * 59}…{'n' * 57}"),
    ],
)
def test_names_are_printed_in_one_harmless_line(folder, name, printed):
    (folder / f"{name}.md").write_bytes(b"\0")
    assert _refusal(folder / f"{name}.md", folder).startswith(f"{printed}.md: holds zero bytes")
    (folder / f"{name}.txt").write_text("Text.")
    title = extract(folder / f"{name}.txt", folder).title
    assert title.isprintable()


def test_names_that_no_file_can_have(folder):
    for name in ("nul\0.md", "half \ud800.md"):
        assert "has a name that no file can have" in _refusal(folder / name, folder)
    assert "too long" in _refusal(folder / ("n" * 300 + ".md"), folder)
    assert shown(Path("/elsewhere/a\nb"), folder) == "/elsewhere/a\\nb"
