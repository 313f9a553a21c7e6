"""Text files are read as they are, whatever their encoding; what is no text is refused."""

import pytest

from corpus.extract.text import clean, literal


def test_a_text_is_kept_as_it_is(read):
    found = read("opening_hours.txt", "First line\r\n\r\n  second – line\r\n")
    assert (found.title, found.text, found.as_of) == ("opening hours", "First line\n\n  second – line\n", "")


def test_a_markdown_file_keeps_its_headings(read):
    found = read("a.md", "Intro.\n\n# The title #\n\nText.\n")
    assert (found.title, found.text) == ("The title", "Intro.\n\n# The title #\n\nText.\n")


def test_no_line_of_a_text_becomes_a_heading_or_a_fence(read):
    assert read("a.txt", "# one\n   ## two\n#3\n```\n~~~\n").text == "    # one\n    ## two\n#3\n    ```\n    ~~~\n"


@pytest.mark.parametrize(
    "content",
    [
        "Größe, perché: €".encode(),
        "\ufeffGröße, perché: €".encode(),
        "Größe, perché: €".encode("utf-16"),
        b"\xfe\xff" + "Größe, perché: €".encode("utf-16-be"),
        "Größe, perché: €".encode("cp1252"),
    ],
)
def test_encodings(read, content):
    assert read("a.txt", content).text == "Größe, perché: €"


def test_a_damaged_character_in_a_long_text_is_put_up_with(read):
    sound = ("Größe zählt. " * 100).encode()
    assert read("a.txt", sound[:-2] + b"\xff.").text.endswith("�.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a\0b", "holds zero bytes"),
        ("Text".encode("utf-16-le"), "holds zero bytes"),
        (bytes(range(1, 32)) * 10, "is full of control characters"),
        ("äöü".encode() + b"\xff", "is UTF-8 text with damaged bytes, the first at 6."),
        (b"caf\x81", "is neither UTF-8 nor windows-1252 text (byte 3)"),
        ("Размер".encode("cp1251"), "is in an unknown encoding"),
        (b"\xff\xfe\x00\xd8", "is neither UTF-8 nor utf-16 text"),
        (b"%PDF-1.7 ...", "is a PDF, though its name ends in .txt"),
        (b"--- --- ---", "has no text"),
        (b"", "is empty"),
        (b"a " * 2_500_001, "holds more than 5 million characters"),
    ],
)
def test_what_is_no_text_is_named(refusal, content, reason):
    assert refusal("a.txt", content).startswith(reason)


def test_characters_that_nobody_sees_are_dropped():
    assert clean("a\0b\x1b[0m\u202ec\u2066d\u200be\ufefff\ud800g\U000e0041h\u00ad\r\ni\u2028j") == "ab[0mcdefgh\ni\nj"


def test_what_has_a_meaning_is_kept():
    kept = "naïve “quotes” – 10 000\u00a0€ \U0001f468\u200d\U0001f469\u200d\U0001f466 x²\ty\n"
    assert clean(kept) == kept


def test_literal_text_can_be_cleaned_again():
    assert clean(literal("# a")) == literal(literal("# a")) == "    # a"
