"""Small files that want to become large, deep or endless."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from tests.corpus.extract.documents import archive, assembled, column, docx, paragraph, pdf, stream

_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_FONT = b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
_DOCUMENT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'

_LINKED_PICTURE = (
    '<w:p><w:r><w:t>Text.</w:t><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
    'wordprocessingDrawing"><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>'
    '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:link="r9" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></pic:blipFill></pic:pic>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)
_LINKED_RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="file:///etc/passwd" '
    'TargetMode="External"/></Relationships>'
)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield file names and contents of those that are seen through at once."""
    yield from ((f"bomb-{name}.docx", content) for name, content in _docx_bombs())
    yield from ((f"bomb-{name}.pdf", content) for name, content in _pdf_bombs())
    yield from ((f"bomb-{name}.html", content) for name, content in _html_bombs())
    yield "bomb-long.txt", b"a b " * 1_500_000


def slow_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield those that take a second or more, each."""
    yield "bomb-endless-text.pdf", _page(b"BT /F 9 Tf 9 9 Td " + b"(All work and no play) Tj " * 400_000 + b"ET")
    yield "bomb-recursive-form.pdf", _recursive_form()
    yield "bomb-forms-of-forms.pdf", _forms_of_forms(12)
    yield "bomb-flate-in-flate.pdf", _flate_in_flate()
    yield "bomb-wide-and-high.html", b"<table><tr>" + b"<td>x" * 20_000 + b"<tr><td>y" * 20_000
    yield "bomb-attributes.html", b"<p " + b" ".join(b"a%d=1" % n for n in range(20_000)) + b">text"


def _docx_bombs() -> Iterator[tuple[str, bytes]]:
    zeros = bytes(10_000_000)
    yield "zeros", _with(**{f"word/media/{n}.png": zeros for n in range(3)})
    yield "many-entries", _with(**{f"word/media/{n}.png": b"x" for n in range(2500)})
    yield "lying-size", _lying(_with(**{"word/document.xml": b" " * 40_000_000}), "word/document.xml", 900)
    yield "nested", _with(**{"word/document.xml": archive({"a.zip": archive({"b": zeros})})})
    yield "outside", _with(**{"../../outside.xml": b"<a/>"})
    yield "absolute", _with(**{"/etc/outside.xml": b"<a/>"})
    yield "backslash", _with(**{"..\\outside.xml": b"<a/>"})
    yield "password", _encrypted(docx(paragraph("Text.")))
    yield "laughs", _with(**{"word/document.xml": _laughs(10, 10)})
    yield "laughs-utf16", _with(**{"word/document.xml": _laughs(10, 10).encode("utf-16")})
    yield "laughs-in-styles", _with(**{"word/styles.xml": _laughs(10, 10)})
    yield "laughs-in-properties", _with(**{"docProps/core.xml": _laughs(10, 10)})
    yield "other-file", _with(**{"word/document.xml": _external("file:///etc/passwd")})
    yield "other-host", _with(**{"word/document.xml": _external("http://127.0.0.1:9/x")})
    yield "deep", _with(**{"word/document.xml": _DOCUMENT + "<w:sdt><w:sdtContent>" * 30_000})
    yield "deep-closed", docx("<w:sdt><w:sdtContent>" * 3000 + "</w:sdtContent></w:sdt>" * 3000)
    yield "linked-picture", docx(_LINKED_PICTURE, **{"word/_rels/document.xml.rels": _LINKED_RELATION})
    yield "no-document", _with(**{"word/document.xml": b""})


def _with(**parts: bytes | str) -> bytes:
    return docx(paragraph("Text."), **parts)


def _lying(content: bytes, name: str, size: int) -> bytes:
    """Make an entry of an archive say that it unpacks to `size` bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as reader:
        true = struct.pack("<I", reader.getinfo(name).file_size)
    return content.replace(true, struct.pack("<I", size))


def _encrypted(content: bytes) -> bytes:
    """Set the flag that says an entry is encrypted, in each local and central header."""
    data = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def _laughs(levels: int, width: int) -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * width}">' for n in range(1, levels))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a>&e{levels - 1};</a>'


def _external(address: str) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "{address}">]>'
        f"{_DOCUMENT}<w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    )


