import json
from math import log2
from pathlib import Path

import pytest

from assistant.answer import Turn
from assistant.condense import Standalone
from corpus.document import Chunk
from corpus.errors import UsageError
from eval.__main__ import main
from eval.retrieval import (
    MEASURES,
    Row,
    build_set_index,
    judged,
    measure,
    missing_gold,
    ranked_documents,
    searches,
    summary,
)
from eval.sets import Question, QuestionSet, read_set
from eval.speed import TimedEmbedder
from index.retrieve import Retriever, ScoredChunk
from tests.fakes import FakeEmbedder

DOCUMENTS = [
    {"id": "grapes", "title": "Vineyards", "text": "Grapes are picked by hand in September.", "language": "en"},
    {"id": "hub", "title": "Mechatronics Hub", "text": "The hub hosts thirty companies.", "language": "en"},
    {"id": "school", "title": "Schulen", "text": "Die Kinder lernen Deutsch in der Schule.", "language": "de"},
]
QUERIES = [
    {"id": "q1", "text": "When are grapes picked?", "gold_ids": ["grapes"]},
    {"id": "q2", "text": "How many companies are in the hub?", "gold_ids": ["hub"], "rewrite": "companies of the hub"},
    {"id": "q3", "text": "Was lernen die Kinder in der Schule?", "gold_ids": ["school"]},
    {"id": "q4", "text": "Who is the king?", "gold_ids": []},
]


def row(gold, found, **more) -> Row:
    given = {"id": "q", "question": "?", "searched": "?", "language": "en", "style": "", "metrics": {}}
    scores = dict.fromkeys(found, 1.0)
    return Row(**given | {"gold": gold, "found": scores, "ms": 10.0, "embedding_ms": 8.0} | more)


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "small"
    path.mkdir()
    write(path / "corpus.jsonl", DOCUMENTS)
    write(path / "queries.jsonl", QUERIES)
    return path


