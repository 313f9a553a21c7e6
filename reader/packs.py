"""A passage and all questions about it as one row of tokens: the passage is read once, and no question sees another.

The words are those that the assistant asks with, so that what is learnt fits what runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from assistant.prompts import numbered_lines, prompt

BEGIN, END = "<|im_start|>", "<|im_end|>"
LONGEST_PASSAGE = 420  # tokens


@dataclass(frozen=True)
class Asked:
    """A passage, questions about it, and whether it answers each."""

    source: str
    sentences: tuple[str, ...]
    questions: tuple[str, ...]
    answered: tuple[bool, ...]


@dataclass(frozen=True)
class Pack:
    """Token ids (t,), their positions, what each may see (t, t), and where each question ends (q,)."""

    ids: Tensor
    positions: Tensor
    mask: Tensor
    ends: Tensor
    answered: Tensor


def prompts() -> tuple[str, str]:
    """Return the system's and the user's text; the latter has places for {quotes} and {question}."""
    return prompt("system_trained"), prompt("judge_trained")


def pack(asked: Asked, tokenizer: Any, words: tuple[str, str]) -> Pack:
    """Return the row of tokens."""
    system, user = words
    before, after = user.split("{question}")
    opening, between = before.split("{quotes}")
    quotes = numbered_lines(enumerate(asked.sentences, 1))
    head = f"{BEGIN}system\n{system}{END}\n{BEGIN}user\n{opening}{quotes}"
    passage = tokenizer.encode(head).ids[:LONGEST_PASSAGE]
    asks = [
        tokenizer.encode(f"{between}{question}{after}{END}\n{BEGIN}assistant\n").ids for question in asked.questions
    ]
    return _joined(passage, asks, asked.answered)


def _joined(passage: list[int], asks: Sequence[list[int]], answered: Sequence[bool]) -> Pack:
    ids, positions = list(passage), list(range(len(passage)))
    owner, ends = [0] * len(passage), []
    for number, tokens in enumerate(asks, 1):
        ids += tokens
        positions += range(len(passage), len(passage) + len(tokens))
        owner += [number] * len(tokens)
        ends.append(len(ids) - 1)
    of = torch.tensor(owner)
    earlier = torch.tril(torch.ones(len(ids), len(ids), dtype=torch.bool))
    mask = earlier & ((of[:, None] == of[None, :]) | (of[None, :] == 0))
    return Pack(torch.tensor(ids), torch.tensor(positions), mask, torch.tensor(ends), torch.tensor(answered).float())
