"""The unpacked tokenizer cuts text as the tables of the original file say."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tests.weights.reference import ReferenceTokenizer

pytestmark = pytest.mark.models

LINES = Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()
SENTENCES = [ast.literal_eval(line) for line in LINES if not line.startswith("#")]
# No "<": the special tokens `<s>` and the like are themselves in any text, as in the original tokenizer.
LETTERS = "abcdefgimnoprstuvzàèéìòùäöüßÄÖÜẞABCDEGIPSTñçŒæ0123456789"
SIGNS = " \u00a0\u2009\u3000\t\n\r\u00ad\u200b\u200d\ufeff\u0001\u007f.,;:!?'’«»„“”()[]%€$&/@#_-–—…·°²³½™▁～🈻"
OTHERS = "ﬁﬂﬀĲＡｂ１！ｶﾞ中文日本한국рукЕλΩعש🙂👍🏽🇮🇹𒀀𒀁\ue000\u0301\u0308\u0327"
WORDS = ["Polo ", "Meccatronica", "imprese", "Unternehmen", "sostenibilità ", "research", "  ", "dell'", "Förderung "]


@pytest.fixture(scope="module")
def tokenizer(embedder) -> Tokenizer:
    return Tokenizer.from_file(str(embedder / "tokenizer.json"))


@pytest.fixture(scope="module")
def reference(four_bit_file) -> ReferenceTokenizer:
    return ReferenceTokenizer(four_bit_file)


def test_there_are_enough_sentences():
    assert len(SENTENCES) >= 60


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_cut_as_the_files_tables_say(text, tokenizer, reference):
    assert tokenizer.encode(text).ids == reference(text)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*LETTERS, *SIGNS, *OTHERS, *WORDS]), max_size=60).map("".join))
def test_any_mixture_is_cut_as_the_files_tables_say(tokenizer, reference, text):
    assert tokenizer.encode(text).ids == reference(text)


@pytest.mark.thorough
def test_every_code_point_is_normalised_as_the_files_map_says(tokenizer, reference):
    def expected(code_point: int) -> str:
        return reference.replacements.get(code_point, chr(code_point))

    code_points = [*range(1, 0xD800), *range(0xE000, 0x110000)]
    normalise = tokenizer.normalizer.normalize_str
    assert [c for c in code_points if normalise(chr(c)) != expected(c)] == []


def test_an_accent_written_apart_is_the_same_letter(tokenizer):
    assert tokenizer.encode("Perche\u0301 fo\u0308rdern").ids == tokenizer.encode("Perché fördern").ids


def test_ids_and_pieces_are_those_of_the_file(tokenizer, reference):
    vocabulary = tokenizer.get_vocab()
    assert [vocabulary[piece] for piece in reference.pieces] == list(range(len(reference.pieces)))


@pytest.mark.thorough
def test_transformers_uses_this_tokenizer_unchanged(embedder, reference):
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(embedder)
    assert [loaded(text).input_ids for text in SENTENCES] == [reference(text) for text in SENTENCES]
    assert (loaded.model_max_length, loaded.pad_token_id, loaded.mask_token_id) == (512, 1, 250001)
