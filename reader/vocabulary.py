"""multilingual-e5-small cut down: the pieces that English, Italian and German text uses, and the first layers.

The tokenizer stays XLM-R's unigram model with the scores the pieces had, so any text can still be cut into pieces; a
word of another script falls to `<unk>`. The marks that windows need are appended.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

MARKS = ("[S]", "[E]", "[C]")  # a sentence to score begins, and ends; what follows is a claim, not a question
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
FREQUENT_WORDS = 60_000  # per language
BLOCK = 64  # texts that are cut into pieces at a time


def trim(base: Path, texts: Iterable[str], size: int, target: Path) -> int:
    """Write `target`/tokenizer.json and `target`/base.safetensors from the e5 folder `base`; return the pieces kept."""
    from safetensors.numpy import load_file, save_file

    spec = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    kept = _kept(base / "tokenizer.json", spec["model"]["vocab"], texts, size)
    target.mkdir(parents=True, exist_ok=True)
    (target / "tokenizer.json").write_text(json.dumps(_cut(spec, kept), ensure_ascii=False), encoding="utf-8")
    tensors = load_file(base / "model.safetensors")
    word = "embeddings.word_embeddings.weight"
    rows = tensors[word][kept]
    rng = np.random.default_rng(0)
    marks = rows[2] + 0.02 * rng.standard_normal((len(MARKS), rows.shape[1]))  # near </s>, and apart from each other
    tensors[word] = np.concatenate([rows, marks]).astype(np.float32)
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, target / "base.safetensors")
    return len(kept)


def _kept(tokenizer: Path, vocabulary: list[list[Any]], texts: Iterable[str], size: int) -> list[int]:
    """Return the ids to keep, in their old order: the special ones, single letters, and what the texts use most."""
    from tokenizers import Tokenizer

    count: Counter[int] = Counter()
    encoder = Tokenizer.from_file(str(tokenizer))
    for batch in _batches(texts):
        for encoding in encoder.encode_batch(batch, add_special_tokens=False):
            count.update(encoding.ids)
    names = {piece: i for i, (piece, _) in enumerate(vocabulary)}
    always = {names[piece] for piece in SPECIAL} | {
        i
        for i, (piece, _) in enumerate(vocabulary)
        if len(piece.removeprefix("▁")) <= 1 and ord(max(piece[-1:])) < 0x2200
    }
    often = [i for i, _ in count.most_common() if i not in always]
    return sorted(always | set(often[: size - len(always)]))


def _cut(spec: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    vocabulary = spec["model"]["vocab"]
    place = {vocabulary[old][0]: new for new, old in enumerate(kept)}
    spec["model"]["vocab"] = [vocabulary[old] for old in kept] + [[mark, 0.0] for mark in MARKS]
    spec["model"]["unk_id"] = place["<unk>"]
    spec["added_tokens"] = [_added(piece, place[piece]) for piece in SPECIAL] + [
        _added(mark, len(kept) + i) for i, mark in enumerate(MARKS)
    ]
    spec["truncation"] = spec["padding"] = spec["post_processor"] = None
    return spec


def _added(content: str, number: int) -> dict[str, Any]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": number, "content": content, "special": True, **flags}


def _batches(texts: Iterable[str]) -> Iterable[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BLOCK:
            yield batch
            batch = []
    yield batch


def frequent_words() -> Iterable[str]:
    """Yield the most frequent words of the three languages (package `wordfreq`), lower case and capitalised."""
    from wordfreq import top_n_list

    for language in ("en", "it", "de"):
        for word in top_n_list(language, FREQUENT_WORDS):
            yield word
            yield word.capitalize()
