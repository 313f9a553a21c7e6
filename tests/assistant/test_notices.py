from dataclasses import replace
from datetime import date

import pytest

from assistant.answer import Notice, NoticeKind
from assistant.dates import in_words
from assistant.notices import disagreements, notices
from assistant.texts import say
from tests.assistant import fakes
from tests.assistant.fakes import TODAY, quotes

CURRENT = quotes("The hub is in Rovereto.", title="The hub")[0].citation
HISTORIC = replace(CURRENT, status="historic", as_of="2019")
EXPIRED = replace(CURRENT, valid_until="2025-12-31")
LANGUAGES = ("en", "it", "de")


def test_a_current_document_in_the_language_of_the_question_needs_no_notice():
    assert notices([CURRENT], "en", TODAY) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_historic_document_is_named_with_its_date(language):
    (notice,) = notices([replace(HISTORIC, language=language)], language, TODAY)
    assert notice == Notice(NoticeKind.HISTORIC, say(language, "historic", title="The hub", as_of="2019"))
    assert "The hub" in notice.text
    assert "2019" in notice.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_expired_document_is_named_with_its_last_day(language):
    (notice,) = notices([replace(EXPIRED, language=language)], language, TODAY)
    assert notice.kind == NoticeKind.STALE
    assert "The hub" in notice.text
    assert in_words("2025-12-31", language) in notice.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_general_knowledge_is_called_unverified(language):
    general = replace(CURRENT, language=language, confidence="knowledge-high")
    (notice,) = notices([general], language, TODAY)
    assert notice.kind == NoticeKind.UNVERIFIED
    assert "The hub" in notice.text


def test_the_last_day_of_validity_still_counts():
    assert notices([EXPIRED], "en", date(2025, 12, 31)) == ()
    assert len(notices([EXPIRED], "en", date(2026, 1, 1))) == 1


@pytest.mark.parametrize(
    ("asked", "written", "name"),
    [("en", "it", "Italian"), ("en", "de", "German"), ("it", "en", "inglese"), ("it", "de", "tedesco"),
     ("de", "en", "Englisch"), ("de", "it", "Italienisch")],
)  # fmt: skip
def test_a_document_in_another_language_is_named_by_its_language(asked, written, name):
    (notice,) = notices([replace(CURRENT, language=written)], asked, TODAY)
    assert notice.kind == NoticeKind.TRANSLATED
    assert name in notice.text


def test_a_document_cited_twice_is_remarked_on_once():
    assert len(notices([HISTORIC, replace(HISTORIC, n=2)], "en", TODAY)) == 1
    assert len(notices([HISTORIC, replace(EXPIRED, n=2)], "en", TODAY)) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_carries_the_notices_of_what_it_cites(found, language):
    answer = fakes.assistant(found).answer("On how many hectares is Trento wine grown?", language=language)
    assert "vines" in [c.document for c in answer.citations]
    kinds = {notice.kind for notice in answer.notices}
    expected = {NoticeKind.HISTORIC, NoticeKind.STALE}
    assert kinds == (expected if language == "en" else {*expected, NoticeKind.TRANSLATED})


def test_today_decides_what_is_stale(found):
    assistant = fakes.assistant(found, today=lambda: date(2020, 12, 31))
    answer = assistant.answer("On how many hectares is Trento wine grown?", language="en")
    assert [notice.kind for notice in answer.notices] == [NoticeKind.HISTORIC]


def test_a_year_is_over_only_when_the_next_one_has_begun():
    year = replace(CURRENT, valid_until="2025")
    assert notices([year], "en", date(2025, 6, 1)) == ()
    assert len(notices([year], "en", date(2026, 1, 1))) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_quotes_that_tell_otherwise_are_named_with_their_dates(language):
    old, new = quotes("The hub had 29 companies.", "The hub has 80 companies.", language=language)
    old = replace(old, citation=replace(old.citation, as_of="2018", facts=("d.old",)))
    new = replace(new, citation=replace(new.citation, as_of="2025-11"), differs_from=frozenset({"d.old"}))
    (notice,) = disagreements([new, old], language)
    assert notice.kind == NoticeKind.CONFLICT
    assert all(part in notice.text for part in ("[1]", "[2]", "2018", in_words("2025-11", language)))


def test_quotes_that_agree_need_no_notice():
    assert disagreements(quotes("The hub is red.", "The hub is blue."), "en") == ()
