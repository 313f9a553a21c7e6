import pytest

from assistant.verify import Verifier
from tests.assistant.fakes import NearEmbedder, quotes

HUB = "The Mechatronics Hub in Rovereto hosts 30 companies on 10.000 square metres."
WINE = "Trento wine is grown on 5,000 hectares by families."
QUESTION = "How many companies does the hub host?"


def check(sentence, *texts, language="en", floor=0.95, question=QUESTION):
    return Verifier(NearEmbedder(floor)).check(
        sentence, quotes(*(texts or (HUB, WINE)), language=language), question, language
    )


def test_a_sentence_its_quote_carries_passes_as_it_is():
    verdict = check("The hub hosts 30 companies. [1]")
    assert verdict.passed
    assert (verdict.text, verdict.cited) == ("The hub hosts 30 companies. [1]", {1})


@pytest.mark.parametrize("sentence", ["The hub hosts 30 companies [1].", "The hub hosts 30 companies.[1]"])
def test_marks_are_put_behind_the_full_stop(sentence):
    assert check(sentence).text == "The hub hosts 30 companies. [1]"


@pytest.mark.parametrize(
    "sentence",
    [
        "The Mechatronics Hub hosts 30 companies.",
        "The Mechatronics Hub hosts 30 companies. [2]",
        "The Mechatronics Hub hosts 30 companies. [9]",
        "The Mechatronics Hub hosts 30 companies. [0]",
    ],
    ids=["none", "wrong", "unknown", "zero"],
)
def test_a_mark_that_is_missing_or_wrong_becomes_the_right_one(sentence):
    verdict = check(sentence)
    assert verdict.passed
    assert (verdict.text, verdict.cited) == ("The Mechatronics Hub hosts 30 companies. [1]", {1})


def test_the_mark_is_repaired_to_the_quote_that_supports_it_not_to_the_first():
    assert check("Trento wine is grown by families.").cited == {2}


def test_an_unknown_mark_beside_a_known_one_is_dropped():
    assert check("The hub hosts 30 companies. [1][7]").text == "The hub hosts 30 companies. [1]"


def test_a_sentence_may_rest_on_two_quotes():
    verdict = check("The hub hosts 30 companies and wine is grown on 5,000 hectares. [1][2]")
    assert verdict.passed
    assert verdict.cited == {1, 2}


def test_a_figure_that_is_in_no_quote_is_rejected():
    verdict = check("The hub hosts 31 companies. [1]")
    assert not verdict.passed
    assert "31" in verdict.reason


def test_a_figure_that_is_only_in_a_quote_not_cited_is_rejected():
    verdict = check("The Mechatronics Hub in Rovereto hosts companies on 5,000 square metres. [1]")
    assert not verdict.passed
    assert "5000" in verdict.reason


@pytest.mark.parametrize("figure", ["10,000", "10.000", "10 000", "10\u00a0000", "10000"])
def test_a_figure_in_another_notation_is_the_same(figure):
    assert check(f"The hub has {figure} square metres. [1]").passed


def test_a_foreign_name_is_rejected():
    verdict = check("The hub in Bolzano hosts 30 companies. [1]")
    assert not verdict.passed
    assert "Bolzano" in verdict.reason


def test_a_name_from_the_question_or_the_title_may_be_used():
    sentence = "The hosting of 30 companies is what Polo does. [1]"
    assert not check(sentence).passed
    assert check(sentence, question="What does Polo do?").passed


@pytest.mark.parametrize(
    ("language", "quote", "flipped"),
    [
        ("en", "The hub hosts 30 companies.", "The hub does not host 30 companies. [1]"),
        ("it", "Il polo ospita 30 imprese.", "Il polo non ospita 30 imprese. [1]"),
        ("de", "Das Zentrum hat 30 Firmen.", "Das Zentrum hat keine 30 Firmen. [1]"),
    ],
)
def test_a_sentence_that_denies_what_the_quote_says_is_rejected(language, quote, flipped):
    assert check(flipped, quote, language=language).reason == "it denies what no quote denies"


def test_a_sentence_may_deny_what_its_quote_denies():
    assert check("The laboratory is not open. [1]", "The laboratory is not open on Sundays.").passed


def test_german_nouns_are_no_names():
    quote = "Das Zentrum in Rovereto hat 30 Firmen."
    assert check("Im Zentrum arbeiten 30 Unternehmen als Mieter. [1]", quote, language="de").passed


def test_a_german_acronym_is_a_name():
    quote = "Das Zentrum in Rovereto hat 30 Firmen."
    assert "FBK" in check("Im Zentrum hat FBK 30 Firmen. [1]", quote, language="de").reason


def test_a_sentence_far_from_every_quote_is_rejected():
    verdict = check("Grapes taste sweet on metres. [1]", floor=0.0)
    assert verdict.reason.startswith("no quote supports it")
    assert check(f"{WINE} [2]", floor=0.0).passed


def test_a_figure_must_keep_the_word_that_limits_it():
    worth = "The machinery is worth over 6 million euro."
    assert not check("The machinery is worth 6 million euro. [1]", worth).passed
    assert check("The machinery is worth more than 6 million euro. [1]", worth).passed


def test_a_denial_must_not_become_an_affirmation():
    assert not check("The call is open to banks. [1]", "The call is not open to banks.").passed


class Believer:
    """A reader that says of every claim and quote the same."""

    def __init__(self, odds: float) -> None:
        self._odds = odds

    def supported(self, claims):
        return [self._odds for _ in claims]


@pytest.mark.parametrize(("odds", "passed"), [(9.0, True), (-9.0, False)])
def test_where_there_is_a_reader_it_says_whether_a_quote_carries_a_sentence(odds, passed):
    verifier = Verifier(NearEmbedder(), Believer(odds))
    assert verifier.check("The hub hosts 30 companies. [1]", quotes(HUB), QUESTION, "en").passed == passed


def test_no_reader_can_let_a_wrong_figure_pass():
    verifier = Verifier(NearEmbedder(), Believer(9.0))
    assert not verifier.check("The hub hosts 31 companies. [1]", quotes(HUB), QUESTION, "en").passed


def test_a_sentence_about_the_sentences_tells_nothing():
    verdict = check("The sentences contain the answer to the question. [1]")
    assert not verdict.passed
    assert verdict.reason == "it tells nothing that a cited quote tells"


def test_a_yes_that_repeats_the_question_may_pass():
    assert check("Yes, the hub hosts companies. [1]", question="Does the hub host companies?").passed
