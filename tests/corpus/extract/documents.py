"""Documents as other programs make them, written by hand so that a test sees every byte of what is read."""

import io
import zipfile
import zlib
from collections.abc import Iterable

# A piece of text of a PDF page: left edge and baseline in points, size of the letters, and the text.
Piece = tuple[float, float, float, str]

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>"""
_PART_RELATIONS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="r2" Type="{_OFFICE}/numbering" Target="numbering.xml"/>
<Relationship Id="r3" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/></Relationships>"""
# As a German Word writes it: the id is translated, the name is not.
_STYLES = f"""<?xml version="1.0" encoding="UTF-8"?><w:styles {_WORD}>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style></w:styles>"""
_NUMBERING = f"""<?xml version="1.0" encoding="UTF-8"?><w:numbering {_WORD}>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>"""
_FOOTNOTES = f"""<?xml version="1.0" encoding="UTF-8"?><w:footnotes {_WORD}>
<w:footnote w:id="1"><w:p><w:r><w:t>What the footnote says.</w:t></w:r></w:p></w:footnote></w:footnotes>"""
_CORE = """<?xml version="1.0" encoding="UTF-8"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
<dc:title>{title}</dc:title><dcterms:modified>{modified}</dcterms:modified></cp:coreProperties>"""


def docx(body: str, title: str = "", modified: str = "2024-05-06T10:00:00Z", **more: bytes | str) -> bytes:
    """Return a Word document with this `<w:body>`; `more` adds or replaces parts by name."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": document(body),
        "word/_rels/document.xml.rels": _PART_RELATIONS,
        "word/styles.xml": _STYLES,
        "word/numbering.xml": _NUMBERING,
        "word/footnotes.xml": _FOOTNOTES,
        "docProps/core.xml": _CORE.format(title=title, modified=modified),
    }
    return archive(parts | more)


def document(body: str) -> str:
    """Return the main part of a Word document."""
    return f'<?xml version="1.0"?><w:document {_WORD}><w:body>{body}</w:body></w:document>'


def archive(parts: dict[str, bytes | str]) -> bytes:
    """Return a zip archive of these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in parts.items():
            writer.writestr(name, content)
    return packed.getvalue()


def paragraph(text: str, style: str = "", numbering: str = "", level: int = 0) -> str:
    """Return a Word paragraph, in a style or as an item of the list `numbering` ("1" bullets, "2" numbers)."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbering:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>'
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(rows: Iterable[Iterable[str]]) -> str:
    """Return a Word table of these cells."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def pdf(pages: list[list[Piece]], info: dict[str, str] | None = None, rotation: int = 0, catalogue: str = "") -> bytes:
    """Return a PDF in Helvetica; `info` is its metadata, `catalogue` more entries of its root."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< " + b" ".join(b"/%s %s" % (k.encode(), _string(v)) for k, v in (info or {}).items()) + b" >>",
    ]
    for number, pieces in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate %d /Contents %d 0 R "
            b"/Resources << /Font << /F 3 0 R >> >> >>" % (rotation, 6 + 2 * number)
        )
        objects.append(stream(b"\n".join(_shown(piece, rotation) for piece in pieces)))
    return assembled(objects)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Return a compressed PDF stream."""
    packed = zlib.compress(content)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), entries, packed)


def assembled(objects: list[bytes], trailer: bytes = b"/Info 4 0 R") -> bytes:
    """Return a PDF file of these objects, numbered from 1; the first is its root."""
    content = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + entries
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(content))
    return content + table + end


def column(lines: Iterable[str], left: float = 72, top: float = 770, size: float = 11, step: float = 14) -> list[Piece]:
    """Return lines of running text one below the other."""
    return [(left, top - step * number, size, line) for number, line in enumerate(lines)]


def _shown(piece: Piece, rotation: int) -> bytes:
    left, baseline, size, text = piece
    # On a page that is turned clockwise for the reader the text is written turned the other way.
    turn = "0 1 -1 0" if rotation == 90 else "1 0 0 1"
    place = f"{595 - baseline} {left}" if rotation == 90 else f"{left} {baseline}"
    return f"BT /F {size} Tf {turn} {place} Tm ".encode() + _string(text) + b" Tj ET"


def _string(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252") + b")"
