from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Citation
from assistant.evidence import (
    KIND_BONUS,
    LONGEST,
    LONGEST_LIST,
    MOST,
    beside,
    cite,
    collect,
    prefer_kind,
    with_other_side,
)
from corpus.document import Document, Reference
from index.words import terms
from tests.assistant.fakes import DOCUMENTS, HUB, OneDocument, sentences

FIRST = "The Mechatronics Hub in Rovereto is run by Trentino Sviluppo."
SECOND = "It hosts 30 companies on 12.000 square metres."


def document(*parts: str, language: str = "en") -> Document:
    return Document("d", language, "Title", " ".join(parts))


def quoted(doc: Document, order: list[int], most: int = MOST) -> list[str]:
    found = sentences(doc)
    return [quote.text for quote in collect([found[i] for i in order], OneDocument(doc), most)]


def test_quotes_are_verbatim_and_numbered_from_one(found):
    best = found.search("Who runs the Mechatronics Hub?", "en").sentences
    quotes = collect(best, found)
    assert [quote.citation.n for quote in quotes] == list(range(1, MOST + 1))
    for quote in quotes:
        c = quote.citation
        assert found.document(c.document, c.language).text[c.start : c.end] == c.quote


def test_a_citation_says_where_its_document_comes_from(found):
    (quote,) = collect(found.search("Who runs the Mechatronics Hub?", "en").sentences, found, most=1)
    c = quote.citation
    assert (c.document, c.language, c.title, c.section) == ("hub", "en", HUB.title, "The Mechatronics Hub")
    assert (c.as_of, c.valid_until, c.status, c.url) == ("2025-11", None, "current", HUB.url)


def _told(*references: Reference, section: str = "Figures") -> Citation:
    text = f"## {section}\n\nIn 2018 there were 29 firms. In 2025 there were 80 firms.\n"
    told = Document("d", "en", "Title", text, as_of="2025-11", url="https://example.org/all", references=references)
    (quote,) = collect(sentences(told)[:1], OneDocument(told), most=1)
    return quote.citation


OLD = Reference(40, "d.old", "2018", "2018-12-31", "source", "An office", "https://example.org/2018")
NEW = Reference(69, "d.new", "2025-11", None, "knowledge-low", "", None)


def test_a_citation_has_the_origin_of_its_own_statement():
    c = _told(OLD, NEW)
    assert c.quote == "In 2018 there were 29 firms."
    assert (c.as_of, c.valid_until, c.url, c.publisher) == ("2018", "2018-12-31", OLD.url, "An office")
    assert (c.facts, c.confidence) == (("d.old",), "source")


def test_of_two_facts_the_weaker_one_counts():
    weak = Reference(40, "d.weak", "2016", None, "knowledge-high", "", None)
    c = _told(OLD, weak)
    assert (c.as_of, c.valid_until, c.confidence) == ("2016", "2018-12-31", "knowledge-high")
    assert c.facts == ("d.old", "d.weak")


def test_without_facts_a_citation_has_the_origin_of_its_document():
    c = _told()
    assert (c.as_of, c.url, c.facts) == ("2025-11", "https://example.org/all", ())


@pytest.mark.parametrize("section", ["Firms (historic, 2018)", "Imprese (storico, 2018)", "Firmen (historisch, 2018)"])
def test_a_historic_section_makes_its_quotes_historic(section):
    assert _told(section=section).status == "historic"
    assert _told(section="Historic firms").status == "current"


def test_a_sentence_that_points_back_is_quoted_with_the_one_before(found):
    best = next(s for s in found.search("30 companies hosts", "en").sentences if s.text == SECOND)
    (quote,) = collect([best], found)
    assert quote.text == f"{FIRST} {SECOND}"


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "FBK does research.", "They employ 400 people."),
        ("it", "Il polo è a Rovereto.", "Questo ospita 30 imprese."),
        ("de", "Das Zentrum liegt in Rovereto.", "Dort arbeiten 30 Firmen."),
    ],
)
def test_pointing_back_is_known_in_every_language(language, first, second):
    assert quoted(document(first, second, language=language), [1]) == [f"{first} {second}"]


def test_a_sentence_with_its_own_subject_stands_alone():
    assert quoted(document("FBK does research.", "HIT transfers it."), [1]) == ["HIT transfers it."]


def test_a_first_sentence_that_points_back_has_nothing_before_it():
    assert quoted(document("It hosts 30 firms.", "HIT transfers it."), [0]) == ["It hosts 30 firms."]


def test_quotes_that_share_a_sentence_become_one():
    doc = document("A hub is in Rovereto.", "It hosts firms.", "They make machines.", "HIT is in Trento.")
    assert quoted(doc, [2, 1, 3]) == ["A hub is in Rovereto. It hosts firms. They make machines.", "HIT is in Trento."]


