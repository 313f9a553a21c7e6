"""Whatever the text: nothing is lost, nothing is changed, nothing is cut twice."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.document import Document
from corpus.split import split_document

_PIECES = """Trento art. 16 n. S.r.l. S.p.A. z. B. Nr. 1.000,50 2,68 % è über naïve 🚀 don't (sic) «Polo» – 3. u.s.w.
HIT e.g. ecc. **fett** * - | # ``` ` ~~~ a\xa0b \u200b 35° 1) 2017. www.example.it"""
_WORDS = st.sampled_from(re.split("[ \n]", _PIECES))
_GAP = st.sampled_from([" ", " ", " ", "\n", "\xa0", "  ", "\t", "\r\n"])
_END = st.sampled_from([".", "!", "?", "…", "", ":", ".”", ".**", "。"])
_MARK = st.sampled_from(
    ["", "", "", "- ", "* ", "  - ", "1. ", "12) ", "> ", "| ", "    ", "# ", "### ", "#", "```", "~~~"]
)
_BREAK = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\n \t\n", "\n\xa0\n", "\n\n\n", " ", ""])
_SENTENCE = st.builds(
    lambda words, end: "".join(word + gap for word, gap in words).rstrip() + end,
    st.lists(st.tuples(_WORDS, _GAP), min_size=1, max_size=12),
    _END,
)
_TEXT = st.lists(st.tuples(_MARK, _SENTENCE, _BREAK).map("".join), max_size=12).map("".join)
_HEADING = re.compile(r"^#{1,6}[ \t].*$", re.MULTILINE)


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(text=_TEXT, language=st.sampled_from(["en", "it", "de"]), size=st.integers(20, 300))
def test_nothing_is_lost_or_changed(text, language, size):
    document = Document("d", language, "T", text)
    covered, end_before = set(), 0
    for chunk in split_document(document, size):
        assert document.text[chunk.start : chunk.end] == chunk.text == chunk.text.strip()
        assert end_before <= chunk.start < chunk.end
        end_before = chunk.end
        covered.update(range(chunk.start, chunk.end))
        _check_sentences(chunk, size)
    headings = {i for match in _HEADING.finditer(text) for i in range(*match.span())}
    lost = [i for i, letter in enumerate(text) if not letter.isspace() and i not in covered and i not in headings]
    assert not lost


def _check_sentences(chunk, size):
    position = chunk.start
    for span in chunk.sentences:
        assert position <= span.start < span.end <= chunk.end
        assert chunk.sentence(span) == chunk.text[span.start - chunk.start : span.end - chunk.start]
        assert chunk.sentence(span).strip() == chunk.sentence(span)
        position = span.end
    # Only what cannot be cut may be too long: one sentence, or one line that claims nothing.
    assert len(chunk.text) <= size or len(chunk.sentences) <= 1


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=st.text(max_size=300), language=st.sampled_from(["en", "it", "de"]))
def test_any_text_can_be_split(text, language):
    for chunk in split_document(Document("d", language, "T", text)):
        assert text[chunk.start : chunk.end] == chunk.text


def test_the_same_text_gives_the_same_chunks():
    document = Document("d", "en", "T", "One. Two.\n\n# A\n\nThree.")
    assert split_document(document) == split_document(document)
    assert [chunk.id for chunk in split_document(document)] == ["en/d:0-9", "en/d:16-22"]
