"""The report of a conversation as a Word document."""

import io
import unicodedata
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from ui.export import Report, Source

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph


def word(whole: Report) -> bytes:
    """Return the report as a .docx file."""
    import docx

    document = docx.Document()
    _stamp(document, whole)
    document.add_heading(_storable(whole.title), 0)
    document.add_paragraph(_storable("\n".join(whole.preface)))
    for one in whole.entries:
        document.add_heading(_storable(one.question), 1)
        if one.searched:
            document.add_paragraph(_storable(f"{whole.words.searched_for} {one.searched}"))
        document.add_paragraph(_storable(one.answer))
        if one.origin:
            document.add_paragraph().add_run(_storable(one.origin)).italic = True
        for label, text in one.notices:
            paragraph = document.add_paragraph()
            paragraph.add_run(_storable(f"{label}: ")).bold = True
            paragraph.add_run(_storable(text))
        if one.sources:
            document.add_heading(_storable(whole.words.sources_heading), 2)
        for source in one.sources:
            _add_source(document, source)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _stamp(document: "Document", whole: Report) -> None:
    """Our own properties in place of those of the library's template."""
    about = document.core_properties
    about.title, about.author, about.language, about.comments = whole.title, whole.title, whole.language, ""
    about.created = about.modified = datetime.combine(whole.day, time(), UTC)


def _add_source(document: "Document", source: Source) -> None:
    document.add_paragraph().add_run(_storable(f"[{source.n}] {source.title}")).bold = True
    document.add_paragraph(_storable(source.quote), style="Intense Quote")
    facts = "\n".join(f"{name}: {value}" for name, value in source.details)
    paragraph = document.add_paragraph(_storable(facts))
    if source.url:
        paragraph.add_run().add_break()
        _add_link(paragraph, source.url)


def _add_link(paragraph: "Paragraph", url: str) -> None:
    """The library writes no hyperlinks of its own accord."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.text.run import Run

    link, run = OxmlElement("w:hyperlink"), OxmlElement("w:r")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(run)
    paragraph._p.append(link)
    Run(run, paragraph).text = url
    Run(run, paragraph).font.underline = True


def _storable(text: str) -> str:
    """XML holds no control characters, no lone surrogates and none of its two non-characters."""
    return "".join(
        c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff")
    )
