import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import UsageError
from corpus.language import LANGUAGES
from corpus.split import split_document
from eval.curves import draw
from eval.generated import CHUNKS, GeneratedCorpus, GeneratedEmbedder
from eval.size import measure_sizes, nearest, table
from index.manifest import embedded_text
from index.vectors import VectorFile


def test_a_document_is_the_same_whenever_it_is_made_and_no_two_are_alike():
    corpus = GeneratedCorpus(50)

    again = [GeneratedCorpus(7).document(number) for number in range(6)]

    assert [corpus.document(number) for number in range(6)] == again
    assert len({document.text for document in corpus}) == 50
    assert [document.language for document in again[:3]] == list(LANGUAGES)


def test_a_document_is_cut_into_just_its_chunks_of_several_sentences():
    for document in GeneratedCorpus(9):
        chunks = split_document(document)

        assert len(chunks) == CHUNKS
        assert all(2 <= len(chunk.sentences) <= 6 for chunk in chunks)


def test_a_question_speaks_the_words_of_a_passage_in_its_language():
    corpus = GeneratedCorpus(6)
    texts = {code: " ".join(d.text.lower() for d in corpus if d.language == code) for code in LANGUAGES}

    for text, language in map(corpus.question, range(20)):
        telling = [word for word in text.rstrip("?").split()[2:] if len(word) > 5]
        assert telling
        assert all(word in texts[language] for word in telling)


def test_vectors_are_unit_and_nearer_the_more_their_texts_share():
    one, other = [embedded_text(chunk) for chunk in split_document(GeneratedCorpus(2).document(0))][:2]
    field, topic, _ = one.partition("\n")[0].split()
    same_topic, same_field, elsewhere = (
        f"{name} 99\nother words" for name in (f"{field} {topic}", f"{field} x", "y x")
    )

    vectors = GeneratedEmbedder().passages([one, other, same_topic, same_field, elsewhere])

    cosines = vectors @ vectors[0]
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert list(cosines) == sorted(cosines, reverse=True)
    assert cosines[1] > 0.88
    assert cosines[-1] == pytest.approx(0.75, abs=0.1)


def test_exact_search_finds_the_nearest_rows_of_every_block(tmp_path):
    vectors = np.random.default_rng(0).standard_normal((20_000, 4)).astype(np.float32)
    queries = np.random.default_rng(1).standard_normal((5, 4)).astype(np.float32)
    file = VectorFile(tmp_path / "rows", 4, create=True)
    file.append(vectors)

    found = nearest(file, queries, 10)

    file.close()
    wanted = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    assert [set(row) for row in found] == [set(row) for row in wanted]


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("size")
    (row,) = measure_sizes([30], out, lambda line: None)
    return out, row


@pytest.mark.thorough
def test_a_size_is_measured_from_build_to_recall(measured):
    out, row = measured

    assert json.loads((out / "size.json").read_text()) == [row]
    assert row["recall"] == 1.0
    assert 0 < row["median_ms"] <= row["p95_ms"]
    assert row["build_peak_gb"] >= max(gb for passing in row["build_memory"].values() for _, gb in passing) > 0
    assert [passing[-1][0] for passing in row["build_memory"].values()] == [30, 30]


@pytest.mark.thorough
def test_what_was_measured_before_is_not_measured_again_and_comes_smallest_first(measured):
    out, row = measured
    shutil.copytree(out / "30", out / "20", ignore=shutil.ignore_patterns("index"))
    (out / "20" / "recall.json").write_text('{"recall": 0.5, "recall_worst": 0.1}')

    rows = measure_sizes([30, 20], out, lambda line: pytest.fail(f"measured again: {line}"))

    assert rows == [row | {"chunks": 20, "recall": 0.5, "recall_worst": 0.1}, row]
    assert [line.split()[0] for line in table(rows).splitlines()] == ["chunks", "20", "30"]


@pytest.mark.thorough
def test_the_picture_shows_each_size_and_is_the_same_for_the_same_figures(measured, tmp_path):
    _, row = measured
    pictures = [tmp_path / "one.svg", tmp_path / "other.svg"]

    for picture in pictures:
        draw([row], picture)

    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert f"30: {row['chunks_per_second']}/s" in pictures[0].read_text()


@pytest.mark.parametrize("size", [0, 5, 1_001])
def test_a_size_that_is_not_made_of_whole_documents_is_refused(size, tmp_path):
    with pytest.raises(UsageError, match="multiple of 10"):
        measure_sizes([size], tmp_path, lambda line: None)
