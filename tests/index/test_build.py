"""An index is always that of a clean build of the same documents, with as little embedded as can be."""

from dataclasses import replace

import numpy as np
import pytest

from corpus.document import Document
from index import build, manifest
from index.build import build_index, is_up_to_date
from index.parts import MEANS, PASSAGES, SENTENCES
from index.report import Changes
from index.retrieve import Retriever
from tests.fakes import FakeEmbedder
from tests.index.collection import GRANTS, content, live, silent, snapshot


def _assert_like_a_clean_build(directory, documents, tmp_path, identity="fake@1"):
    clean = tmp_path / "clean"
    build_index(documents, clean, FakeEmbedder(identity), silent)
    found, wanted = content(directory, identity), content(clean, identity)
    assert {id_: text for id_, (text, _) in found.items()} == {id_: text for id_, (text, _) in wanted.items()}
    for id_, (_, vectors) in wanted.items():
        np.testing.assert_allclose(found[id_][1], vectors, atol=1e-5)
    for file in (PASSAGES, SENTENCES, MEANS):
        assert (live(directory) / file).read_bytes() == (live(clean) / file).read_bytes(), file


def test_a_first_build_says_what_it_did(tmp_path, documents, embedder):
    said = []
    done = build_index(documents, tmp_path / "index", embedder, said.append)
    assert (str(done.documents), done.chunks.added, done.embedded) == (
        "3 added, 0 changed, 0 removed, 0 unchanged",
        4,
        4,
    )
    assert said == ["indexed 4 chunks", "linked 3 chunks (en)", "linked 1 chunks (it)"]
    stamp = manifest.read_manifest(live(tmp_path / "index"))
    assert (stamp.documents, stamp.chunks, stamp.sentences, stamp.languages) == (3, 4, 7, {"en": 3, "it": 1})


def test_an_unchanged_rerun_writes_and_embeds_nothing(directory, documents, embedder):
    before = snapshot(directory)
    done = build_index(reversed(documents), directory, embedder, silent)
    assert snapshot(directory) == before
    assert (done.documents, done.chunks) == (Changes(unchanged=3), Changes(unchanged=4))
    assert embedder.embedded == []


def test_only_what_changed_is_embedded(directory, documents, embedder, tmp_path):
    documents[0] = replace(documents[0], text=GRANTS.replace("fifty", "eighty"))
    done = build_index(documents, directory, embedder, silent)
    assert done.documents == Changes(changed=1, unchanged=2)
    sentence = "The Mechatronics Hub hosts eighty companies in Rovereto."
    assert embedder.embedded == [f"Grants and hubs\nHubs\n{sentence}", sentence]
    assert done.embedded == 1
    _assert_like_a_clean_build(directory, documents, tmp_path)


def test_a_text_that_moved_is_not_embedded_again(directory, documents, embedder, tmp_path):
    documents[0] = replace(documents[0], text="New first line.\n\n" + GRANTS)
    build_index(documents, directory, embedder, silent)
    assert embedder.embedded == ["Grants and hubs\nNew first line.", "New first line."]
    _assert_like_a_clean_build(directory, documents, tmp_path)


def test_what_a_document_says_about_itself_is_updated_without_embedding(directory, documents, embedder):
    documents[0] = replace(documents[0], status="historic")
    build_index(documents, directory, embedder, silent)
    assert embedder.embedded == []
    assert Retriever(directory, embedder).document("grants", "en").status == "historic"


def test_a_removed_document_is_never_found_again(directory, documents, embedder, tmp_path):
    done = build_index(documents[:2], directory, embedder, silent)
    assert (done.documents, done.chunks.removed) == (Changes(removed=1, unchanged=2), 1)
    retriever = Retriever(directory, embedder)
    found = retriever.search("Snow falls in winter", "en", k=100)
    assert "weather" not in {scored.chunk.document for scored in (*found.chunks, *found.sentences)}
    with pytest.raises(KeyError):
        retriever.document("weather", "en")
    _assert_like_a_clean_build(directory, documents[:2], tmp_path)


@pytest.mark.parametrize("batch", [1, 3])
def test_batches_make_no_difference(tmp_path, documents, embedder, monkeypatch, batch):
    monkeypatch.setattr(build, "_BATCH", batch)
    build_index(documents, tmp_path / "index", embedder, silent)
    monkeypatch.undo()
    _assert_like_a_clean_build(tmp_path / "index", documents, tmp_path)


def test_another_embedding_model_embeds_everything(directory, documents, tmp_path):
    other = FakeEmbedder("fake@2")
    done = build_index(documents, directory, other, silent)
    assert (done.documents, done.embedded) == (Changes(added=3), 4)
    _assert_like_a_clean_build(directory, documents, tmp_path, "fake@2")


def test_another_version_of_the_builder_embeds_everything(directory, documents, embedder):
    stamp = live(directory) / manifest.FILE
    stamp.write_text(stamp.read_text().replace('"splitter": "', '"splitter": "0.'))
    assert not is_up_to_date(documents, directory, embedder.identity)
    assert build_index(documents, directory, embedder, silent).embedded == 4
    assert is_up_to_date(documents, directory, embedder.identity)


def test_up_to_date_means_these_documents_and_this_model(directory, documents, tmp_path):
    assert is_up_to_date(iter(documents), directory, "fake@1")
    assert not is_up_to_date(documents, directory, "fake@2")
    assert not is_up_to_date(documents[1:], directory, "fake@1")
    assert not is_up_to_date([*documents[1:], replace(documents[0], as_of="2026")], directory, "fake@1")
    assert not is_up_to_date(documents, tmp_path / "nowhere", "fake@1")


def test_texts_without_sentences_or_words_can_be_indexed(tmp_path, embedder):
    odd = [
        Document("title", "de", "", "Nur ein Titel"),
        Document("empty", "it", "", ""),
        Document("signs", "en", "", "***\n\n🚀"),
    ]
    build_index(odd, tmp_path / "index", embedder, silent)
    found = Retriever(tmp_path / "index", embedder).search("Titel", "de")
    assert found.chunks[0].chunk.text == "Nur ein Titel"
    assert found.sentences == []


def test_nothing_can_be_indexed_too(tmp_path, embedder):
    build_index([], tmp_path / "index", embedder, silent)
    assert Retriever(tmp_path / "index", embedder).search("anything", "en").chunks == []


def test_changes_are_counted_by_id():
    before, after = {"a": "1", "b": "1", "c": "1"}, {"b": "1", "c": "2", "d": "1"}
    assert str(Changes.between(before, after)) == "1 added, 1 changed, 1 removed, 1 unchanged"