def _pdf_bombs() -> Iterator[tuple[str, bytes]]:
    yield "blank-stream", _page(b" " * 100_000_000)
    yield "deep-arrays", _page(b"[" * 1_000_000)
    yield "deep-dictionary", assembled([_CATALOGUE, b"<< /A " * 100_000 + b">>" * 100_000], b"")
    yield "state-stack", _page(b"q " * 2_000_000)
    yield "huge-picture", _page(b"/X Do", b"<< /XObject << /X 5 0 R >> >>", _picture(b"100000 /Height 100000"))
    yield "pages-in-circle", assembled([_CATALOGUE, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"], b"")
    yield "count-lies", assembled([_CATALOGUE, b"<< /Type /Pages /Kids [] /Count 2000000000 >>"], b"")
    yield "negative-count", assembled([_CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count -5 >>", b"null"], b"")
    yield "many-pages", _many_pages(100_000)
    yield "nine-thousand-pages", _many_pages(9_000)
    yield "deep-page-tree", _deep_page_tree(20_000)
    yield (
        "filters",
        _page(b"x", _FONT, _filters(5000)),
    )
    yield "wrong-length", pdf([column(["Text."])]).replace(b"/Length ", b"/Length 9999999")
    yield "xref-loop", pdf([column(["Text."])]).replace(b"/Root", b"/Prev 15 /Root")
    yield "script", pdf([column(["Text."])], catalogue="/OpenAction << /S /JavaScript /JS (while(1);) >>")
    yield "launch", pdf([column(["Text."])], catalogue="/OpenAction << /S /Launch /F (/bin/sh) >>")


def _page(content: bytes, resources: bytes = _FONT, more: bytes = b"null") -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources
    return assembled([_CATALOGUE, _PAGES, page, stream(content), more], b"")


def _form(resource: bytes) -> bytes:
    return b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %s >> >>" % resource


def _picture(width: bytes) -> bytes:
    return stream(b"\0", b"/Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Width " + width)


def _recursive_form() -> bytes:
    return _page(b"/X Do", b"<< /XObject << /X 5 0 R >> >>", stream(b"/X Do /X Do", _form(b"5 0 R")))


def _forms_of_forms(levels: int) -> bytes:
    """Each form shows the next one ten times."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R %s >>" % _form(b"5 0 R").split(b"] ", 1)[1]
    )
    forms = [stream(b"/X Do " * 10, _form(b"%d 0 R" % (level + 6))) for level in range(levels)]
    text = stream(b"BT /F 9 Tf (x) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources " + _FONT)
    return assembled([_CATALOGUE, _PAGES, page, stream(b"/X Do " * 10), *forms, text], b"")


def _many_pages(count: int) -> bytes:
    pages = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * count, count)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources %s >>" % _FONT
    return assembled([_CATALOGUE, pages, page, stream(b"BT /F 9 Tf (x) Tj ET")], b"")


def _deep_page_tree(depth: int) -> bytes:
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 3) for number in range(depth)]
    return assembled([_CATALOGUE, *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"], b"")


def _filters(count: int) -> bytes:
    return b"<< /Length 1 /Filter [" + b"/FlateDecode " * count + b"] >>\nstream\nx\nendstream"


def _flate_in_flate() -> bytes:
    inner = zlib.compress(zlib.compress(bytes(300_000_000), 1), 9)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    content = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(inner), inner)
    return assembled([_CATALOGUE, _PAGES, page, content], b"")


def _html_bombs() -> Iterator[tuple[str, bytes]]:
    yield "deep", b"<div>" * 20_000 + b"text"
    yield "deep-formatting", b"<b><i><u>" * 3_000 + b"text"
    yield "deep-tables", b"<table><tr><td>" * 2_000 + b"text"
    yield "deep-lists", b"<ul><li>" * 10_000 + b"text"
    yield "spans", b"<table>" + b"<tr>" + b"<td colspan=999999999 rowspan=999999999>x" * 2000 + b"<tr>" * 2000
    yield "entities", b"<p>" + b"&lt;&amp;&notit;&#x202e;&#0;&#xd800;" * 20_000
    yield "comments", b"<!--" * 200_000 + b"-->text"
    yield "unclosed-tag", b"<p>text" + b"<a " * 300_000
    yield "doctype", b'<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><p>&b; text'
