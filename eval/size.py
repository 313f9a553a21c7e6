"""Measure the index at several sizes: how fast it is built, what memory that and serving take, latency, recall.

Every step runs in a process of its own, so that what it takes in memory is its own, and leaves its figures in a file: a
run that was cut off goes on where it stopped. Texts and vectors are made up (`generated`); the code is the program's.
"""

import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import UsageError
from eval.generated import CHUNKS, GeneratedCorpus, GeneratedEmbedder
from eval.metrics import median_and_p95
from index.build import build_index
from index.embed import Vectors
from index.parts import Parts, open_live
from index.retrieve import Retriever
from index.vectors import VectorFile
from weights.progress import Meter, Report, StderrReport

QUESTIONS, _WARM_UPS, _ROUNDS = 500, 200, 5
_NEIGHBOURS = 10
_SAMPLES = 100  # of memory while building
_STEPS = ("build", "search", "recall")
COLUMNS = {
    "chunks": "chunks",
    "chunks_per_second": "chunks/s",
    "build_peak_gb": "build GB",
    "disk_gb": "disk GB",
    "open_seconds": "opens s",
    "serving_gb": "serves GB",
    "median_ms": "p50 ms",
    "p95_ms": "p95 ms",
    "recall": "recall@10",
}


def measure_sizes(sizes: Sequence[int], out: Path, report: Report) -> list[dict[str, Any]]:
    """Return the figures of each size (numbers of chunks), smallest first; indexes and figures are kept in `out`.

    What stands in `out` already is not measured again. Raises `UsageError` for a size that is not made of whole
    documents.
    """
    if wrong := [size for size in sizes if size < CHUNKS or size % CHUNKS]:
        raise UsageError(f"{wrong[0]} chunks cannot be made: name a multiple of {CHUNKS}.")
    rows = [_measure(size, out / str(size), report) for size in sorted(sizes)]
    (out / "size.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return rows


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the figures as a table, one line a size."""
    lines = [[*COLUMNS.values()], *([_cell(row[name]) for name in COLUMNS] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.rjust, line, widths)) for line in lines)


def _cell(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def _measure(size: int, folder: Path, report: Report) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    row: dict[str, Any] = {"chunks": size}
    for step, function in zip(_STEPS, (_build, _search, _recall), strict=True):
        kept = folder / f"{step}.json"
        if not kept.exists():
            report(f"{size:,} chunks: {step}")
            kept.write_text(json.dumps(_in_new_process(function, size, folder / "index")), encoding="utf-8")
        row |= json.loads(kept.read_text(encoding="utf-8"))
    return row


def _in_new_process(function: Callable[[int, Path], dict[str, Any]], size: int, index: Path) -> dict[str, Any]:
    # Spawned, not forked: a fork would count this process's memory, too.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as one:
        return one.submit(function, size, index).result()


class _Watch:
    """Follows a build by what it reports: the memory it takes while it stores texts, then while it links graphs."""

    def __init__(self, size: int) -> None:
        self._meter = Meter(StderrReport(), f"{size:,} chunks", 2 * size)
        self.memory: dict[str, list[tuple[int, float]]] = {"indexed": [], "linked": []}  # (chunks done, GB)

    def __call__(self, line: str) -> None:
        passing, count, *_ = line.split()
        samples = self.memory[passing]
        before = samples[-1][0] if samples else 0
        done = int(count) if passing == "indexed" else before + int(count)  # the second counts by batches
        samples.append((done, resident("VmRSS")))
        self._meter.advance(done - before)


def _build(size: int, index: Path) -> dict[str, Any]:
    watch = _Watch(size)
    started = time.monotonic()
    build_index(GeneratedCorpus(size // CHUNKS), index, GeneratedEmbedder(), watch)
    seconds = time.monotonic() - started
    return {
        "build_seconds": round(seconds, 1),
        "build_cpu_seconds": round(time.process_time(), 1),
        "chunks_per_second": round(size / seconds),
        "build_peak_gb": resident("VmHWM"),
        "build_memory": {name: samples[:: len(samples) // _SAMPLES + 1] for name, samples in watch.memory.items()},
        "disk_gb": round(sum(file.stat().st_size for file in index.rglob("*") if file.is_file()) / 1e9, 3),
    }


def _search(size: int, index: Path) -> dict[str, Any]:
    """Time questions as they are served, one after another, warm. The made-up vector of a question costs nothing.

    All are asked several times over and the quickest round counts: other work on the machine can only add to it.
    """
    started = time.monotonic()
    retriever = Retriever(index, GeneratedEmbedder())
    opened = time.monotonic() - started
    corpus = GeneratedCorpus(size // CHUNKS)
    questions = [corpus.question(number) for number in range(QUESTIONS)]
    _asked(retriever, [corpus.question(QUESTIONS + number) for number in range(_WARM_UPS)])
    started_cpu = time.process_time()
    rounds = [median_and_p95(_asked(retriever, questions)) for _ in range(_ROUNDS)]
    cpu = time.process_time() - started_cpu
    median, p95 = min(rounds, key=lambda figures: figures[1])
    return {
        "open_seconds": round(opened, 2),
        "median_ms": round(median, 2),
        "p95_ms": round(p95, 2),
        "cpu_ms": round(1000 * cpu / QUESTIONS / _ROUNDS, 2),
        "rounds_ms": [[round(figure, 2) for figure in figures] for figures in rounds],
        "serving_gb": resident("VmRSS"),
        "serving_peak_gb": resident("VmHWM"),
    }


def _asked(retriever: Retriever, questions: Sequence[tuple[str, str]]) -> list[float]:
    """Return the milliseconds that each question took."""
    times = []
    for text, language in questions:
        started = time.perf_counter()
        retriever.search(text, language)
        times.append(1000 * (time.perf_counter() - started))
    return times


def _recall(size: int, index: Path) -> dict[str, Any]:
    """Hold the nearest passages that the graphs find, over all languages, to those that comparing with all finds."""
    embedder = GeneratedEmbedder()
    _, parts = open_live(index, embedder.identity)
    corpus = GeneratedCorpus(size // CHUNKS)
    queries = embedder.queries([corpus.question(number)[0] for number in range(QUESTIONS)])
    exact = nearest(parts.passages, queries, _NEIGHBOURS)
    shares = [len(_found(parts, query[None]) & {*row}) / _NEIGHBOURS for query, row in zip(queries, exact, strict=True)]
    parts.close()
    return {"recall": round(float(np.mean(shares)), 4), "recall_worst": min(shares)}


def _found(parts: Parts, query: Vectors) -> set[int]:
    near: dict[str, float] = {}
    for name in parts.store.collections():
        near |= parts.store.search(name, query, _NEIGHBOURS)
    return {int(id_) for id_ in sorted(near, key=lambda id_: -near[id_])[:_NEIGHBOURS]}


def nearest(vectors: VectorFile, queries: Vectors, count: int) -> np.ndarray:
    """Return the numbers of the `count` rows nearest to each query, in no order, by comparing it with every row.

    `queries` has shape (n, dimension), the result (n, count). The file is read in blocks.
    """
    numbers = np.zeros((len(queries), 0), dtype=np.int64)
    cosines = np.zeros((len(queries), 0), dtype=np.float32)
    for start, rows in vectors.blocks():
        cosines = np.hstack([cosines, queries @ rows.T])
        numbers = np.hstack([numbers, np.tile(np.arange(start, start + len(rows)), (len(queries), 1))])
        best = np.argpartition(-cosines, min(count, cosines.shape[1]) - 1, axis=1)[:, :count]
        cosines, numbers = np.take_along_axis(cosines, best, 1), np.take_along_axis(numbers, best, 1)
    return numbers


def resident(what: str) -> float:
    """Return memory of this process in GB, now ("VmRSS") or at its most ("VmHWM"). Linux only."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return round(int(status.partition(f"{what}:")[2].split()[0]) / 1e6, 3)
