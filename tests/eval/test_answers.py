import json
from dataclasses import replace

import pytest

from assistant.answer import Answer, Citation, Retrieved, Status, Timings, Turn
from assistant.assistant import Assistant
from eval.answers import ask_cases, judge, replayed, summary, unsupported_figures, write_rows
from eval.cases import Case
from tests.assistant.fakes import HUB, VINES

FIRMS = "It hosts 30 companies on 12.000 square metres."
CASE = Case(id="c1", group="main", lang="en", question="How many?", facts=["hub.firms"], must_include=["30"])
ABSTAIN = CASE.model_copy(update={"behaviour": "abstain", "facts": [], "must_include": []})


def cite(quote: str, document=HUB, n: int = 1) -> Citation:
    start = document.text.index(quote)
    place = (start, start + len(quote))
    return Citation(n, document.id, "en", document.title, "", quote, *place, document.as_of, None, "current", None)


def answered(text: str, *citations: Citation) -> Answer:
    return Answer(Status.ANSWERED, text, "en", "q", citations=citations or (cite(FIRMS),), timings_ms=Timings(total=9))


NOT_IN_CORPUS = Answer(Status.NOT_IN_CORPUS, "No.", "en", "q")


@pytest.fixture
def judged(assistant):
    return lambda case, answer: judge(case, 0, case.questions()[0], answer, assistant)


def test_a_right_answer_with_a_hitting_citation_is_right(judged):
    row = judged(CASE, answered("It hosts 30 companies. [1]"))
    assert (row.right, row.abstained, row.citations_hit, row.verbatim, row.unsupported) == (True, False, 1.0, True, [])


def test_an_answer_without_what_it_must_say_is_wrong(judged):
    assert not judged(CASE, answered("It hosts companies. [1]")).right


def test_a_right_answer_with_a_wrong_citation_is_wrong(judged):
    row = judged(CASE, answered("It hosts 30 companies. [1]", cite("Grapes are picked in September.", VINES)))
    assert (row.right, row.citations_hit) == (False, 0.0)


def test_one_of_two_citations_that_hits_is_enough_to_be_right(judged):
    other = cite("Grapes are picked in September.", VINES, n=2)
    row = judged(CASE, answered("It hosts 30 companies. [1] Grapes. [2]", cite(FIRMS), other))
    assert (row.right, row.citations_hit) == (True, 0.5)


def test_abstaining_is_wrong_where_an_answer_is_wanted_and_right_where_not(judged):
    row = judged(CASE, NOT_IN_CORPUS)
    assert (row.right, row.abstained, row.citations_hit) == (False, True, None)
    assert judged(ABSTAIN, NOT_IN_CORPUS).right
    assert not judged(ABSTAIN, answered("It hosts 30 companies. [1]")).right


@pytest.mark.parametrize("status", [Status.REFUSED, Status.OUT_OF_SCOPE, Status.CLARIFY, Status.NOT_IN_CORPUS])
def test_where_a_refusal_is_wanted_any_status_without_an_answer_will_do(judged, status):
    refuse = ABSTAIN.model_copy(update={"behaviour": "refuse"})
    assert judged(refuse, replace(NOT_IN_CORPUS, status=status)).right


def test_a_false_premise_must_be_corrected(judged):
    case = CASE.model_copy(update={"behaviour": "answer-corrected"})
    assert judged(case, answered("It hosts 30 companies, not 40. [1]")).right
    assert not judged(case, NOT_IN_CORPUS).right


def test_a_quote_that_is_not_at_its_offsets_is_not_verbatim(judged):
    assert not judged(CASE, answered("30. [1]", replace(cite(FIRMS), start=cite(FIRMS).start + 1))).verbatim
    assert not judged(CASE, answered("30. [1]", replace(cite(FIRMS), quote=FIRMS.lower()))).verbatim


def test_the_language_of_the_answer_is_held_against_that_of_the_case(judged):
    assert judged(CASE, answered("30 [1]")).language_matches
    assert not judged(CASE, replace(answered("30 [1]"), language="it")).language_matches


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("It hosts 30 companies. [1]", []),
        ("It has 12,000 square metres [1].", []),
        ("It hosts 31 companies. [1]", ["31"]),
        ("It hosts 30 of 99 companies. [1] Since 2010. [1]", ["99", "2010"]),
        ("It hosts 30 companies. [1] Another 50 are near.", ["50"]),
        ("Since September 30 companies. [2]", ["30"]),
        ("It hosts 30 companies in September. [1][2]", []),
        ("It hosts 30 companies. [3]", ["30"]),
    ],
)
def test_figures_that_no_quote_of_the_sentence_holds_are_found(text, missing):
    citations = (cite(FIRMS), cite("Grapes are picked in September.", VINES, n=2))
    assert unsupported_figures(answered(text, *citations)) == missing


def test_an_answer_without_citations_has_no_unsupported_figures():
    assert unsupported_figures(replace(NOT_IN_CORPUS, answer="Call 112.")) == []


