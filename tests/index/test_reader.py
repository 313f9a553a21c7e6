"""The shipped reader, on texts it was not trained on."""

import json
import shutil

import numpy as np
import pytest
import torch

from corpus.errors import WeightsError
from index import windows
from index.processor import quickest
from index.reader import MANIFEST, TENSORS, WEIGHTS, Readable, Reader, network

FERRY = Readable(
    "The island ferry",
    ("The ferry was built in 1931 by the Larsen yard.", "It carries 240 passengers.", "Dogs travel free of charge."),
)
OVEN = Readable("Bread", ("The oven is heated with beech wood.", "Loaves are sold on Saturdays."))


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many people can the ferry carry?", 1),
        ("When was the ferry built?", 0),
        ("Quanti passeggeri porta il traghetto?", 1),
        ("In welchem Jahr wurde die Fähre gebaut?", 0),
    ],
)
def test_the_sentence_that_answers_is_best(reader, question, sentence):
    ferry, oven = reader.read(question, [FERRY, OVEN])
    assert int(np.argmax(ferry.scores)) == sentence
    assert ferry.answered > 0 > oven.answered


def test_windows_of_any_length_are_read_as_the_network_reads_them_layer_by_layer(reader):
    question, more = "When was the ferry built?", FERRY.sentences * 7
    ids = [encoding.ids for encoding in reader._tokenizer.encode_batch([question, FERRY.heading, *more])]
    (window,) = windows.whole(ids[0], ids[2:], reader._marks, ids[1])
    plain, marks = network(WEIGHTS), torch.tensor(window.marks)
    x = torch.tensor([window.ids])
    with torch.inference_mode():
        scores, _ = plain(x, torch.ones_like(x, dtype=torch.bool), torch.zeros_like(marks), marks)
    read = reader.read(question, [Readable(FERRY.heading, more)])[0].scores
    # bfloat16 keeps eight bits: what a processor rounds otherwise is some .2, what a layer adds over 2.
    near = 1e-3 if quickest() == torch.float32 else 0.4
    assert np.allclose(read, scores[reader.deep][:, 0].numpy(), atol=near)


def test_what_no_sentence_answers_has_no_answer(reader):
    for reading in reader.read("What does a ticket to the moon cost?", [FERRY, OVEN]):
        assert reading.answered < 0


def test_passages_do_not_change_each_other(reader):
    question = "When was the ferry built?"
    together = reader.read(question, [OVEN, FERRY])[1].scores
    assert np.allclose(together, reader.read(question, [FERRY])[0].scores, atol=1e-5)


def test_of_many_the_best_are_read_thoroughly(reader):
    question = "When was the ferry built?"
    ferry, oven = reader.read(question, [FERRY, OVEN], thoroughly=1)
    whole = reader.read(question, [FERRY, OVEN])
    assert np.allclose(ferry.scores, whole[0].scores, atol=1e-5)
    assert not np.allclose(oven.scores, whole[1].scores, atol=1e-5)
    assert oven.answered < ferry.answered


def test_a_passage_longer_than_a_window_keeps_a_score_for_every_sentence(reader):
    long = Readable("", tuple(f"Row {n} of the table holds nothing of interest to anybody at all." for n in range(80)))
    (reading,) = reader.read("When was the ferry built?", [long])
    assert len(reading.scores) == 80


def test_nothing_to_read_is_read(reader):
    assert reader.read("When was the ferry built?", []) == []


def test_a_quote_carries_what_it_says_rather_than_something_else(reader):
    said, other = reader.supported(
        [
            ("The ferry takes 240 passengers.", "It carries 240 passengers."),
            ("Bread is sold on Sundays.", "Dogs are free."),
        ]
    )
    assert said > other


@pytest.mark.parametrize("damage", ["changed", "missing", "no manifest"])
def test_weights_that_are_not_those_that_shipped_are_refused(tmp_path, damage):
    folder = shutil.copytree(WEIGHTS, tmp_path / "reader")
    if damage == "changed":
        with (folder / TENSORS).open("r+b") as file:
            file.seek(-1, 2)
            file.write(b"\x7f")
    elif damage == "missing":
        (folder / TENSORS).unlink()
    else:
        (folder / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(WeightsError, match="check it out again"):
        Reader(folder)


def test_the_weights_are_small():
    files = json.loads((WEIGHTS / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert sum((WEIGHTS / name).stat().st_size for name in files) <= 60_000_000
