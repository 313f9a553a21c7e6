"""What a file is by its first bytes, whatever its name says."""

from corpus.errors import CorpusError

HEAD_BYTES = 1024
_PDF, _ZIP = "a PDF", "a zip archive (as DOCX and XLSX are)"
_SIGNATURES = (
    (b"%PDF-", _PDF),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.doc, .xls), or one with a password"),
    (b"{\\rtf", "an RTF text"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"SQLite format 3\0", "a database"),
)
_WANTED = {".pdf": _PDF, ".docx": _ZIP}


def refuse_disguised(suffix: str, head: bytes) -> None:
    """Raise `CorpusError` when the first bytes contradict the suffix; those of a text are not looked at closer here."""
    found = next((kind for mark, kind in _SIGNATURES if head.startswith(mark)), None)
    if suffix == ".pdf" and found is None and b"%PDF-" in head:
        return  # allowed by the format: up to 1024 bytes of anything come first
    if found != _WANTED.get(suffix):
        what = f"is {found}" if found else "begins with something else"
        raise CorpusError(f"{what}, though its name ends in {suffix}. Save it as {suffix}, or rename it.")
