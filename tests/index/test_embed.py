"""The quick way to a vector gives what the plain way gives, whatever is computed beside it."""

import subprocess
import sys

import numpy as np
import pytest

from corpus.document import Span

pytestmark = pytest.mark.models

SENTENCES = [
    "HIT was founded by the Province, the University and two research centres.",
    "It hosts over 50 firms.",
    "Il contributo copre fino al 50 % delle spese.",
    "Die Förderung beträgt höchstens 200.000 Euro je Unternehmen und muss vor Beginn des Vorhabens beantragt werden.",
]
PASSAGE = " ".join(SENTENCES)
QUESTIONS = ["Who founded HIT?", "Quanto copre il contributo per una nuova impresa?", "Wie hoch ist die Förderung?"]


@pytest.fixture(scope="module")
def plain(model_folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(model_folder), device="cpu")


@pytest.fixture(scope="module")
def embedder(real_embedder):
    """The real one: the rest of this folder's tests use a fake."""
    return real_embedder


@pytest.fixture(scope="module")
def model_folder():
    from assistant.settings import read_settings
    from weights.store import WeightStore

    return WeightStore(read_settings().cache, print).embedder()


def cosines(ours, theirs):
    return (ours * theirs).sum(axis=1)


@pytest.mark.thorough
def test_passages_are_what_the_plain_model_makes_in_float32(embedder, plain):
    texts = [PASSAGE, *SENTENCES, PASSAGE * 20]  # the last one is cut off
    ours = embedder.passages(texts)
    assert cosines(ours, plain.encode(texts, prompt_name="passage")).min() >= 0.999
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-6)


@pytest.mark.thorough
def test_questions_are_what_the_plain_model_makes_in_float32(embedder, plain):
    assert cosines(embedder.queries(QUESTIONS), plain.encode(QUESTIONS, prompt_name="query")).min() >= 0.999


def test_a_text_has_the_same_vector_alone_and_among_others(embedder):
    texts = [*SENTENCES, PASSAGE, *reversed(SENTENCES), *QUESTIONS]
    together = embedder.passages(texts)
    alone = np.concatenate([embedder.passages([text]) for text in texts])
    assert np.abs(together - alone).max() <= 1e-5


def test_embedding_leaves_the_threads_of_others_as_they_are(embedder):
    import torch

    before = torch.get_num_threads()
    embedder.passages(SENTENCES)
    embedder.query("Whose threads are these?")
    assert torch.get_num_threads() == before


def test_a_question_is_computed_on_one_core(embedder, monkeypatch):
    import torch

    threads, real = [], embedder._encoder._both
    monkeypatch.setattr(embedder._encoder, "_both", lambda ids: threads.append(torch.get_num_threads()) or real(ids))
    embedder.query("How many cores does a question take?")
    assert threads == [1]


def test_a_question_asked_again_is_not_computed_again(embedder, monkeypatch):
    first = embedder.query("Where is Polo Meccatronica?")
    cut = []
    monkeypatch.setattr(embedder._encoder, "encodings", lambda texts, prompt: cut.extend(texts) or [])
    again = embedder.queries(["Where is Polo Meccatronica?"] * 2)
    assert np.array_equal(again, np.concatenate([first, first]))
    assert cut == []


@pytest.mark.thorough
def test_a_part_is_the_sum_of_itself_alone_and_in_the_light_of_its_passage(embedder, plain):
    starts = [PASSAGE.index(sentence) for sentence in SENTENCES]
    spans = [Span(start, start + len(sentence)) for start, sentence in zip(starts, SENTENCES, strict=True)]
    whole, none = embedder.passages_with_parts([PASSAGE, SENTENCES[0]], [spans, []])
    assert whole.shape == (1 + len(SENTENCES), embedder.dimension)
    assert np.abs(none - embedder.passages(SENTENCES[:1])).max() <= 1e-5
    assert np.abs(whole[0] - embedder.passages([PASSAGE])[0]).max() <= 1e-5

    prompt = plain.prompts["passage"]
    tokens = plain.encode([PASSAGE], prompt_name="passage", output_value="token_embeddings")[0].numpy()
    offsets = np.array(plain.tokenizer(prompt + PASSAGE, return_offsets_mapping=True)["offset_mapping"]) - len(prompt)
    for vector, span, sentence in zip(whole[1:], spans, SENTENCES, strict=True):
        inside = (offsets[:, 0] >= span.start - 1) & (offsets[:, 1] <= span.end) & (offsets[:, 1] > offsets[:, 0])
        late, alone = tokens[inside].mean(axis=0), plain.encode(sentence, prompt_name="passage")
        wanted = late / np.linalg.norm(late) + alone
        assert vector @ wanted / np.linalg.norm(wanted) >= 0.999


def test_nothing_to_embed_is_no_error(embedder):
    assert embedder.passages([]).shape == embedder.queries([]).shape == (0, embedder.dimension)
    assert embedder.passages_with_parts([], []) == []


def test_importing_the_embedder_loads_no_torch():
    code = "import index.embed, sys; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