def test_a_conversation_goes_on_from_the_assistants_own_answers(assistant, monkeypatch):
    seen = []
    stream = Assistant.stream

    def noted(self, question, history=(), language=None):
        seen.append([(turn.role, turn.content) for turn in history])
        return stream(self, question, history, language)

    monkeypatch.setattr(Assistant, "stream", noted)
    turns = [{"user": "What is the Mechatronics Hub?"}, {"user": "How many companies does it host?"}]
    case = Case(id="talk", group="multi-turn", lang="en", turns=turns)
    (first, second), _ = ask_cases(assistant, [case, CASE], lambda line: None)
    assert seen == [[], [("user", turns[0]["user"]), ("assistant", first.answer["answer"])], []]
    assert second.answer["question_used"].startswith("How many companies does it host? (Mechatronics Hub, ")
    assert [(row.case, row.turn) for row in (first, second)] == [("talk", 0), ("talk", 1)]


def test_scores_on_an_example_counted_by_hand(judged):
    right = answered("It hosts 30 companies. [1]")
    half = answered("40 [1][2]", cite(FIRMS), cite("Grapes are picked in September.", VINES, n=2))
    rows = [
        judged(CASE, right),
        judged(CASE, half),  # wrong; one of two citations hits; 40 stands nowhere
        judged(CASE, NOT_IN_CORPUS),  # wrong: should have answered
        judged(ABSTAIN, NOT_IN_CORPUS),
        judged(ABSTAIN.model_copy(update={"group": "unanswerable", "lang": "it"}), right),
    ]
    scores = summary(rows)
    assert list(scores) == ["all", "main", "unanswerable", "language en", "language it"]
    overall = scores["all"]
    assert overall["strict_accuracy"].value == pytest.approx(2 / 5)
    assert overall["answerable_right"].value == pytest.approx(1 / 3)
    assert overall["abstention_precision"].value == pytest.approx(1 / 2)
    assert overall["abstention_recall"].value == pytest.approx(1 / 2)
    assert overall["citation_precision"].value == pytest.approx((1 + 1 / 2) / 2)
    assert overall["verbatim"].value == 1
    assert overall["unsupported_figures"] == 1
    assert overall["language_match"].value == pytest.approx(4 / 5)
    assert overall["timings_ms"]["total"] == (9, 9)
    assert [scores[name]["strict_accuracy"].n for name in scores] == [5, 4, 1, 4, 1]
    assert (scores["unanswerable"]["strict_accuracy"].value, scores["unanswerable"]["answerable_right"].n) == (0, 0)


def test_an_answer_that_comes_third_is_included_but_not_told_in_two_sentences(judged):
    late = judged(CASE, answered("It stands in Rovereto. [1] It is large. [1][2] It hosts 30 companies. [1]"))
    second = judged(CASE, answered("It is large. [1] It hosts 30 companies. [1]"))
    scores = summary([late, second, judged(CASE, NOT_IN_CORPUS)])["all"]
    assert scores["answer_included"].value == pytest.approx(2 / 3)
    assert scores["answer_in_two_sentences"].value == pytest.approx(1 / 3)


def test_every_row_is_kept_with_its_answer(judged, tmp_path):
    row = judged(CASE, answered("30 [1]"))
    write_rows([row, row], tmp_path / "new" / "rows.jsonl")
    kept = [json.loads(line) for line in (tmp_path / "new" / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["answer"]["citations"][0]["quote"] for line in kept] == [FIRMS, FIRMS]


def test_a_conversation_begins_with_what_the_case_says_was_said(assistant):
    said = [Turn("user", "What is the Mechatronics Hub?"), Turn("assistant", "A hub in Rovereto.")]
    case = CASE.model_copy(update={"question": "How many companies does it host?", "history": said})
    ((row,),) = ask_cases(assistant, [case], lambda line: None)
    assert "Mechatronics Hub" in row.answer["question_used"]


@pytest.mark.parametrize(
    ("answer", "evidence", "lost"),
    [
        (NOT_IN_CORPUS, FIRMS, "retrieval"),
        (replace(NOT_IN_CORPUS, status=Status.OUT_OF_SCOPE), FIRMS, "routing"),
        (replace(NOT_IN_CORPUS, retrieved=(Retrieved("hub", "c", 1.0),)), "Run by Trentino Sviluppo", "evidence"),
        (replace(NOT_IN_CORPUS, retrieved=(Retrieved("hub", "c", 1.0),)), FIRMS, "judgement"),
        (replace(answered("It is big. [1]"), retrieved=(Retrieved("hub", "c", 1.0),)), FIRMS, "composition"),
    ],
)
def test_the_stage_that_lost_the_answer_is_named(assistant, answer, evidence, lost):
    quoted = replace(cite(FIRMS), quote=evidence)
    assert judge(CASE, 0, CASE.questions()[0], answer, assistant, [quoted]).lost == lost


def test_a_right_answer_lost_nothing_and_an_answer_to_what_has_none_lost_in_the_judgement(judged):
    assert judged(CASE, answered("It hosts 30 companies. [1]")).lost is None
    assert judged(ABSTAIN, answered("It hosts 30 companies. [1]")).lost == "judgement"


def test_a_replay_shows_both_answers_with_their_evidence(assistant):
    case = CASE.model_copy(update={"question": "How many companies does the Mechatronics Hub host?"})
    ((row,),) = ask_cases(assistant, [case], lambda line: None)
    shown = replayed(replace(row, right=False, lost="composition"), row)
    assert "then: wrong, lost in composition" in shown
    assert "now: right" in shown
    assert shown.count("hub: ") >= 2
