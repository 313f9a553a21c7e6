"""Where 477 messages in three languages go, held to floors: those of "look" were read while the patterns were written.

"held" are by the same hand and of the same time, so they say little more; "fresh" were written once the patterns stood,
in words as unusual as their author could find, and say what a stranger's rarest phrasing meets.
"""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from assistant.question import accept
from assistant.route import asks_of_own_case, route
from assistant.texts import say

FILE = Path(__file__).parent / "route_probes.jsonl"
PROBES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
KEYS = {"attack": "refused"}
FLOORS = {"look": 0.98, "held": 0.96, "fresh": 0.45}
MOST_SENT_AWAY = 0.03


def is_right(probe: dict[str, str]) -> bool:
    asked = accept(probe["text"], (), None)
    reply = route(asked.text, asked.language)
    if probe["route"] in ("search", "personal"):
        return reply is None
    # "Help" may be taken for either.
    keys = ("vague", "capabilities") if probe["route"] == "vague" else (KEYS.get(probe["route"], probe["route"]),)
    return reply is not None and reply.text in {say(asked.language, key) for key in keys}


@pytest.fixture(scope="module")
def right() -> dict[tuple[str, str, str], list[bool]]:
    found = defaultdict(list)
    for probe in PROBES:
        found[probe["half"], probe["lang"], probe["route"]].append(is_right(probe))
    return found


@pytest.mark.parametrize("language", ["en", "it", "de"])
@pytest.mark.parametrize("half", list(FLOORS))
def test_messages_go_where_they_belong_as_often_in_every_language(half, language, right):
    told = [one for key, of_route in right.items() if key[:2] == (half, language) for one in of_route]
    assert sum(told) / len(told) >= FLOORS[half]


def test_a_question_for_the_documents_is_hardly_ever_sent_away(right):
    told = [one for (_, _, wanted), of_route in right.items() if wanted in ("search", "personal") for one in of_route]
    assert told.count(False) / len(told) <= MOST_SENT_AWAY


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_who_asks_of_the_own_case_is_told_that_the_answer_is_general(language):
    first = [p for p in PROBES if p["lang"] == language and p["half"] != "fresh"]
    assert all(asks_of_own_case(probe["text"]) for probe in first if probe["route"] == "personal")
    assert sum(asks_of_own_case(probe["text"]) for probe in first if probe["route"] == "search") <= 1
