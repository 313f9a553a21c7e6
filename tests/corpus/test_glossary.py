"""Terms of a question are written out in its language; what only looks like a term is left alone."""

import pytest

from corpus.errors import CorpusError
from corpus.glossary import Glossary, Term, glossary_beside, read_glossary
from corpus.load import DOCUMENTS

SRL = Term(
    acronym="SRL",
    variants=("S.r.l.",),
    names={"en": ("limited company",), "it": ("società a responsabilità limitata",), "de": ("GmbH",)},
)
SRLS = Term(acronym="SRLS", names={"en": ("simplified limited company",)})
ITS = Term(acronym="ITS", is_word=True, names={"en": ("higher technical institute",)})
PERMIT = Term(acronym=None, names={"en": ("work permit",), "it": ("permesso di lavoro",)})
TERMS = (SRL, SRLS, ITS, PERMIT)


@pytest.mark.parametrize(
    ("question", "language", "added"),
    [
        ("What capital does an SRL need?", "en", ["limited company"]),
        ("what capital does an srl need", "en", ["limited company"]),
        ("Costa molto una S.r.l.?", "it", ["SRL", "società a responsabilità limitata"]),
        ("Was kostet eine GmbH?", "de", ["SRL"]),
        ("Is a società a responsabilità limitata an SRL?", "en", ["limited company"]),
        ("What is its capital?", "en", []),
        ("Which ITS is in Rovereto?", "en", ["higher technical institute"]),
        ("Do I need a permesso di lavoro?", "en", ["work permit"]),
        ("Do I need a work permit?", "en", []),
        ("What is an SRLS?", "en", ["simplified limited company"]),
        ("What is a (SRL) [x?", "en", ["limited company"]),
    ],
)
def test_terms_are_written_out(question, language, added):
    assert Glossary(TERMS).expansions(question, language) == added


def test_the_glossary_of_the_project_names_each_term_in_three_languages():
    terms = read_glossary(glossary_beside(DOCUMENTS))
    assert len(terms) > 60
    assert [term for term in terms if set(term.names) != {"en", "it", "de"}] == []
    acronyms = [term.acronym for term in terms if term.acronym]
    assert len(acronyms) == len(set(acronyms))


def test_no_glossary_has_no_terms_and_a_bad_one_is_named(tmp_path):
    file = glossary_beside(tmp_path / "documents")
    assert read_glossary(file) == ()
    file.write_text('{"terms": [{"acronym": "X"}]}', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"glossary\.json"):
        read_glossary(file)
