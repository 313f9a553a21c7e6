"""DOCX through mammoth, which knows what Word's styles and numbers mean, to HTML; from there as every page."""

import io
import re
import zipfile
from xml.etree import ElementTree

import mammoth
from selectolax.lexbor import LexborHTMLParser

from corpus.errors import CorpusError
from corpus.extract.limits import ENTRIES, UNPACKED_BYTES, UNPACKED_RATIO
from corpus.extract.markdown import markdown
from corpus.extract.raw import Raw
from corpus.extract.text import first_heading

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='heading 7'] => h6:fresh
p[style-name='heading 8'] => h6:fresh
p[style-name='heading 9'] => h6:fresh
"""
_FOOTNOTE_BACK = re.compile(r'<a href="#(?:foot|end)note-ref-[^"]*">↑</a>')
_CORE = "docProps/core.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_MODIFIED = "{http://purl.org/dc/terms/}modified"


def read_docx(data: bytes) -> Raw:
    """Read a Word document. Raises `CorpusError` when it is no sound DOCX; other errors are the parsers'."""
    parts = _unpacked(data)
    if b"wordprocessingml" not in parts.get("[Content_Types].xml", b""):
        raise CorpusError("is a zip archive, but no Word document. Save it as .docx.")
    # Pictures are left where they are; styles that the document brings along could make anything of its text.
    done = mammoth.convert_to_html(
        _packed(parts),
        style_map=_STYLES,
        include_embedded_style_map=False,
        convert_image=mammoth.images.img_element(lambda image: {}),
    )
    tree = LexborHTMLParser(_FOOTNOTE_BACK.sub("", done.value))
    text = markdown(tree.body) if tree.body else ""
    title, changed = _core(parts.get(_CORE, b""))
    return Raw(text, (title, first_heading(text)), changed)


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Return the XML parts of the archive by name. Nothing is unpacked before its sizes are known to be sound."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        _refuse_bomb(entries, len(data))
        wanted = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
        return {entry.filename: _held_to_its_size(archive, entry) for entry in wanted}


def _refuse_bomb(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES:
        raise CorpusError(f"holds more than {ENTRIES:,} entries, too many for a document. Save it anew.")
    if unpacked > min(UNPACKED_BYTES, UNPACKED_RATIO * size):
        raise CorpusError(
            f"would unpack to {unpacked // 1_000_000:,} MB, {unpacked // size:,} times its size. Save it anew."
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise CorpusError("has a password. Save it without one.")
        if entry.filename.startswith("/") or ".." in entry.filename.split("/") or "\\" in entry.filename:
            raise CorpusError("holds entries that point out of it. Save it anew.")


def _held_to_its_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        content = part.read(entry.file_size)
        # Reading on at the end makes zipfile check length and checksum.
        if len(content) < entry.file_size or part.read(1):
            raise CorpusError("is damaged: a part is not as large as it says. Save it anew.")
    # Documents need no DTD, bombs and references to other files do. (Zeros: in UTF-16 every other byte is one.)
    if b"<!DOCTYPE" in content.replace(b"\0", b"").upper():
        raise CorpusError("holds a document type definition, as no Word document does. Save it anew.")
    return content


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    """Return an archive of just these parts, not compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed


def _core(properties: bytes) -> tuple[str, str]:
    """Return title and date of change from the document's properties."""
    try:
        root = ElementTree.fromstring(properties)
    except ElementTree.ParseError:
        return "", ""
    return root.findtext(_TITLE) or "", root.findtext(_MODIFIED) or ""
