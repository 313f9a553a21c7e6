"""A question that puts two things side by side becomes two, each completed by what both share."""

import pytest

from assistant.answer import Turn
from assistant.sides import sides


@pytest.mark.parametrize(
    ("language", "message", "expected"),
    [
        (
            "en",
            "Which of them is larger, the hub in Rovereto or the incubator in Pergine?",
            ["Which of them is larger, the hub in Rovereto", "Which of them is larger, the incubator in Pergine?"],
        ),
        (
            "en",
            "Our hub or the new incubator, which has more desks?",
            ["Our hub which has more desks?", "the new incubator, which has more desks?"],
        ),
        (
            "en",
            "Is the minimum capital higher for a SPA or a SRL?",
            ["Is the minimum capital higher for a SPA", "Is the minimum capital higher for a SRL?"],
        ),
        (
            "en",
            "Do both the long permit and the short permit count against the yearly entry quotas?",
            [
                "Do both the long permit count against the yearly entry quotas?",
                "the short permit count against the yearly entry quotas?",
            ],
        ),
        (
            "it",
            "Tra il polo e l'incubatore chi ospita più imprese?",
            ["Tra il polo chi ospita più imprese?", "l'incubatore chi ospita più imprese?"],
        ),
        (
            "it",
            "Cosa vale di più: il tunnel di base o i lavori dell'autostrada?",
            ["Cosa vale di più: il tunnel di base", "Cosa vale di più: i lavori dell'autostrada?"],
        ),
        (
            "de",
            "Wie groß ist das Zentrum im Vergleich zum Gründerhaus?",
            ["Wie groß ist das Zentrum", "Wie groß ist das Gründerhaus? Vergleich"],
        ),
        (
            "de",
            "unterschied srl - spa beim mindestkapital",
            ["unterschied srl beim mindestkapital", "spa beim mindestkapital"],
        ),
    ],
)
def test_a_comparison_becomes_two_questions(language, message, expected):
    assert [side.question for side in sides(message, [], language)] == expected


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Which firms and which bodies are in the hub?"),
        ("en", "How many firms have more than 50 employees?"),
        ("en", "What grew between July and September 2025?"),
        ("it", "Quante sinergie tra Provincia, scuole e industria sono nate?"),
        ("de", "Welche Vereinbarung gibt es zwischen Provinz und Handelskammer?"),
        ("de", "Wer betreibt das Zentrum?"),
    ],
)
def test_a_question_about_one_thing_has_no_sides(language, message):
    assert sides(message, [], language) == []


def test_a_side_is_completed_by_the_story_and_by_what_was_said_before():
    story = "We build sensors. Is the hub cheaper than the incubator?"
    assert "sensors" in sides(story, [], "en")[1].context
    before = [Turn("user", "How much is the rent in the hub?")]
    assert "rent" in sides("Is it lower than in Bolzano?", before, "en")[0].context


def test_a_side_keeps_what_was_said_of_it():
    assert [side.said for side in sides("Is the rent higher in the hub or in Trento?", [], "en")] == [
        "Is the rent higher in the hub",
        "in Trento?",
    ]