def test_a_joined_quote_is_no_longer_than_the_limit():
    long = "x " * (LONGEST // 2 - 20)
    doc = document(f"A hub is {long}there.", "It hosts firms.", "They make machines.")
    texts = quoted(doc, [1, 2])
    assert texts == [doc.text[: doc.text.index(" They")], "They make machines."]


def test_a_sentence_between_two_quotes_does_not_make_them_overlap():
    doc = document("A hub is in Rovereto.", "It hosts firms.", "They make machines.")
    assert quoted(doc, [0, 2, 1]) == ["A hub is in Rovereto.", "It hosts firms. They make machines."]


def _shares(*items: str, facts: str) -> list[str]:
    """Quote the second item of a list whose items rest on facts, a letter each."""
    text = "".join(f"- {item}\n" for item in items)
    ends = [at for at, letter in enumerate(text) if letter == "\n"]
    told = tuple(
        Reference(end - 1, f"d.{f}", "2025", None, "source", "", None) for end, f in zip(ends, facts, strict=True)
    )
    doc = Document("d", "en", "Title", text, references=told)
    found = sentences(doc)
    return [quote.text for quote in collect([found[1]], OneDocument(doc))]


def test_items_that_tell_one_fact_are_quoted_together():
    shares = ("A takes 104 million.", "B takes 266 million.", "C takes 278 million.")
    assert _shares(*shares, facts="sss") == ["- A takes 104 million.\n- B takes 266 million.\n- C takes 278 million."]
    assert _shares(*shares, facts="ssx") == ["- A takes 104 million.\n- B takes 266 million."]
    assert _shares(*shares, facts="xyz") == ["- B takes 266 million."]


def test_a_long_list_is_not_quoted_as_a_whole():
    long = "Alpha takes " + "very " * (LONGEST_LIST // 10) + "much."
    assert _shares(long, long, long, facts="sss") == [f"- {long}"]


def test_no_more_quotes_than_asked_for():
    doc = document("One is here.", "Two is here.", "Three is here.", "Four is here.", "Five is here.")
    assert len(quoted(doc, [0, 1, 2, 3, 4])) == MOST
    assert quoted(doc, [3, 1, 0], most=2) == ["Four is here.", "Two is here."]


def test_only_the_numbers_asked_for_are_cited(found):
    quotes = collect(found.search("hub wine", "en").sentences, found)
    assert [c.n for c in cite(quotes, frozenset({3, 1}))] == [1, 3]


def test_sentences_with_the_kind_asked_for_move_up():
    found = sentences(document("The hub is worth seeing.", "The hub cost 6 million euro."))
    ranked = prefer_kind(found, "How much does the hub cost?", "en")
    assert [s.text for s in ranked] == ["The hub cost 6 million euro.", "The hub is worth seeing."]
    assert ranked[0].score == pytest.approx(found[1].score + KIND_BONUS)
    assert prefer_kind(found, "Who runs the hub?", "en") == found


WORDS = st.sampled_from(
    ["It hosts", "They make", "The hub has", "Dort ist", "Über", "10.000", "«x»", "Mr. B", "(a", "b)"]
)
SENTENCE = st.tuples(st.lists(WORDS, min_size=1, max_size=12), st.sampled_from([".", "!", "?", ":", ""]))
TEXT = st.lists(SENTENCE.map(lambda s: " ".join(s[0]) + s[1]), min_size=1, max_size=12)
GAPS = st.sampled_from([" ", "\n", "\n\n", "\n\n# Section\n\n", "\n- ", "  \t"])


@given(TEXT, st.lists(GAPS, min_size=12, max_size=12), st.randoms(use_true_random=False), st.sampled_from(["en", "de"]))
def test_whatever_the_document_quotes_are_verbatim_and_apart(parts, gaps, random, language):
    doc = Document("d", language, "", "".join(p + gap for p, gap in zip(parts, gaps, strict=False)))
    ranked = sentences(doc)
    random.shuffle(ranked)
    citations = [quote.citation for quote in collect(ranked, OneDocument(doc))]
    assert [c.n for c in citations] == list(range(1, len(citations) + 1))
    assert all(doc.text[c.start : c.end] == c.quote != "" for c in citations)
    assert all(a.end <= b.start or b.end <= a.start for a, b in combinations(citations, 2))


@pytest.mark.parametrize("doc", DOCUMENTS, ids=lambda doc: doc.id)
def test_every_sentence_found_lies_in_the_quote_made_of_it(doc):
    for sentence in sentences(doc):
        (quote,) = collect([sentence], OneDocument(doc))
        assert quote.found is sentence
        assert sentence.text in quote.text


OLDER = Reference(28, "d.older", "2018", None, "source", "", None, differs_from=("e.newer",))
NEWER = Reference(28, "e.newer", "2025", None, "source", "", None, differs_from=("d.older",))
BEFORE = Document("d", "en", "Then", "The hub housed 29 companies. Lakes are blue.", as_of="2018", references=(OLDER,))
AFTER = Document("e", "en", "Now", "The hub houses 80 companies. Lakes are red.", as_of="2025", references=(NEWER,))


class Two:
    """What is needed of a retriever that holds both."""

    def document(self, document_id: str, language: str) -> Document:
        return {("d", "en"): BEFORE, ("e", "en"): AFTER}[document_id, language]


def told(first: Document, *, newest_first: bool = True) -> list[str]:
    quotes = collect(sentences(first), Two(), most=2)
    return [quote.text for quote in with_other_side(quotes, Two(), newest_first=newest_first)]


def test_what_another_document_tells_otherwise_stands_beside_the_best_quote():
    assert told(AFTER)[:2] == ["The hub houses 80 companies.", "The hub housed 29 companies."]


def test_the_newer_statement_goes_first_unless_one_asks_for_the_past():
    assert told(BEFORE)[:2] == ["The hub houses 80 companies.", "The hub housed 29 companies."]
    assert told(BEFORE, newest_first=False)[:2] == ["The hub housed 29 companies.", "The hub houses 80 companies."]


def test_quotes_are_numbered_anew_when_one_is_put_between_them():
    quotes = with_other_side(collect(sentences(BEFORE), Two(), most=2), Two(), newest_first=True)
    assert [quote.citation.n for quote in quotes] == list(range(1, len(quotes) + 1))


def test_where_nothing_tells_otherwise_nothing_is_added():
    plain = replace(AFTER, references=())
    quotes = collect(sentences(plain), OneDocument(plain))
    assert with_other_side(quotes, OneDocument(plain), newest_first=True) == quotes


def test_a_document_that_is_gone_is_not_missed():
    quotes = collect(sentences(BEFORE), OneDocument(BEFORE), most=1)

    class Alone(OneDocument):
        def document(self, document_id, language):
            if document_id != "d":
                raise KeyError(document_id)
            return super().document(document_id, language)

    assert with_other_side(quotes, Alone(BEFORE), newest_first=True) == quotes


def test_quotes_for_the_questions_of_a_message_are_each_there_once():
    apart = replace(HUB, text="The hub has 30 firms.\n\nWine is grown on terraces.\n\nLakes are deep.\n")
    one, two, three = (collect([sentence], OneDocument(apart)) for sentence in sentences(apart))
    quotes = beside([*one, *two], [two, [], [*three, *one]])
    assert [quote.text for quote in quotes] == [found[0].text for found in (one, two, three)]
    assert [quote.citation.n for quote in quotes] == [1, 2, 3]
    # Each says what it was found for: the whole message (0), a question in it, or both.
    assert [quote.answers for quote in quotes] == [{0, 3}, {0, 1}, {3}]


def told_apart(first: str, second: str) -> int:
    """How many quotes are made of two sentences from two documents, told by their terms."""
    made = [Document(str(n), "en", "Title", text) for n, text in enumerate((first, second))]
    found = [replace(s, terms=frozenset(terms(s.text, "en"))) for doc in made for s in sentences(doc)]
    return len(collect(found, Each(made)))


class Each:
    """What is needed of a retriever that holds some documents."""

    def __init__(self, held: list[Document]) -> None:
        self._held = held

    def document(self, document_id: str, language: str) -> Document:
        return next(doc for doc in self._held if (doc.id, doc.language) == (document_id, language))


@pytest.mark.parametrize(
    ("first", "second", "quotes"),
    [
        ("The agency APIAE examines applications for grants.", "APIAE is the agency; it examines applications.", 1),
        ("The agency APIAE examines applications for grants.", "The agency examines applications for grants.", 2),
        ("The rate in the year 2024 was 3 percent of the cost.", "The rate in the year 2025 was 3 percent of it.", 2),
        ("A branch in Italy needs a minimum capital.", "A branch in Italy needs no minimum capital.", 2),
        ("A branch in Italy needs a minimum capital.", "A hub in Rovereto houses firms.", 2),
    ],
)
def test_what_a_better_quote_says_in_nearly_the_same_words_is_not_quoted_again(first, second, quotes):
    assert told_apart(first, second) == quotes


LIST = document(
    "A start-up needs one of the following criteria.\n\n- A patent.\n- Two researchers.\n\nIt is registered."
)


def test_a_sentence_that_leads_to_a_list_is_quoted_with_the_list():
    assert quoted(LIST, [0], most=1) == [
        "A start-up needs one of the following criteria.\n\n- A patent.\n- Two researchers."
    ]


def test_a_sentence_before_a_list_that_does_not_lead_to_it_stands_alone():
    plain = document("A start-up is small.\n\n- A patent.\n- Two researchers.")
    assert quoted(plain, [0], most=1) == ["A start-up is small."]
