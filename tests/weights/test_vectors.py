"""The unpacked model gives the vectors that the makers' own engine gives on the same weights."""

import json
from pathlib import Path

import numpy as np
import pytest

pytestmark = [pytest.mark.models, pytest.mark.thorough]

KNOWN = json.loads(Path(__file__).with_name("reference_vectors.json").read_text(encoding="utf-8"))["vectors"]


@pytest.fixture(scope="module")
def model(embedder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(embedder), device="cpu")


@pytest.mark.parametrize("known", KNOWN, ids=[known["text"][:24] for known in KNOWN])
def test_vector_agrees_with_the_independent_engine(known, model):
    vector = model.encode(known["text"], prompt_name=known["prompt"])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    # The engine rounds activations to 8 bits, we do not: hence not 1.
    assert vector @ np.array(known["vector"]) >= 0.9995


def test_queries_and_documents_get_their_prompts_by_themselves(model):
    query, document = model.encode_query("Rovereto"), model.encode_document("Rovereto")
    assert np.allclose(query, model.encode("query: Rovereto"), atol=1e-6)
    assert np.allclose(document, model.encode("passage: Rovereto"), atol=1e-6)


def test_model_is_what_its_makers_describe(model):
    assert (model.get_embedding_dimension(), model.max_seq_length) == (384, 512)
    assert model.similarity_fn_name == "cosine"
