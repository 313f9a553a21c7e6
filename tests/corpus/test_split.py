"""Sections, paragraphs, lists, tables and sentences; offsets always point into the document."""

import pytest

from corpus.document import Document
from corpus.split import split_document


def _split(text, language="en", size=1100):
    document = Document("d", language, "Title", text)
    chunks = split_document(document, size)
    assert all(document.text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    return chunks


def _claims(text, language="en"):
    return [chunk.sentence(span) for chunk in _split(text, language) for span in chunk.sentences]


def test_headings_name_the_sections_and_are_in_no_chunk():
    chunks = _split("Before.\n\n# One\n## Two\n\nText of two.\n\n### C# and F# ##\nLast.")
    assert [(c.section, c.text) for c in chunks] == [
        ("", "Before."),
        ("Two", "Text of two."),
        ("C# and F#", "Last."),
    ]


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_a_hash_in_a_fence_is_no_heading(fence):
    chunks = _split(f"# Real\n\nRun this.\n\n{fence}sh\n# not a heading\n{fence}\n\n# Next\n\nDone.")
    assert [chunk.section for chunk in chunks] == ["Real", "Next"]
    assert "# not a heading" in chunks[0].text


def test_an_open_fence_reaches_to_the_end():
    assert [chunk.section for chunk in _split("# A\n\nText.\n\n```\n# no heading\n")] == ["A"]


def test_inline_code_at_the_start_of_a_line_opens_no_fence():
    assert [chunk.section for chunk in _split("```x``` is code.\n\n# B\n\nText.\n\n```\ny\n```\n")] == ["", "B"]


def test_windows_line_endings_mean_the_same():
    text = "# A ##\n\nOne. Two.\n\nTitle\n\n- item one\n- item two\n\n```\n# no\n```\n\n# B\n\nThe end."
    unix, windows = _split(text), _split(text.replace("\n", "\r\n"))
    assert [c.section for c in windows] == [c.section for c in unix] == ["A", "B"]
    assert [c.text.replace("\r\n", "\n") for c in windows] == [c.text for c in unix]
    assert [c.sentence(s) for c in windows for s in c.sentences] == [c.sentence(s) for c in unix for s in c.sentences]


@pytest.mark.parametrize("text", ["", "\n\n \n", "# Only a heading", "\xa0\n\u2003"])
def test_nothing_to_say_makes_no_chunk(text):
    assert _split(text) == []


def test_items_of_lists_are_sentences_with_their_marks():
    text = "There are:\n\n- One item\n  that goes on. And more.\n  - Nested\n* Star\n1. First\n2) Second\n10. Tenth"
    assert _claims(text) == [
        "There are:",
        "- One item\n  that goes on.",
        "And more.",
        "- Nested",
        "* Star",
        "1. First",
        "2) Second",
        "10. Tenth",
    ]


def test_a_wrapped_line_opens_no_list():
    text = "Die Frist begann am\n3. Oktober 2024 und\n**endet** bei\n-5 Grad. Im Jahr\n2017. Ende."
    assert _claims(text, "de")[0] == "Die Frist begann am\n3. Oktober 2024 und\n**endet** bei\n-5 Grad."


def test_rows_of_a_table_are_whole_and_its_rule_claims_nothing():
    text = "| Grant | Max. |\n|:--|--:|\n| Prov. of Trento. Yes. | € 1.000,50 |\r\n| c | d. E |"
    assert _claims(text) == ["| Grant | Max. |", "| Prov. of Trento. Yes. | € 1.000,50 |", "| c | d. E |"]


def test_titles_signatures_and_rules_claim_nothing():
    assert _claims("You are here\n\n**Bold label**\n\n---\n\nIt is so. **Truly.**\n\nThe authors") == [
        "It is so.",
        "**Truly.**",
    ]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "it",
            [
                "Ai sensi dell'art. 16 della legge n. 240/2010 la S.r.l. riceve 1.000,50 euro.",
                "Il sig. Rossi, es. la prov. di Trento, ecc. è invitato.",
                "Il D.Lgs. n. 50 e il D.P.R. 12/3 valgono.",
                "La Dolomiti S.p.A. di Trento paga il 3.5% l'anno.",
                "Vedi pag. 12, cfr. art. 3, co. 2, lett. b).",
                "La L.P. 6/2023 prevede fino a € 10.000.",
            ],
        ),
        (
            "de",
            [
                "Gemäß Art. 16 erhält z. B. die Firma Nr. 5 rund 1.000,50 Euro.",
                "Die Förderung beträgt ca. 35 % der Kosten bzw. max. 2 Mio. Euro.",
                "Laut Abs. 3 gilt u. a. die EU-Verordnung.",
                "Am 3. Oktober 2024 begann die Frist.",
                "Der 1. Platz ging an Dr. Müller.",
                "Die Prov. Trient usw. sind beteiligt.",
                "Die Zahl stieg auf 12.",
                "Danach sank sie.",
            ],
        ),
        (
            "en",
            [
                "Under art. 16 of Law no. 240, e.g. the U.S. company Acme Inc. gets 1,000.50 euro.",
                "The No. 5 hub opened approx. 2017 in St. Martin.",
                "It is a S.p.A.",
                "It works.",
            ],
        ),
    ],
)
def test_abbreviations_and_numbers_do_not_end_a_sentence(language, sentences):
    assert _claims(" ".join(sentences), language) == sentences


def test_a_sentence_longer_than_the_limit_is_a_chunk_of_its_own():
    long = "word " * 100 + "end."
    assert [chunk.text for chunk in _split(f"Short one. {long} Short two.", size=60)] == [
        "Short one.",
        long,
        "Short two.",
    ]


def test_paragraphs_are_kept_together_while_they_fit():
    one, two, three = ("A sentence of some length. " * n for n in (2, 2, 3))
    chunks = _split("\n\n".join(part.strip() for part in (one, two, three)), size=120)
    assert [len(chunk.sentences) for chunk in chunks] == [4, 3]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("È deducibile dalla base IRAP.| Le società pagano l'IRAP.| I lavoratori non pagano l'IRAP.", "it"),
        ("Serve una SRL.| L’atto è pubblico.| La SPA.| Ne parla il codice.", "it"),
        ("Si legge su provincia.tn.it.| Il treno fa 100 km.| La sala ha 30 m².| Taglio laser.| Poi basta.", "it"),
        ("Ne parla l'art. 5 del codice.| Così il sig. Rossi.", "it"),
        ("Sie zahlen einschl. Umsatzsteuer 10 Euro.| Das ist viel.", "de"),
        ("It pays IRAP.| The tax is provincial.", "en"),
        ("Das ist die AG.| Die GmbH zahlt IRAP.| Sie haftet.", "de"),
    ],
)
def test_an_acronym_or_an_apostrophe_hides_no_end_of_a_sentence(text, language):
    expected = [part.strip() for part in text.split("|")]
    assert _claims(text.replace("|", ""), language) == expected
