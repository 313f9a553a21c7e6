"""From padded windows to scores, and from scores to one number for a question and a passage."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from reader.windows import Window

FloatArray = npt.NDArray[np.float32]
Scorer = Callable[[list[Window]], list[FloatArray]]  # for each window an array (marks, 2)


def padded(windows: Sequence[Window], pad: int) -> tuple[Any, Any, Any, Any]:
    """Return ids (n, t), which of them are pieces (n, t), and the rows and columns of all marks, window by window."""
    width = -(-max(len(window.ids) for window in windows) // 8) * 8  # attention kernels want multiples of 8
    ids = np.full((len(windows), width), pad, dtype=np.int64)
    seen = np.zeros((len(windows), width), dtype=bool)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        seen[row, : len(window.ids)] = True
    rows = np.repeat(np.arange(len(windows)), [len(window.marks) for window in windows])
    columns = np.concatenate([np.asarray(window.marks, dtype=np.int64) for window in windows])
    return ids, seen, rows, columns


def by_length(windows: Sequence[Window], tokens: int) -> Iterator[list[int]]:
    """Yield the numbers of windows of like length, in batches of about `tokens` pieces."""
    order = sorted(range(len(windows)), key=lambda number: -len(windows[number].ids))
    while order:
        count = max(1, tokens // len(windows[order[0]].ids))
        yield order[:count]
        order = order[count:]


def answered(scores: FloatArray) -> float:
    """Return the log-odds that one of the sentences answers, from their scores (n,) against a zero for none."""
    return float(np.logaddexp.reduce(scores))
