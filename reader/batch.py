"""Windows of several lengths as one batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from index.windows import Window


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
