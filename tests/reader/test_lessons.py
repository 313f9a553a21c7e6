"""What the generator's judgement is trained on."""

from pathlib import Path

from corpus.load import DOCUMENTS, load_documents
from reader.articles import every_third
from reader.lessons import OWN, REPLAYED, own_lessons
from reader.own import written
from reader.packs import Asked

ASKED = written(DOCUMENTS, "short")
BEFORE = [Asked("public", ("A sentence.",), ("Why?",), (True,))] * 100


def made() -> list[Asked]:
    return own_lessons(ASKED, DOCUMENTS, 0, BEFORE)


def test_each_passage_has_questions_that_it_answers_and_their_near_misses():
    own = [lesson for lesson in made() if lesson.source != "public"]
    assert len(own) == OWN
    assert all(len(lesson.questions) == len(lesson.answered) >= 2 for lesson in own)
    answered = [label for lesson in own for label in lesson.answered]
    assert 0.45 < sum(answered) / len(answered) < 0.55


def test_some_of_what_was_learnt_before_is_read_again():
    assert sum(lesson.source == "public" for lesson in made()) == REPLAYED


def test_nothing_of_a_held_out_document_is_answered():
    documents = list(load_documents(Path(DOCUMENTS)))
    apart = every_third(document.id for document in documents)
    held = {" ".join(d.text.split()) for d in documents if d.id in apart}
    free = {" ".join(d.text.split()) for d in documents if d.id not in apart}
    for lesson in made():
        if lesson.source != "public":
            told = [s for s in lesson.sentences if any(s in text for text in held)]
            assert all(any(s in text for text in free) for s in told)


def test_the_lessons_are_always_the_same():
    assert made() == made()
