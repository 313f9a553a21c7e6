from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose import CITED_SENTENCE, Draft, model_answer, quote_answer
from assistant.evidence import Quote
from assistant.texts import say
from assistant.verify import Verifier
from index.known import Nearness
from tests.assistant.fakes import NearEmbedder, quotes

FIRM = "The hub hosts 30 companies"
WINE = "Trento wine is grown on 5,000 hectares"
QUOTES = quotes(f"{FIRM}.", f"{WINE}.")


class Anything(Verifier):
    """Lets every sentence pass as it is written."""

    def __init__(self):
        pass

    def check(self, sentence, quotes, question, language):
        from assistant.verify import Verdict

        return Verdict(sentence, frozenset({1}))


def drafts(pieces, verifier=None, language="en") -> list[Draft]:
    verifier = verifier or Verifier(NearEmbedder())
    return list(model_answer(iter(pieces), verifier, "question", QUOTES, language))


def sentences(pieces, language="en") -> list[str]:
    return [draft.last.strip() for draft in drafts(pieces, Anything(), language)]


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRM}. [1] {WINE}. [2]",
        f"{FIRM} [1]. {WINE} [2].",
        f"{FIRM}.[1] {WINE}.[2]",
        f"{FIRM}.\n[1]\n{WINE}. [2]\n",
    ],
)
@pytest.mark.parametrize("whole", [True, False], ids=["at once", "by character"])
def test_marks_stay_with_their_sentence(text, whole):
    last = drafts([text] if whole else text)[-1]
    assert last.text == f"{FIRM}. [1] {WINE}. [2]"
    assert last.cited == {1, 2}


def test_a_sentence_leaves_before_the_next_one_is_written():
    def pieces():
        yield f"{FIRM}. [1]"
        yield " Trento"
        raise AssertionError("the first sentence was held back")

    shown = model_answer(pieces(), Verifier(NearEmbedder()), "question", QUOTES, "en")
    assert next(shown).text == f"{FIRM}. [1]"


def test_the_pieces_make_up_the_text():
    made = drafts([f"{FIRM}. [1] {WINE}. [2]"])
    assert "".join(draft.last for draft in made) == made[-1].text


@pytest.mark.parametrize("cut", [f"{FIRM}. [1] Trento wine is grown on", f"{FIRM}. [1] Trento wine,"])
def test_a_last_sentence_cut_off_is_dropped(cut):
    assert drafts([cut])[-1].text == f"{FIRM}. [1]"


def test_nothing_is_left_of_a_stream_without_a_whole_sentence():
    assert drafts([]) == drafts([""]) == drafts(["  \n"]) == drafts(["The hub hosts"]) == []


def test_a_sentence_that_fails_is_left_out_and_the_others_stand():
    assert drafts([f"{FIRM}. [1] The hub hosts 99 firms. [1] {WINE}. [2]"])[-1].text == f"{FIRM}. [1] {WINE}. [2]"


def test_a_full_stop_in_a_quotation_does_not_end_the_sentence():
    text = 'It is called "The hub. In Rovereto." by many. [1] It is open (since 2010. In May) to all. [1]'
    assert sentences(text) == sentences([text])


PARTS = [
    f"{FIRM}. [1]", f"{WINE} [2].", "It is worth 6.5 million euro. [1][2]", "Über 30 Firmen z. B. ProM. [1]",
    "Is it? [1]", "Yes! [1]", 'He said "It is. It was." to her. [2]', "Open (est. 2019. Old) to all [1].", "Cut o",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=5),
    st.sampled_from([" ", "\n"]),
    st.sampled_from(["en", "it", "de"]),
    st.lists(st.integers(1, 12), min_size=1, max_size=40),
)
def test_any_cutting_of_the_stream_gives_the_same_sentences(parts, gap, language, sizes):
    text = gap.join(parts)
    pieces, start = [], 0
    while start < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[start : start + size])
        start += size
    assert sentences(pieces, language) == sentences([text], language)


def test_quoting_gives_the_best_sentences_with_their_marks():
    draft = quote_answer(QUOTES, "en")
    assert draft.text == draft.last == f"{FIRM}. [1] {WINE}. [2]"
    assert draft.cited == {1, 2}


def test_a_quote_far_below_the_best_is_not_shown():
    near, far = QUOTES
    low = type(far)(far.citation, type(far.found)(**{**vars(far.found), "score": near.found.score - 0.5}))
    assert quote_answer([near, low], "en").cited == {1}


def test_a_quote_far_below_the_best_is_shown_where_questions_like_this_one_were_answered_by_it():
    best, other, neither = (
        replace(quote, citation=replace(quote.citation, facts=(fact,)), found=replace(quote.found, score=score))
        for quote, fact, score in zip([*QUOTES, QUOTES[0]], ("a.1", "a.2", "a.3"), (1.0, 0.5, 0.94), strict=True)
    )
    asked_for_both = Nearness({"a.1": 0.9, "a.2": 0.8}, {"a.1": 0.6, "a.2": 0.4})
    assert quote_answer([best, other, neither], "en", asked_for_both).cited == {1, 2}
    # Where nothing is known of the best, the score alone decides.
    assert quote_answer([best, other, neither], "en", Nearness({"b.1": 0.9}, {"a.2": 1.0})).cited == {1}