def write(file, values):
    file.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """Run the command in an empty folder, with an embedder that needs no weights."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eval.commands.measuring.embedder_of", lambda report: FakeEmbedder())
    return lambda *arguments: main(["retrieval", *map(str, arguments)])


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        ({"a": 1}, "abc", dict.fromkeys(MEASURES.values(), 1)),
        (
            {"a": 1, "b": 1},
            "xayb",
            {
                "Recall@1": 0,
                "Recall@5": 1,
                "nDCG@10": (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)),
                "MRR@10": 1 / 2,
                "hit@1": 0,
                "hit@3": 1,
            },
        ),
        ({"a": 1, "b": 1}, "atuvwxyzb", {"Recall@1": 1 / 2, "Recall@5": 1 / 2, "Recall@10": 1}),
        # The better document second: its gain is its grade.
        ({"a": 2, "b": 1}, "ba", {"nDCG@10": (1 + 2 / log2(3)) / (2 + 1 / log2(3)), "hit@1": 1, "Recall@1": 1 / 2}),
        ({"a": 1}, "uvwxa", {"hit@3": 0, "hit@5": 1, "MRR@10": 1 / 5, "nDCG@10": 1 / log2(6)}),
        ({"a": 1}, "bcdefghijka", {"Recall@10": 0, "nDCG@10": 0, "MRR@10": 0, "hit@5": 0}),
        ({"a": 1}, "", {"Recall@1": 0, "Recall@10": 0, "nDCG@10": 0, "MRR@10": 0, "hit@1": 0}),
    ],
)
def test_metrics_of_rankings_counted_by_hand(gold, found, expected):
    metrics = judged([row(gold, found)])[0].metrics
    assert {name: metrics[name] for name in expected} == pytest.approx(expected)


def test_documents_of_equal_score_keep_their_order():
    for order in ("ab", "ba"):
        assert judged([row({order[0]: 1}, order)])[0].metrics["hit@1"] == 1


def test_a_document_stands_where_its_best_passage_does():
    def passage(document, score):
        return ScoredChunk(Chunk(document, "en", "", "", 0, 1, "x"), score)

    ranked = ranked_documents([passage("a", 0.9), passage("b", 0.8), passage("a", 0.7), passage("c", 0.1)])
    assert list(ranked.items()) == [("a", 0.9), ("b", 0.8), ("c", 0.1)]


def test_scores_are_means_overall_and_by_language_and_style():
    rows = judged(
        [
            row({"a": 1}, "ab", id="1", language="en", style="numeric"),
            row({"a": 1}, "ba", id="2", language="de", style="numeric", ms=30.0),
            row({"a": 1}, "bc", id="3", language="de", style="list"),
        ]
    )
    scores = summary(rows)
    assert list(scores) == ["all", "language de", "language en", "style list", "style numeric"]
    assert [group["Recall@1"].n for group in scores.values()] == [3, 2, 1, 1, 2]
    assert scores["all"]["MRR@10"].value == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert scores["language de"]["Recall@5"].value == 1 / 2
    assert scores["style numeric"]["hit@1"].value == 1 / 2
    assert (scores["all"]["ms"][0], scores["language de"]["ms"][0]) == (10, 20)


def asked(*questions: Question) -> QuestionSet:
    return QuestionSet("set", questions, 0, None)


def test_a_follow_up_is_searched_as_it_stands_as_we_complete_it_or_as_a_person_did():
    history = (Turn("user", "What is the Mechatronics Hub?"), Turn("assistant", "A building."))
    follow_up = Question("1", "How many companies does it host?", "en", {"hub": 1}, history, "Companies in the hub?")
    alone = Question("2", "When are grapes picked?", "en", {"grapes": 1})
    both = asked(follow_up, alone)
    assert searches(both, "last") == [Standalone(follow_up.text), Standalone(alone.text)]
    assert searches(both, "human") == [Standalone("Companies in the hub?"), Standalone(alone.text)]
    ours = searches(both, "ours")
    assert "Mechatronics Hub" in ours[0].context
    assert ours[1] == Standalone(alone.text)
    with pytest.raises(UsageError, match="has no human rewrites"):
        searches(asked(alone), "human")


def test_a_set_is_indexed_once_searched_and_judged(folder, tmp_path):
    embedder = FakeEmbedder()
    directory = build_set_index(folder / "corpus.jsonl", embedder, lambda line: None, root=tmp_path / "sets")
    built = len(embedder.embedded)
    assert build_set_index(folder / "corpus.jsonl", embedder, lambda line: None, root=tmp_path / "sets") == directory
    assert 0 < built == len(embedder.embedded)

    small, timed, said = read_set(folder), TimedEmbedder(embedder), []
    texts = [*searches(small, "last")[:2], Standalone("Deutsch Kinder Schule")]
    rows = measure(small, texts, Retriever(directory, timed), timed, said.append)
    assert [row.searched for row in rows] == [became.text for became in texts]
    assert [next(iter(row.found)) for row in rows] == ["grapes", "hub", "school"]
    assert [row.language for row in rows] == ["en", "en", "de"]
    assert all(row.metrics["hit@1"] == 1 and 0 < row.embedding_ms <= row.ms for row in rows)
    assert said[-1] == "small: asked: 100 %"


def test_sets_of_one_name_have_indexes_of_their_own(folder, tmp_path):
    other = tmp_path / "elsewhere" / "small"
    other.mkdir(parents=True)
    write(other / "corpus.jsonl", DOCUMENTS)
    places = [
        build_set_index(path / "corpus.jsonl", FakeEmbedder(), lambda line: None, root=tmp_path / "sets")
        for path in (folder, other)
    ]
    assert places[0] != places[1]
    assert all(place.name.startswith("small-") for place in places)


def test_an_english_only_index_holds_nothing_else(folder, tmp_path):
    embedder = FakeEmbedder()
    everything = build_set_index(folder / "corpus.jsonl", embedder, lambda line: None, root=tmp_path)
    english = build_set_index(folder / "corpus.jsonl", embedder, lambda line: None, english_only=True, root=tmp_path)
    assert english != everything
    assert missing_gold(read_set(folder), Retriever(everything, embedder)) == []
    assert missing_gold(read_set(folder), Retriever(english, embedder)) == ["school"]


def test_an_index_without_any_right_document_is_refused(folder, tmp_path):
    embedder = FakeEmbedder()
    directory = build_set_index(folder / "corpus.jsonl", embedder, lambda line: None, root=tmp_path / "sets")
    other = asked(Question("1", "Who?", "en", {"king": 1, "queen": 1}))
    with pytest.raises(UsageError, match="None of the 2 right documents of set is in the index"):
        missing_gold(other, Retriever(directory, embedder))


def test_the_command_prints_a_table_and_keeps_rows_and_scores(folder, in_folder, capsys, tmp_path):
    assert in_folder("--set", folder, "--history", "human", "--out", "kept") == 0
    printed = capsys.readouterr().out
    assert "small: 3 questions (1 more have no right document)" in printed
    assert [line.split()[:2] for line in printed.splitlines()[2:]] == [
        ["all", "3"],
        ["language", "de"],
        ["language", "en"],
    ]
    rows = [json.loads(line) for line in (tmp_path / "kept" / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["searched"] for row in rows] == [QUERIES[0]["text"], "companies of the hub", QUERIES[2]["text"]]
    assert set(rows[0]) >= {"question", "language", "gold", "found", "metrics", "ms"}
    scores = json.loads((tmp_path / "kept" / "scores.json").read_text(encoding="utf-8"))
    assert scores["all"]["Recall@10"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 3}
    assert (scores["run"]["history"], scores["run"]["without_gold"], scores["run"]["gold_missing"]) == ("human", 1, 0)
    assert list((tmp_path / "var" / "sets").iterdir()) == [Path(scores["run"]["index"]).resolve()]


def test_right_documents_that_are_missing_count_as_not_found_and_are_named(folder, in_folder, capsys):
    write(folder / "corpus.jsonl", DOCUMENTS[:2])
    assert in_folder("--set", folder, "--out", "kept") == 0
    assert "not in the index, so never found: 1 right documents (school ...)" in capsys.readouterr().err
    scores = json.loads(Path("kept/scores.json").read_text(encoding="utf-8"))
    assert scores["run"]["gold_missing"] == 1
    assert scores["language de"]["Recall@10"]["value"] == 0


def test_own_cases_are_asked_of_the_named_index(folder, in_folder, capsys, tmp_path):
    directory = build_set_index(folder / "corpus.jsonl", FakeEmbedder(), lambda line: None, root=tmp_path / "sets")
    case = {"id": "c", "group": "main", "style": "date", "lang": "en", "question": QUERIES[0]["text"]}
    write(tmp_path / "own.jsonl", [case | {"facts": ["grapes.picked"]}])
    assert in_folder("--set", "own.jsonl", "--index", directory) == 0
    assert "hit@3" in (printed := capsys.readouterr().out)
    assert "style date" in printed
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "nowhere"], "There is no set at nowhere."),
        (["--set", "small", "--history", "human"], "small has no human rewrites."),
        (["--set", "small", "--limit", "0"], "0 questions are none."),
        (["--set", "small", "--index", "elsewhere"], "There is no index at elsewhere."),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(folder, in_folder, capsys, arguments, said):
    write(folder / "queries.jsonl", [QUERIES[0]])
    assert in_folder(*arguments) == (1 if "--index" in arguments else 2)
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1].startswith(f"eval: {said}")
    assert captured.out == ""


@pytest.mark.parametrize(
    "arguments", [[], ["--set", "x", "--history", "all"], ["--set", "x", "--index", "i", "--english-only"]]
)
def test_wrong_options_are_wrong_use(in_folder, arguments):
    with pytest.raises(SystemExit) as stop:
        in_folder(*arguments)
    assert stop.value.code == 2
