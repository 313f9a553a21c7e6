"""Pages become sections, lines become paragraphs; what runs along every page and what parts words is gone."""

import pytest

from tests.corpus.extract.documents import assembled, column, pdf, stream

LONG = "The agency helps firms that want to settle in the province, from the first idea to"


def _body(text: str, page: int = 1) -> str:
    return text.split(f"## p. {page}\n\n")[1].split("\n\n## p.")[0].strip()


def test_each_page_is_a_section(read):
    text = read("a.pdf", pdf([column(["One."]), [], column(["Three."])])).text
    assert text == "## p. 1\n\nOne.\n\n## p. 3\n\nThree.\n"


def test_wrapped_lines_are_one_paragraph_and_breaks_on_purpose_are_kept(read):
    lines = [LONG, "the first employee. It costs nothing.", "Opening hours", "Monday to Friday"]
    assert _body(read("a.pdf", pdf([column(lines)])).text).split("\n\n") == [
        f"{LONG} the first employee. It costs nothing.",
        "Opening hours",
        "Monday to Friday",
    ]


def test_a_gap_or_larger_letters_begin_a_paragraph(read):
    page = [(72, 780, 18, "Aid"), *column([LONG, LONG], top=760), *column([LONG, LONG], top=720)]
    assert _body(read("a.pdf", pdf([page])).text).split("\n\n") == ["Aid", f"{LONG} {LONG}", f"{LONG} {LONG}"]


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("Unternehmen, die vor allem im Ausland und in der Provinz inno-", "vative Größen suchen", "innovative Größen"),
        (
            "Unternehmen im Ausland und in der Provinz, für die Forschungs-",
            "und Entwicklung zählt",
            "Forschungs- und E",
        ),
        ("Unternehmen im Ausland und in der Provinz und auch die Nord-", "Süd-Verbindung", "Nord-Süd-Verbindung"),
        (
            "A long-term plan for firms in the province is always a long-",
            "term plan for people",
            "a long-term plan for p",
        ),
        ("Le imprese che si insediano in provincia di Trento sono agevo-", "late perché no", "agevolate perché"),
    ],
)
def test_hyphenated_words_are_mended(read, first, second, whole):
    assert whole in _body(read("a.pdf", pdf([column([first, second])])).text)


def test_running_headers_and_page_numbers_are_dropped(read):
    pages = [
        [(72, 810, 9, "Report of the Agency"), *column([f"What stands on leaf {'I' * n}."]), (290, 30, 9, f"{n} / 4")]
        for n in range(1, 5)
    ]
    text = read("a.pdf", pdf(pages)).text
    assert "Report" not in text
    assert "/ 4" not in text
    assert "What stands on leaf III." in text


def test_a_sentence_over_a_page_break_stands_where_it_begins(read):
    text = read("a.pdf", pdf([column([LONG]), column(["the first employee. It costs nothing."])])).text
    assert text == f"## p. 1\n\n{LONG} the first employee.\n\n## p. 2\n\nIt costs nothing.\n"


def test_columns_are_read_one_after_the_other(read):
    left = column(
        ["The agency helps firms that want to", "settle in the province, which has so", "many lakes and high"]
    )
    right = column(["mountains that it is worth a visit in", "any season of the year."], left=320)
    text = _body(read("a.pdf", pdf([left + right])).text)
    assert text.endswith(
        "which has so many lakes and high mountains that it is worth a visit in any season of the year."
    )


def test_wide_gaps_make_rows_and_bullets_items(read):
    table = [
        (x, y, 11, text)
        for y, row in ((700, ("Region", "EUR")), (686, ("Süd", "100")))
        for x, text in zip((72, 250), row, strict=True)
    ]
    items = [(72, 640, 11, "•"), (90, 640, 11, "first item"), (72, 626, 11, "•"), (90, 626, 11, "second item")]
    assert _body(read("a.pdf", pdf([table + items])).text).split("\n\n") == [
        "| Region | EUR |\n| Süd | 100 |",
        "- first item",
        "- second item",
    ]


def test_a_page_on_its_side_is_read_as_it_is_turned(read):
    assert (
        _body(read("a.pdf", pdf([column([LONG, "the first employee."])], rotation=90)).text)
        == f"{LONG} the first employee."
    )


def test_nothing_in_a_page_becomes_a_heading_or_a_fence(read):
    text = read("a.pdf", pdf([column(["# no heading", "```", "~~~ no fence"]), column(["Two."])])).text
    assert [line for line in text.split("\n") if line.startswith("#")] == ["## p. 1", "## p. 2"]
    assert "    # no heading" in text
    assert "\n```" not in text


@pytest.mark.parametrize(
    ("metadata", "title"),
    [
        ({"Title": "Guide für Gründer"}, "Guide für Gründer"),
        ({"Title": "Microsoft Word - Dokument1.docx"}, "The large line"),
        ({}, "The large line"),
    ],
)
def test_the_title_is_its_own_else_its_largest_line(read, metadata, title):
    page = [(72, 790, 20, "The large line"), *column([LONG, LONG, LONG])]
    assert read("a.pdf", pdf([page], metadata)).title == title


def test_without_a_title_the_name_is_made_readable(read):
    assert read("annual_report-2024.pdf", pdf([column([LONG, LONG])])).title == "annual report 2024"


@pytest.mark.parametrize(
    ("metadata", "day"),
    [
        ({"ModDate": "D:20240229101500+01'00'", "CreationDate": "D:20200101"}, "2024-02-29"),
        ({"CreationDate": "D:20200101"}, "2020-01-01"),
        ({"ModDate": "D:20240230"}, ""),
        ({"ModDate": "yesterday"}, ""),
        ({"ModDate": "D:16010101000000"}, ""),
        ({}, ""),
    ],
)
def test_the_day_of_the_last_change(read, metadata, day):
    assert read("a.pdf", pdf([column(["Text."])], metadata)).as_of == day


def test_a_scanned_document_is_named_as_one(refusal):
    picture = stream(
        b"\0" * 3, b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    )
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /XObject << /X 4 0 R >> >> >>"
    )
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, picture]
    reason = refusal("a.pdf", assembled([*objects, stream(b"9 0 0 9 0 0 cm /X Do")], b""))
    assert reason == ("has no text (scanned?). Run it through text recognition (OCR) and put the result in its place.")


def test_a_password_is_named(refusal):
    keys = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    locked = pdf([column(["Text."])]).replace(b"/Info 4 0 R", b"/Encrypt %s /ID [<00> <00>]" % keys)
    assert refusal("a.pdf", locked) == "has a password. Save it without one."


def test_what_comes_before_the_document_is_passed_over(read):
    assert "Text." in read("a.pdf", b"junk of a mail server\n" + pdf([column(["Text."])])).text


def test_raised_figures_do_not_lengthen_others(read):
    page = [(72, 770, 11, "The aid is at most 200.000"), (201.9, 775, 7, "12"), (212, 770, 11, "euro a year, of 10")]
    page += [(298.5, 775, 7, "6"), (305, 770, 11, "in all.")]
    assert _body(read("a.pdf", pdf([page])).text) == "The aid is at most 200.000¹² euro a year, of 10⁶ in all."
