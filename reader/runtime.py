"""The shipped reader with onnxruntime: pick over all windows, judge over the best of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reader.export import JUDGE, MANIFEST, PICKER, TOKENIZER
from reader.scores import FloatArray, by_length, padded
from reader.windows import Window

TOKENS = 2048  # padded pieces of a batch: small enough for the cache


@dataclass(frozen=True)
class Shipped:
    """Sessions of the two graphs, and the tokenizer."""

    picker: Any
    judge: Any
    tokenizer: Any

    def scores(self, windows: list[Window], deep: bool) -> list[FloatArray]:
        """Return for each window the scores (marks, 2): answers, supports. `deep` reads all layers."""
        found: list[FloatArray] = [np.empty(0)] * len(windows)
        pad = self.tokenizer.token_to_id("<pad>")
        for numbers in by_length(windows, TOKENS):
            part = [windows[number] for number in numbers]
            ids, seen, rows, columns = padded(part, pad)
            at = {"rows": rows, "columns": columns, "seen": seen}
            scores, hidden = self.picker.run(None, {"ids": ids, **at})
            if deep:
                scores = self.judge.run(["scores"], {"hidden": hidden, **at})[0]
            ends = np.cumsum([len(window.marks) for window in part])[:-1]
            for number, own in zip(numbers, np.split(scores, ends), strict=True):
                found[number] = own
        return found

    def deep(self, windows: list[Window]) -> list[FloatArray]:
        """Return the scores of all layers."""
        return self.scores(windows, deep=True)


def load(folder: Path, threads: int) -> Shipped:
    """Open the graphs of `folder` after checking their SHA-256. ValueError names the file that differs."""
    import hashlib

    import onnxruntime
    from tokenizers import Tokenizer

    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for name, known in manifest["files"].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != known["sha256"]:
            raise ValueError(f"{folder / name} is not the file that was shipped: check it out again.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    graphs = [
        onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
        for name in (PICKER, JUDGE)
    ]
    return Shipped(*graphs, Tokenizer.from_file(str(folder / TOKENIZER)))
