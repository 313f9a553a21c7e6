"""The catalogue is complete and agrees with itself."""

import re

import pytest

from weights.catalogue import DEFAULT_GENERATOR, EMBEDDER, load_catalogue

CATALOGUE = load_catalogue()


def test_the_names_the_code_uses_are_in_it():
    assert {DEFAULT_GENERATOR, EMBEDDER} <= set(CATALOGUE)


@pytest.mark.parametrize("weights", CATALOGUE.values(), ids=list(CATALOGUE))
def test_parts_add_up_to_the_file_and_every_hash_is_one(weights):
    assert sum(part.bytes for part in weights.parts) == weights.bytes
    hashes = [weights.sha256, *(part.sha256 for part in weights.parts)]
    assert all(re.fullmatch("[0-9a-f]{64}", found) for found in hashes)
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", part.package) for part in weights.parts)
    assert len({part.package for part in weights.parts}) == len(weights.parts)


def test_the_embedder_has_no_hub_source_because_the_hub_has_another_model():
    assert CATALOGUE[EMBEDDER].hub is None


def test_a_hub_address_names_repository_revision_and_file():
    hub = CATALOGUE["qwen2.5-coder-0.5b"].hub
    assert hub is not None
    assert hub.url.endswith(
        "/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
    )
