"""A passage and its questions in one row."""

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from reader.packs import Asked, pack

PROMPT = ("judge", "{quotes} Question: {question}")
ASKED = Asked("x", ("one two", "three"), ("why four", "how five six"), (True, False))


@pytest.fixture(scope="module")
def tokenizer():
    """Words are tokens."""
    numbers = ["one", "two", "three", "four", "five", "six"]
    words = ["[UNK]", PROMPT[0], "[1]", "[2]", "Question:", "why", "how", *numbers]
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def test_a_question_sees_the_passage_and_itself_and_no_other(tokenizer):
    row = pack(ASKED, tokenizer, PROMPT)
    first, second = (int(end) for end in row.ends)
    assert row.mask[first, 0]
    assert row.mask[second, 0]
    assert not row.mask[second, first]
    assert not row.mask[first, second]


def test_each_question_stands_where_it_would_stand_alone(tokenizer):
    together = pack(ASKED, tokenizer, PROMPT)
    for number, question in enumerate(ASKED.questions):
        alone = pack(Asked("x", ASKED.sentences, (question,), (True,)), tokenizer, PROMPT)
        seen = together.mask[together.ends[number]]
        assert torch.equal(together.ids[seen], alone.ids)
        assert torch.equal(together.positions[seen], alone.positions)


def test_nothing_sees_what_comes_after_it(tokenizer):
    row = pack(ASKED, tokenizer, PROMPT)
    assert not torch.triu(row.mask, diagonal=1).any()
    assert row.answered.tolist() == [1.0, 0.0]
