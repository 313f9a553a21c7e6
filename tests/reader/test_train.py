"""Training and export, on a network of two layers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from index import windows
from index.crossencoder import CrossEncoder
from index.reader import TOKENIZER, WEIGHTS, Readable, Reader
from reader.batch import padded
from reader.export import export
from reader.records import Record
from reader.train import Batches, Plan, choice_loss, encode, train

PASSAGE = ("The ferry was built in 1931.", "It carries 240 passengers.")


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(WEIGHTS / TOKENIZER))


@pytest.fixture
def network(tokenizer):
    torch.manual_seed(0)
    made = CrossEncoder(tokenizer.get_vocab_size(), 2, (1, 2))
    torch.nn.init.normal_(made.words.weight, std=0.1)
    return made


def loss_of(scores: list[float], gold: list[bool], answered: float) -> float:
    real = torch.ones(1, len(scores), dtype=torch.bool)
    return float(choice_loss(torch.tensor(scores), real, torch.tensor([gold]), torch.tensor([answered])))


def test_the_loss_wants_the_gold_sentence_high_and_all_low_where_none_answers():
    right, wrong, none = (
        loss_of([5, -5], [True, False], 1),
        loss_of([-5, 5], [True, False], 1),
        loss_of([-5, -5], [False] * 2, 0),
    )
    assert right < 0.2 < wrong
    assert none < 0.2 < loss_of([5, 5], [False] * 2, 0)


def records() -> list[Record]:
    asked = [("When was the ferry built?", (0,)), ("How many passengers?", (1,)), ("Who paints the ferry?", ())]
    questions = [Record("question", q, "en", PASSAGE, float(bool(g)), g, "", "x", "ferry", "Ferry") for q, g in asked]
    claims = [
        Record("claim", t, "en", PASSAGE, s, (), "", "x", "") for t, s in (("It is of 1931.", 1.0), ("It is red.", 0.0))
    ]
    return [*questions, *claims]


@pytest.mark.thorough
def test_training_goes_on_where_it_was_interrupted_and_learns(network, tokenizer, tmp_path, capsys):
    data = (encode(records(), tokenizer), [1.0] * 5)
    plan = Plan(steps=60, rate=1e-3, batch=2, lone=False)
    checkpoint = tmp_path / "checkpoint.pt"
    train(network, data, tokenizer, plan, checkpoint)
    first, last = (float(line.split('"loss": ')[1].split(",")[0]) for line in capsys.readouterr().out.splitlines())
    assert last < first
    assert checkpoint.exists()
    train(network, data, tokenizer, plan, checkpoint)
    assert capsys.readouterr().out == ""


def test_what_goes_on_draws_other_records_than_what_it_goes_on_from(tokenizer):
    def drawn(start: int) -> list[list[int]]:
        batches = Batches(encode(records(), tokenizer), [1.0] * 5, windows.marks_of(tokenizer), plan, 0, start)
        return [batch[0][0][0].tolist() for batch, _ in zip(batches, range(6), strict=False)]

    plan = Plan(steps=60, rate=1e-3, batch=2, lone=False)
    assert drawn(0) == drawn(0)
    assert drawn(0) != drawn(100)


def test_what_ships_scores_as_what_was_trained(network, tokenizer, tmp_path: Path):
    network.eval()
    export(network, WEIGHTS / TOKENIZER, (1, 2), tmp_path)
    (reading,) = Reader(tmp_path).read("When?", [Readable("Ferry", PASSAGE)])
    ids = [tokenizer.encode(text).ids for text in ("When?", "Ferry", *PASSAGE)]
    made = windows.whole(ids[0], ids[2:], windows.marks_of(tokenizer), ids[1])
    with torch.inference_mode():
        scores, _ = network(*map(torch.from_numpy, padded(made, tokenizer.token_to_id("<pad>"))))
    assert np.allclose(reading.scores, scores[2][:, 0].numpy(), atol=0.05)
