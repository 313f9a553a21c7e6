"""Draw what `eval.size` measured: latency, memory, recall and build rate over the number of chunks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# To be kept at a million chunks.
P95_MS, MEMORY_GB, RECALL = 25.0, 4.5, 0.99
_LIMIT = {"color": "grey", "linestyle": "--", "linewidth": 1}


def draw(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw four plots into one picture; the ending of `file` decides its format."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # The same figures give the same bytes, so that the picture changes in the repository only when they do.
    with mpl.rc_context({"svg.hashsalt": "size", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(9, 6.5), layout="constrained")
        (latency, memory), (recall, rate) = figure.subplots(2, 2)
        _curves(latency, rows, {"median_ms": "median", "p95_ms": "95th percentile"}, "search, warm, ms")
        latency.axhline(P95_MS, **_LIMIT)
        latency.set_ylim(0, max(2 * P95_MS, 1.2 * rows[-1]["p95_ms"]))
        _curves(memory, rows, {"serving_gb": "serving", "build_peak_gb": "building, at most"}, "memory, GB")
        memory.axhline(MEMORY_GB, **_LIMIT)
        memory.set_ylim(0, 1.4 * MEMORY_GB)
        _curves(recall, rows, {"recall": "recall@10"}, "vectors: recall@10 against exact search")
        recall.axhline(RECALL, **_LIMIT)
        recall.set_ylim(0.98, 1.005)
        _growth(rate, rows)
        figure.savefig(file, metadata={"Date": None})


def _curves(axes: "Axes", rows: Sequence[dict[str, Any]], names: dict[str, str], title: str) -> None:
    for (name, label), above in zip(names.items(), (len(names) == 1, True), strict=False):
        place: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "bottom" if above else "top"}
        values = [row[name] for row in rows]
        axes.plot([row["chunks"] for row in rows], values, marker="o", label=label)
        for row, value in zip(rows, values, strict=True):
            axes.annotate(f"{value:.3g}", (row["chunks"], value), (0, 5 if above else -5), **place)
    axes.set(title=title, xscale="log", xlabel="chunks")
    axes.margins(x=0.1)
    axes.legend(loc="upper left")


def _growth(axes: "Axes", rows: Sequence[dict[str, Any]]) -> None:
    """Memory while building: texts, words and vectors stream through, and only the graphs that link vectors grow."""
    for number, row in enumerate(rows):
        for passing, line in (("indexed", ":"), ("linked", "-")):
            done, memory = zip(*row["build_memory"][passing], strict=True)
            label = f"{row['chunks']:,}: {row['chunks_per_second']:,}/s" if passing == "linked" else None
            axes.plot(np.array(done) / 1000, memory, line, color=f"C{number}", label=label)
    axes.set(title="memory while storing (dotted) and linking, GB", xlabel="thousands of chunks")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left")
