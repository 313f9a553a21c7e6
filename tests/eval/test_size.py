import json
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import UsageError
from corpus.language import LANGUAGES
from corpus.split import split_document
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
def measured(tmp_path_factory) -> tuple[Path, list[dict]]:
    out = tmp_path_factory.mktemp("size")
    return out, measure_sizes([60, 30], out, lambda line: None)


def test_sizes_are_measured_smallest_first_and_kept(measured):
    out, rows = measured

    assert [row["chunks"] for row in rows] == [30, 60]
    assert json.loads((out / "size.json").read_text()) == rows
    assert all(row["recall"] == 1.0 and 0 < row["median_ms"] <= row["p95_ms"] for row in rows)
    assert all(row["build_peak_gb"] >= row["build_memory"][-1][1] > 0 for row in rows)
    assert len(table(rows).splitlines()) == 3


def test_what_was_measured_before_is_not_measured_again(measured):
    out, rows = measured
    (out / "30" / "recall.json").write_text('{"recall": 0.5, "recall_worst": 0.1}')

    again = measure_sizes([30], out, lambda line: pytest.fail(f"measured again: {line}"))

    assert again == [rows[0] | {"recall": 0.5, "recall_worst": 0.1}]


@pytest.mark.parametrize("size", [0, 5, 1_001])
def test_a_size_that_is_not_made_of_whole_documents_is_refused(size, tmp_path):
    with pytest.raises(UsageError, match="multiple of 10"):
        measure_sizes([size], tmp_path, lambda line: None)
