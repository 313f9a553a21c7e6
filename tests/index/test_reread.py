"""What the reader makes of what was found."""

from corpus.document import Document
from corpus.split import split_document
from index.reader import Readable
from index.reread import FULLY, reread
from index.retrieve import Found, ScoredSentence
from tests.fakes import FakeReader


def found(*texts: str) -> Found:
    """Each text a passage; its sentences score a little less than those before."""
    sentences: list[ScoredSentence] = []
    for n, text in enumerate(texts):
        (chunk,) = split_document(Document(f"d{n}", "en", f"Title {n}", text))
        for span in chunk.sentences:
            sentences.append(ScoredSentence(chunk, span, 1 - 0.01 * len(sentences), 0.9, 0.0))
    return Found([], sentences)


def test_the_sentence_that_answers_comes_first():
    reader = FakeReader("Nine gates")
    first, *rest = reread(reader, "?", found("A wall. A moat.", "A tower.\nNine gates were built.")).sentences
    assert (first.text, first.reading) == ("Nine gates were built.", 4.0)
    assert all(sentence.reading == -8.0 for sentence in rest)


def test_passages_are_read_whole_and_behind_their_heading():
    reader = FakeReader("x")
    reread(reader, "?", found("A wall. A moat."))
    assert reader.seen == [Readable("Title 0", ("A wall.", "A moat."))]


def test_no_sentence_is_lost_and_what_is_not_read_stays_behind():
    given = found(*(f"Thing {n}." for n in range(FULLY.sentences + 3)))
    sentences = reread(FakeReader(f"Thing {FULLY.sentences + 1}"), "?", given).sentences
    assert {s.text for s in sentences} == {s.text for s in given.sentences}
    assert [s.reading is None for s in sentences] == [False] * FULLY.sentences + [True] * 3


def test_a_reader_that_is_sure_does_not_outweigh_everything():
    near, far = found("It is near.", "It is far.").sentences
    far = ScoredSentence(far.chunk, far.span, near.score - 1, 0.9, 0.0)
    assert reread(FakeReader("far"), "?", Found([], [near, far])).sentences[0].text == "It is near."
