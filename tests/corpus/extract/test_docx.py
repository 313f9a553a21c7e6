"""Word's headings, lists, tables and notes arrive; what is deleted, struck out or drawn does not."""

import pytest

from tests.corpus.extract.documents import RELATIONS, archive, document, docx, paragraph, table


def test_headings_lists_tables_and_notes(read):
    note = '<w:p><w:r><w:t>Noted.</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    body = [
        paragraph("Förderung für Gründer", "Titel"),
        paragraph("Wer?", "berschrift1"),
        paragraph("Jede Firma, perché no."),
        paragraph("erstens", numbering="2"),
        paragraph("zweitens", numbering="2"),
        paragraph("eins", numbering="1"),
        paragraph("darunter", numbering="1", level=1),
        paragraph("Wie viel?", "berschrift2"),
        table([["Region", "Euro"], ["Süd", "100"]]),
        note,
    ]
    assert read("a.docx", docx("".join(body))).text == (
        "# Förderung für Gründer\n\n# Wer?\n\nJede Firma, perché no.\n\n1. erstens\n2. zweitens\n- eins\n"
        "  - darunter\n\n## Wie viel?\n\n| Region | Euro |\n|---|---|\n| Süd | 100 |\n\n"
        "Noted.[1]\n\n1. What the footnote says."
    )


def test_tracked_changes_are_read_as_accepted(read):
    changed = (
        '<w:p><w:r><w:t xml:space="preserve">The aid is </w:t></w:r><w:ins w:id="1"><w:r><w:t>50 %</w:t></w:r></w:ins>'
        '<w:del w:id="2"><w:r><w:delText>40 %</w:delText></w:r></w:del><w:r><w:rPr><w:strike/></w:rPr><w:t>30 %</w:t>'
        "</w:r><w:r><w:t>.</w:t></w:r></w:p>"
    )
    assert read("a.docx", docx(changed)).text == "The aid is 50 %."


@pytest.mark.parametrize(
    ("own", "title"), [("Leitfaden 2024", "Leitfaden 2024"), ("", "Wer?"), ("Dokument1.docx", "Wer?")]
)
def test_title_and_day_come_from_the_properties(read, own, title):
    content = docx(paragraph("Wer?", "berschrift1") + paragraph("Text."), own, "2024-05-06T22:30:00Z")
    found = read("a.docx", content)
    assert (found.title, found.as_of) == (title, "2024-05-06")


def test_a_document_without_headings_is_named_after_its_file(read):
    assert read("bando_di-gara.docx", docx(paragraph("Testo."))).title == "bando di gara"


def test_merged_cells_are_filled(read):
    def cell(text, properties=""):
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = [
        cell("Aid", '<w:gridSpan w:val="2"/>') + cell("EUR"),
        cell("loan", '<w:vMerge w:val="restart"/>') + cell("small") + cell("10"),
        cell("", "<w:vMerge/>") + cell("a | b") + cell("20"),
    ]
    body = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert read("a.docx", docx(body)).text.split("\n") == [
        "| Aid |  | EUR |",
        "|---|---|---|",
        "| loan | small | 10 |",
        r"| loan | a \| b | 20 |",
    ]


def test_the_main_part_may_have_another_name(read):
    renamed = {
        "word/document2.xml": document(paragraph("Text.")),
        "_rels/.rels": RELATIONS.replace("document.xml", "document2.xml"),
    }
    assert read("a.docx", docx("", **renamed)).text == "Text."


def test_an_embedded_workbook_is_left_alone(read):
    workbook = archive({"xl/workbook.xml": "<workbook/>"})
    assert read("a.docx", docx(paragraph("Text."), **{"word/embeddings/sheet.xlsx": workbook})).text == "Text."


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"word/media/a.png": bytes(1_000_000)}, "would unpack to 1 MB"),
        ({f"word/media/{n}.png": b"x" for n in range(2001)}, "holds more than 2,000 entries"),
        ({"../a.xml": "<a/>"}, "holds entries that point out of it"),
        ({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "holds a document type definition"),
        ({"word/document.xml": "<a"}, "is damaged (ExpatError)"),
        ({"[Content_Types].xml": "<Types/>"}, "is a zip archive, but no Word document"),
        ({"word/document.xml": "<a/>"}, "is damaged"),
    ],
)
def test_what_is_wrong_is_named(refusal, parts, reason):
    assert refusal("a.docx", docx(paragraph("Text."), **parts)).startswith(reason)


def test_a_document_without_text_is_named(refusal):
    assert refusal("a.docx", docx("<w:p/>")) == "has no text. Fill it, or remove it."
