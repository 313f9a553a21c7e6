"""From texts to the vectors of their tokens: a transformer on the processor, by the quickest way it has."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from langchain_core.utils.iter import batch_iterate

if TYPE_CHECKING:
    from tokenizers import Encoding

    from index.upper import Upper

Vector = np.ndarray[tuple[int], np.dtype[np.float32]]
TokenVectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Network = Callable[..., Any]  # token ids (texts, tokens) to what it makes of them
_TOKENS = 512  # in a pass; more buys no speed


class Encoder:
    """The transformer and the tokenizer of a sentence-transformers folder. Safe to use from several threads.

    Runs in bfloat16 where the processor computes in it, on weights laid out once for its matrix units. `likeness` are
    the upper layers by which questions are compared with questions, and behind which layer of the model they go on.
    """

    def __init__(self, folder: Path, likeness: "tuple[Upper, int] | None" = None) -> None:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        from index.processor import TokenStates, one_thread, quickest, unlocked

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"torch_dtype": quickest()}
        ).eval()
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.prompts: dict[str, str] = {name: prompt or "" for name, prompt in model.prompts.items()}
        # A core works on a pass alone. Two on one pass wait for each other at every operator, and long where other work
        # (the generator's) holds one of them.
        self._cores = ThreadPoolExecutor(torch.get_num_threads(), "encoder", one_thread)
        self._tokenizer = model.tokenizer.backend_tokenizer
        # Set once: a change while another thread encodes is refused by the library.
        self._tokenizer.enable_truncation(int(model.get_max_seq_length() or 512))
        self._tokenizer.no_padding()
        transformer = cast("Any", model[0]).auto_model
        transformer.pooler = None  # computed at every pass and used by none
        example = torch.full((2, 8), 5)
        self._states = unlocked(TokenStates(transformer), example)
        self.compares = likeness is not None
        if likeness:
            from index.upper import BothStates, UpperStates

            upper, shared = likeness
            upper.layers.to(quickest())  # not the map behind them: rounding it would move every cosine
            self._both = unlocked(BothStates(transformer, upper, shared), example)
            self._compared = unlocked(UpperStates(transformer, upper, shared), example)

    def encodings(self, texts: Sequence[str], prompt: str) -> "list[Encoding]":
        """Cut texts, each behind the prompt of this name, into tokens; their offsets count from the text's start."""
        return list(self._tokenizer.encode_batch([self.prompts[prompt] + text for text in texts]))

    def each(self, encodings: "Sequence[Encoding]") -> Iterator[tuple[int, TokenVectors]]:
        """Yield the place of each text in the sequence and the vectors of its tokens, shape (tokens, dimension).

        Longest first. Only equally long texts share a pass: nothing is computed for padding, and a text's vectors do
        not depend on its neighbours, so an index brought up to date is the one that a clean build makes.
        """
        return self._each(encodings, self._states)

    def each_with_likeness(self, encodings: "Sequence[Encoding]") -> Iterator[tuple[int, tuple[TokenVectors, Vector]]]:
        """Yield the same and, of each text, the unit vector by which questions are compared, where it `compares`."""
        return self._each(encodings, self._both)

    def each_likeness(self, encodings: "Sequence[Encoding]") -> Iterator[tuple[int, Vector]]:
        """Yield the place of each text and that vector alone, which is quicker than both."""
        return self._each(encodings, self._compared)

    def _each(self, encodings: "Sequence[Encoding]", network: Network) -> Iterator[tuple[int, Any]]:
        from index.processor import on_one_core

        ids = [encoding.ids for encoding in encodings]
        if len(ids) == 1:  # a question: handing it over costs more than it saves
            with on_one_core():
                made = _forward(ids, network)
            yield 0, made[0]
            return
        batches = list(equally_long([len(row) for row in ids]))
        passes = self._cores.map(lambda batch: _forward([ids[place] for place in batch], network), batches)
        for batch, made in zip(batches, passes, strict=True):
            yield from zip(batch, made, strict=True)


def _forward(ids: list[list[int]], network: Network) -> list[Any]:
    """Return what the network makes of each text."""
    import torch

    with torch.inference_mode():
        made = network(torch.tensor(ids))
    if isinstance(made, tuple):
        return list(zip(*(part.numpy() for part in made), strict=True))
    return list(made.numpy())


def equally_long(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of texts of one length, about `_TOKENS` tokens at a time, longest first."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    for length, places in groupby(order, key=lambda place: lengths[place]):
        yield from batch_iterate(max(1, _TOKENS // length), places)
