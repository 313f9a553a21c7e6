"""What a page says is read; what surrounds it, draws it or hides in it is not."""

import pytest

PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title> Förderung &amp;
 Recht </title><meta property="article:modified_time" content="2024-03-04T05:06:07+01:00">
<meta name="date" content="2020-01-01"><style>p { color: red }</style></head><body>
<header><p>Banner</p></header><nav><ul><li>Start</ul></nav>
<h1>Förderung</h1><p>Wer <b>gründet</b>,<br>bekommt&nbsp;Geld.
<h2>Wie viel?</h2><ul><li>wenig<li>mehr<ul><li>am meisten</ul></ul><ol><li>erstens<li>zweitens</ol>
<table><caption>Sätze</caption><tr><th>Region<th>Euro<tr><td>Süd<td>10<sup>6</sup></table>
<script>alert("no")</script><form><p>Search<input></form><aside>Ads</aside><template><p>never</p></template>
<p># keine Überschrift</p><del>gestrichen</del><pre>  a
    b</pre><footer>Impressum</footer></body></html>"""


def test_a_page(read):
    found = read("a.html", PAGE)
    assert (found.title, found.as_of) == ("Förderung & Recht", "2024-03-04")
    assert found.text == (
        "# Förderung\n\nWer gründet,\nbekommt Geld.\n\n## Wie viel?\n\n- wenig\n- mehr\n  - am meisten\n1. erstens\n"
        "2. zweitens\n\nSätze\n\n| Region | Euro |\n|---|---|\n| Süd | 10⁶ |\n\n    # keine Überschrift\n\n  a\n    b"
    )


def test_the_main_part_is_enough_and_keeps_its_header(read):
    page = "<div>menu</div><main><header><h1>Aid</h1></header><p>Text.<nav>more</nav></main><div>contact</div>"
    assert read("a.htm", page).text == "# Aid\n\nText."


@pytest.mark.parametrize("page", ["<form><h1>Aid</h1><p>Text.</form>", "<header><h1>Aid</h1><p>Text.</header>"])
def test_a_page_that_is_all_form_or_header_is_read(read, page):
    assert read("a.html", page).text == "# Aid\n\nText."


def test_a_table_that_arranges_the_page_is_no_table(read):
    page = "<table><tr><td><h2>Left</h2><p>One.<td><table><tr><td>a<td>b</table></table>"
    assert read("a.html", page).text == "## Left\n\nOne.\n\n| a | b |\n|---|---|"


def test_cells_over_several_rows_are_repeated(read):
    page = "<table><tr><th>Aid<th>EUR<tr><td rowspan=2>loan<td>10<tr><td>20<tr><td colspan=2>none</table>"
    assert read("a.html", page).text.split("\n") == [
        "| Aid | EUR |",
        "|---|---|",
        "| loan | 10 |",
        "| loan | 20 |",
        "| none |  |",
    ]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (b"<p>caf\xe9 \x80", "café €"),
        (b'<meta charset="iso-8859-1"><p>caf\xe9', "café"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1250"><p>\xe8', "č"),
        (b'<meta charset="utf-7"><p>+AGE-', "+AGE-"),
        ("\ufeff<p>café".encode(), "café"),
        ("<p>café".encode("utf-16"), "café"),
        (b"<p>a&#0;b&#x202e;c&#xd800;d&shy;e", "a�bc�de"),
    ],
)
def test_encodings_and_characters(read, page, text):
    assert read("a.html", page).text == text


def test_the_title_is_the_heading_where_there_is_none(read):
    assert read("a.html", "<p>Before.<h2>Aid &amp; law</h2><p>Text.").title == "Aid & law"


def test_a_page_drawn_by_scripts_has_no_text(refusal):
    reason = refusal(
        "a.html", "<title>App</title><div id=root></div><script>draw()</script><noscript>Enable</noscript>"
    )
    assert reason == "has no text. If scripts draw it, open it in a browser and print what is shown to PDF."


def test_deep_trees_are_read(read):
    assert read("a.html", "<div>" * 5000 + "<p>Text.").text == "Text."
