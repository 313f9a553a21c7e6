"""SelQA and QED as questions: English Wikipedia beyond the few articles of the test sets.

SelQA (Emory, Apache-2.0): `selqa-ass-dev.json`, `selqa-ass-test.json`. QED (Google, text CC BY-SA 3.0):
`qed-dev.jsonlines`. Passages that share eight words in a row with a held-out paragraph are left out.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from reader.data import Passage, Question, holding, normalised

SHARED = 8  # words in a row that make two passages the same
LONGEST_SECTION, LONGEST_PARAGRAPH = 30, 2500  # sentences, characters
AROUND = 7  # sentences of a SelQA section that are kept
_SPACE_BEFORE = re.compile(r" ([,.;:)'])")


def others(folder: Path, held_out: Iterable[Passage], seed: int) -> list[Question]:
    """Return the questions of the files below `folder`, none of a passage that overlaps a held-out one."""
    taken = {gram for passage in held_out for gram in _grams(passage)}
    rng = random.Random(seed)
    found = [*_selqa(folder, rng), *_qed(folder / "qed-dev.jsonlines")]
    return [question for question in found if not _grams(question.passage) & taken]


def _grams(passage: Passage) -> set[str]:
    words = normalised(" ".join(passage.sentences)).split()
    return {" ".join(words[i : i + SHARED]) for i in range(len(words) - SHARED + 1)}


def _selqa(folder: Path, rng: random.Random) -> Iterator[Question]:
    for name in ("selqa-ass-dev.json", "selqa-ass-test.json"):
        for given in json.loads((folder / name).read_text(encoding="utf-8")):
            section = [" ".join(sentence.split()) for sentence in given["candidates"]]
            if len(section) > LONGEST_SECTION:
                continue
            start = max(0, min(given["answers"], default=0) - rng.randint(1, 4))
            kept = tuple(section[start : start + AROUND])
            gold = tuple(i - start for i in given["answers"] if start <= i < start + AROUND)
            number = f"selqa-{given['article']}-{given['section']}-{start}"
            yield Question(
                given["question"], "en", Passage(number, "selqa", given["article"], "en", kept, False), (), gold
            )


def _qed(path: Path) -> Iterator[Question]:
    for line in path.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        text = given["paragraph_text"]
        edges = [*given["sentence_starts"], len(text)]
        kept = tuple(_plain(text[a:b]) for a, b in pairwise(edges))
        answers = tuple(_plain(span["string"]) for answer in given["original_nq_answers"] for span in answer)
        gold = holding(kept, answers)
        if gold and len(text) <= LONGEST_PARAGRAPH:
            passage = Passage(f"qed-{given['example_id']}", "qed", given["title_text"], "en", kept, False)
            yield Question(given["question_text"].rstrip("?") + "?", "en", passage, answers, gold)


def _plain(tokens: Any) -> str:
    """Return text whose tokens stand apart as it is usually written."""
    text = " ".join(tokens.replace("( ", "(").replace(" 's", "'s").replace("``", '"').replace("''", '"').split())
    return _SPACE_BEFORE.sub(r"\1", text)
