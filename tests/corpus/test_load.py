"""Documents are read character for character; what is wrong is named with its file and line."""

import os
from pathlib import Path

import pytest

from corpus import load
from corpus.errors import CorpusError
from corpus.load import DOCUMENTS, load_documents, read_markdown

FRONT = """---
id: {id}
title: A title
kind: scheme
topic: [grants]
language: {language}
publisher: Somebody
sources:
  - {{publisher: Somebody, title: Something, url: null, as_of: 2024}}
  - {{publisher: Somebody, title: Else, url: "https://example.org/x", as_of: 2025-01}}
as_of: {as_of}
valid_until: null
status: current
confidence: source
licence: free
---
"""


def _write(folder: Path, text: str = "Body.\n", name: str = "a.md", **fields: str) -> Path:
    values = {"id": "a", "language": "en", "as_of": "2025-11"} | fields
    path = folder / name
    path.write_bytes((FRONT.format(**values) + text).encode())
    return path


def _error(source: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        list(load_documents(source))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_source_text_is_verbatim():
    text = (DOCUMENTS.parent / "source-text" / "innovation-ecosystem.txt").read_bytes()
    assert read_markdown(DOCUMENTS / "en" / "innovation-ecosystem.md", {}).text.encode() == text


def test_every_document_of_the_corpus_can_be_read():
    documents = list(load_documents())
    assert {"innovation-ecosystem"} <= {document.id for document in documents}


def test_the_front_matter_becomes_the_document(tmp_path):
    document = read_markdown(_write(tmp_path, "Body --- with dashes.\n---\nMore."), {})
    assert (document.id, document.language, document.as_of, document.valid_until) == ("a", "en", "2025-11", None)
    assert document.url == "https://example.org/x"
    assert document.text == "Body --- with dashes.\n---\nMore."


def test_windows_files_are_read_and_their_text_is_kept(tmp_path):
    path = _write(tmp_path, "One.\nTwo.\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_markdown(path, {}).text == "One.\r\nTwo.\r\n"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("licence: free\n", "", "licence"),
        ("licence: free", "licence: free\ncolour: red", "colour"),
        ("as_of: 2025-11\n", "as_of: last year\n", "as_of"),
        ("as_of: 2025-11\n", "as_of: 2025-13\n", "as_of"),
        ("valid_until: null", "valid_until: 2025-02-30", "valid_until"),
        ("id: a\n", "id: No Spaces\n", "id"),
        ("language: en", "language: fr", "language"),
        ("title: A title", "title: [unclosed", "YAML"),
        ("title: A title", "title: null", "title"),
    ],
)
def test_wrong_front_matter_is_named(tmp_path, old, new, named):
    path = _write(tmp_path)
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new))
    message = _error(tmp_path)
    assert str(path) in message
    assert named in message


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"---\nid: a\njust words\n---\nText.", "front matter"),
        (b"---\nid: a\n---\nT\xe4xt", "not UTF-8"),
    ],
)
def test_what_is_no_document_is_named(tmp_path, content, named):
    (tmp_path / "broken.md").write_bytes(content)
    message = _error(tmp_path)
    assert "broken.md" in message
    assert named in message


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_a_document_without_text_is_named(tmp_path, text):
    assert "a.md has no text" in _error(_write(tmp_path, text).parent)


def test_the_text_may_lack_a_last_line_end(tmp_path):
    assert read_markdown(_write(tmp_path, "No newline"), {}).text == "No newline"


def test_an_id_taken_twice_names_both_files(tmp_path):
    _write(tmp_path, name="one.md")
    _write(tmp_path, name="two.md")
    message = _error(tmp_path)
    assert "one.md" in message
    assert "two.md" in message


def test_translations_share_an_id(tmp_path):
    _write(tmp_path, name="en.md")
    _write(tmp_path, name="it.md", language="it")
    assert [(d.language, d.id) for d in load_documents(tmp_path)] == [("en", "a"), ("it", "a")]


def test_an_empty_or_missing_corpus_says_so(tmp_path):
    assert "holds no documents" in _error(tmp_path)
    assert "There is no corpus" in _error(tmp_path / "nowhere")
    (tmp_path / "corpus.jsonl").write_text("\n\n")
    assert "holds no documents" in _error(tmp_path / "corpus.jsonl")


def test_the_normal_form_loads(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "detect_language", lambda text: "de")
    path = tmp_path / "corpus.jsonl"
    path.write_text(
        '\ufeff{"id": "1", "title": "One", "text": "First.\\r\\n\\u00a0é", "source": "ignored", "url": "https://x.org"}\n\n'
        '{"id": 2, "title": null, "text": "", "language": "it", "as_of": "2024"}',
        encoding="utf-8",
    )
    first, second = load_documents(path)
    assert (first.id, first.title, first.text, first.url) == ("1", "One", "First.\r\n\xa0é", "https://x.org")
    assert (first.language, first.status, first.as_of) == ("de", "current", "")
    assert (second.id, second.title, second.text, second.language, second.as_of) == ("2", "", "", "it", "2024")


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "2", "title": "x", "text": "broken',
        b'{"id": "2", "title": "no text"}',
        b'{"id": "2", "text": null}',
        b'{"id": "2", "text": ["list"]}',
        b'{"id": "", "text": "no id"}',
        b'{"id": "2", "text": "x", "language": "fr"}',
        b'{"id": "2", "text": "\xff"}',
        b'{"id": "2", "text": "lone \\ud800 surrogate"}',
        b'["a", "list"]',
        b"nonsense",
        b'{"id": "1", "text": "A second one.", "language": "en"}',
    ],
)
def test_a_broken_line_is_named(tmp_path, line):
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(b'{"id": "1", "title": "x", "text": "Fine.", "language": "en"}\n\n' + line + b"\n")
    assert f"{path}, line 3" in _error(path)


def test_dropped_files_are_documents_beside_ours(tmp_path):
    _write(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "Bando 2026.txt").write_text("Il bando per le imprese della provincia scade a maggio.")
    (tmp_path / "own" / "notes.md").write_text("---\n\n# Notes\n\nThe hub is open to all firms of the province.\n")
    (tmp_path / ".hidden").write_text("Not read.")
    found = {d.id: d for d in load_documents(tmp_path)}
    assert set(found) == {"a", "own/Bando 2026.txt", "own/notes.md"}
    assert (found["own/Bando 2026.txt"].language, found["own/notes.md"].language) == ("it", "en")


def test_front_matter_of_another_kind_is_no_document_of_ours(tmp_path):
    (tmp_path / "post.md").write_text("---\nlayout: post\n---\n\nThe hub is open to all firms of the province.\n")
    (document,) = load_documents(tmp_path)
    assert "The hub is open" in document.text


def test_a_dropped_file_that_cannot_be_read_is_left_out_with_the_reason(tmp_path):
    _write(tmp_path)
    (tmp_path / "scan.pdf").write_bytes(b"no PDF at all")
    (tmp_path / "table.xlsx").write_bytes(b"PK")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "link.md").symlink_to("/etc/passwd")
    said: list[str] = []
    assert [d.id for d in load_documents(tmp_path, skipped=said.append)] == ["a"]
    assert len(said) == 4
    for name, line in zip(("link.md", "pipe.md", "scan.pdf", "table.xlsx"), said, strict=True):
        assert line.startswith(f"left out: {name}: ")
        assert "\n" not in line
