"""A build that lost something does not go live."""

import pytest

from corpus.document import Document
from corpus.errors import IndexUnusable
from index import manifest
from index.build import build_index
from index.store import VectorStore
from tests.fakes import FakeEmbedder
from tests.index.collection import live, silent


@pytest.mark.parametrize(
    ("part", "method", "flaw"),
    [
        (VectorStore, "vectors", "the vector of passage 0 is missing"),
        (VectorStore, "search", "only 0.0% of the nearest passages are found"),
        (VectorStore, "count_all", "it holds 0 of 4 vectors that can be searched"),
    ],
)
def test_a_build_that_chroma_lost_something_of_does_not_go_live(tmp_path, documents, monkeypatch, part, method, flaw):
    monkeypatch.setattr(part, method, lambda *_: 0 if method == "count_all" else {})
    with pytest.raises(IndexUnusable, match=f"The new index is not whole: {flaw}"):
        build_index(documents, tmp_path / "index", FakeEmbedder(), silent)
    assert not list((tmp_path / "index").glob("build-*"))


def test_hundreds_of_equal_passages_can_be_indexed(tmp_path):
    same = "\n\n".join("# Hours\n\nThe office is open." for _ in range(600))
    others = "\n\n".join(f"# {i}\n\nLine number {i} speaks." for i in range(300))
    build_index(
        [Document("same", "en", "Same", same), Document("others", "en", "Others", others)],
        tmp_path / "index",
        FakeEmbedder(),
        silent,
    )
    assert manifest.read_manifest(live(tmp_path / "index")).chunks == 900