def resting_on(*facts: tuple[str, ...]) -> list[Quote]:
    """Quotes of as many documents, each of which tells these facts."""
    made = quotes(*(f"{FIRM}, by source {n}." for n in range(len(facts))))
    return [replace(q, citation=replace(q.citation, facts=told)) for q, told in zip(made, facts, strict=True)]


def test_what_another_document_tells_again_is_not_shown():
    assert quote_answer(resting_on(("a.1", "a.2"), ("a.2",)), "en").cited == {1}
    assert quote_answer(resting_on(("a.1",), ("a.2",), ("a.2", "a.1")), "en").cited == {1, 2}
    assert quote_answer(resting_on(("a.1",), ("a.1", "a.2")), "en").cited == {1, 2}
    assert quote_answer(resting_on((), ()), "en").cited == {1, 2}


def test_a_document_may_say_more_of_what_it_tells():
    best, other = resting_on(("a.1",), ("a.1",))
    same = replace(other, citation=replace(other.citation, document=best.citation.document))
    assert quote_answer([best, same], "en").cited == {1, 2}


@pytest.mark.parametrize("language", ["it", "de"])
def test_quotes_in_another_language_get_a_lead_in(language):
    lead = say(language, "quote_lead", language=say(language, "en"))
    firm, wine = (say(language, "quoted", text=f"{said}.") for said in (FIRM, WINE))
    assert quote_answer(QUOTES, language).text == f"{lead}\n{firm} [1]\n{wine} [2]"


def test_a_line_break_in_a_quote_is_flattened():
    assert quote_answer(quotes("The hub hosts\n  30\tcompanies."), "en").text == "The hub hosts 30 companies. [1]"


def test_every_quoted_sentence_is_found_with_its_marks():
    found = CITED_SENTENCE.findall(quote_answer(QUOTES, "en").text)
    assert [marks for _, marks in found] == ["[1]", "[2]"]


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("- A *contributo a fondo perduto* is **not** repaid.", "A contributo a fondo perduto is not repaid."),
        ("* The area is 3*4 = 12 m², 5 * 2 halls.", "The area is 3*4 = 12 m², 5 * 2 halls."),
        ("30. November is the last day.", "30. November is the last day."),
    ],
)
def test_an_answer_shows_no_markdown(quote, shown):
    assert quote_answer(quotes(quote), "en").text == f"{shown} [1]"


def test_quotes_in_the_readers_language_stay_plain_beside_others():
    own, other = quotes("Der Hub hat 80 Firmen.", language="de")[0], quotes("One.", "The hub has 29 firms.")[1]
    draft = quote_answer([own, other], "de")
    lead = say("de", "quote_lead", language=say("de", "en"))
    assert draft.text == f"Der Hub hat 80 Firmen. [1]\n{lead}\n„The hub has 29 firms.“ [2]"


def test_items_of_a_list_stay_a_list():
    draft = quote_answer(quotes("- Small firms get 20%.", "- Large firms get 10%."), "en")
    assert draft.text == "- Small firms get 20%. [1]\n- Large firms get 10%. [2]"
    assert quote_answer(quotes("- Small firms get 20%.", "All firms may ask."), "en").text == (
        "Small firms get 20%. [1] All firms may ask. [2]"
    )


def test_a_quote_that_is_a_list_stands_on_lines_of_its_own():
    found = quotes(
        "Firms may ask.", "They may ask twice.", "- Small ones get 20%.\n- Large ones get 10%.", "Rates may change."
    )
    assert quote_answer(found, "en").text.split("\n") == [
        "Firms may ask. [1] They may ask twice. [2]",
        "- Small ones get 20%.",
        "- Large ones get 10%. [3]",
        "Rates may change. [4]",
    ]


def test_a_list_in_another_language_is_quoted_on_one_line():
    (whole,) = quotes("- Small ones get 20%.\n- Large ones get 10%.")
    (parted,) = quotes("One of these:\n- a patent\n- a licence")
    for quote, shown in (
        (whole, "Small ones get 20%. Large ones get 10%."),
        (parted, "One of these: a patent; a licence"),
    ):
        assert quote_answer([quote], "de").text.endswith(f"\n{say('de', 'quoted', text=shown)} [1]")


def test_what_tells_otherwise_stands_right_behind_the_best_quote():
    best, near, other = quotes("It has 80 firms.", "It is red.", "It had 29 firms.")
    best = replace(best, differs_from=frozenset({"d3.old"}))
    other = replace(other, citation=replace(other.citation, facts=("d3.old",)))
    assert quote_answer([best, near, other], "en").text == "It has 80 firms. [1] It had 29 firms. [3] It is red. [2]"


def test_a_list_inside_a_quote_stays_a_list():
    (quote,) = quotes("One of the following.\n\n- A *patent*.\n- Two\n  researchers.")
    assert quote_answer([quote], "en").text == "One of the following.\n- A patent.\n- Two researchers. [1]"
