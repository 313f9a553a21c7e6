"""Hold what retrieval finds to the documents known to be right: Recall, nDCG, MRR, hits, and how long it took."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.condense import Standalone, condense
from corpus.aids import Aids
from corpus.errors import UsageError
from corpus.language import LANGUAGES
from corpus.load import load_documents
from eval.metrics import Estimate, mean, median_and_p95
from eval.sets import Question, QuestionSet
from eval.speed import TimedEmbedder, TimedSearch, search_timed, warm_up
from index.build import build_index, is_up_to_date
from index.embed import Embedder
from index.retrieve import Retriever, ScoredChunk
from weights.progress import Meter

History = Literal["last", "ours", "human"]
# As ir_measures writes them, and as we do. Every one looks at ten documents at most.
MEASURES = {
    "R@1": "Recall@1",
    "R@5": "Recall@5",
    "R@10": "Recall@10",
    "nDCG@10": "nDCG@10",
    "RR@10": "MRR@10",
    "Success@1": "hit@1",
    "Success@3": "hit@3",
    "Success@5": "hit@5",
}
COLUMNS = ("Recall@1", "Recall@5", "Recall@10", "nDCG@10", "MRR@10")
# Of several right documents one at the top is what an answer needs.
COLUMNS_FOR_CASES = ("hit@1", "hit@3", "hit@5", "nDCG@10", "MRR@10")
_PASSAGES = 100  # enough that the best of ten documents are among them
_SETS = Path("var/sets")


@dataclass(frozen=True)
class Row:
    """One question, the documents found for it (best first, by their best passage), and its metrics."""

    id: str
    question: str
    searched: str
    language: str
    style: str
    gold: dict[str, int]
    found: dict[str, float]  # document id -> score
    metrics: dict[str, float]
    ms: float  # of retrieval, `embedding_ms` included; making the question stand alone is not
    embedding_ms: float


def build_set_index(
    corpus: Path, embedder: Embedder, report: Callable[[str], None], *, english_only: bool = False, root: Path = _SETS
) -> Path:
    """Bring the index of a corpus under `root` up to date by the code that serves the chat; return its directory.

    `english_only` leaves the other languages out: what is then found by Italian and German questions crossed over.
    """
    documents = list(load_documents(corpus, skipped=report))
    if english_only:
        documents = [document for document in documents if document.language == "en"]
    aids = Aids.beside(corpus)
    directory = root / _index_name(corpus, english_only)
    if not is_up_to_date(documents, directory, embedder.identity, aids):
        build_index(documents, directory, embedder, report, aids)
    return directory


def _index_name(corpus: Path, english_only: bool) -> str:
    place = corpus.resolve()
    name = place.parent.name if place.suffix else place.name
    which = f"{name}-english" if english_only else name
    return f"{which}-{hashlib.sha256(str(place).encode()).hexdigest()[:8]}"


def missing_gold(asked: QuestionSet, retriever: Retriever) -> list[str]:
    """Return the right documents that are not in the index: each counts as not found.

    Raises `UsageError` when none is there, which says that the index was built from something else.
    """
    gold = sorted({id_ for question in asked.questions for id_ in question.gold})
    missing = [id_ for id_ in gold if not _is_there(id_, retriever)]
    if len(missing) == len(gold):
        raise UsageError(f"None of the {len(gold)} right documents of {asked.name} is in the index. Name another one.")
    return missing


def _is_there(document: str, retriever: Retriever) -> bool:
    for language in LANGUAGES:
        try:
            retriever.document(document, language)
        except KeyError:
            continue
        return True
    return False


def searches(asked: QuestionSet, history: History) -> list[Standalone]:
    """Return what is searched for each question: as it stands ("last"), made stand-alone by the assistant, or by hand.

    Raises `UsageError` when `history` is "human" and nobody did that for this set.
    """
    if history == "human" and not any(question.rewrite for question in asked.questions):
        raise UsageError(f"{asked.name} has no human rewrites. Use --history last or ours.")
    return [_standalone(question, history) for question in asked.questions]


def _standalone(question: Question, history: History) -> Standalone:
    if history == "human":
        return Standalone(question.rewrite or question.text)
    return _condensed(question) if history == "ours" else Standalone(question.text)


def _condensed(question: Question) -> Standalone:
    return condense(question.text, question.history, question.language)


def measure(
    asked: QuestionSet,
    searched: Sequence[Standalone],
    retriever: Retriever,
    embedder: TimedEmbedder,
    report: Callable[[str], None],
) -> list[Row]:
    """Search, warm, for what each question became, and judge; `embedder` must be the one that `retriever` asks."""
    warm_up(retriever)
    meter = Meter(report, f"{asked.name}: asked", len(asked.questions))
    rows = []
    for question, became in zip(asked.questions, searched, strict=True):
        rows.append(
            _row(question, became.text, search_timed(retriever, embedder, became, question.language, _PASSAGES))
        )
        meter.advance(1)
    return judged(rows)


def _row(question: Question, searched: str, search: TimedSearch) -> Row:
    return Row(
        id=question.id,
        question=question.text,
        searched=searched,
        language=question.language,
        style=question.style,
        gold=dict(question.gold),
        found=ranked_documents(search.chunks),
        metrics={},
        ms=search.ms,
        embedding_ms=search.embedding_ms,
    )


def ranked_documents(chunks: Iterable[ScoredChunk]) -> dict[str, float]:
    """Return document ids with the score of their best passage, best first; `chunks` are best first."""
    best: dict[str, float] = {}
    for scored in chunks:
        best.setdefault(scored.chunk.document, scored.score)
    return best


def judged(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with their metrics, as `ir_measures` (trec_eval) computes them."""
    import ir_measures

    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    gold = {row.id: row.gold for row in rows}
    # Ranks for scores: trec_eval keeps scores in single precision and breaks ties by id, not by our order.
    found = {row.id: {id_: -float(rank) for rank, id_ in enumerate(row.found)} for row in rows}
    values: dict[str, dict[str, float]] = {row.id: {} for row in rows}
    for metric in ir_measures.iter_calc(measures, gold, found):
        values[metric.query_id][MEASURES[str(metric.measure)]] = metric.value
    return [Row(**vars(row) | {"metrics": values[row.id]}) for row in rows]


def summary(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return the mean of each metric (an `Estimate`) and median and p95 of the times: of all, by language and style."""
    groups = {"all": list(rows)}
    for kind in ("language", "style"):
        for name in sorted({getattr(row, kind) for row in rows} - {""}):
            groups[f"{kind} {name}"] = [row for row in rows if getattr(row, kind) == name]
    return {name: _scores(group) for name, group in groups.items()}


def _scores(rows: Sequence[Row]) -> dict[str, Any]:
    means = {name: mean([row.metrics[name] for row in rows]) for name in MEASURES.values()}
    times = {name: median_and_p95([getattr(row, name) for row in rows]) for name in ("ms", "embedding_ms")}
    return means | times


def table(scores: dict[str, dict[str, Any]], columns: Sequence[str]) -> str:
    """Return the scores as a table: one line a group, means with their 95 % interval, milliseconds median / p95."""
    lines = [["", "n", *columns, "ms"]] + [[name, *_cells(group, columns)] for name, group in scores.items()]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _cells(group: dict[str, Any], columns: Sequence[str]) -> list[str]:
    means: list[Estimate] = [group[name] for name in columns]
    median, p95 = group["ms"]
    return [str(means[0].n), *map(_cell, means), f"{median:.1f} / {p95:.1f}"]


def _cell(estimate: Estimate) -> str:
    value, low, high = (f"{number:.3f}".lstrip("0") for number in (estimate.value, estimate.low, estimate.high))
    return f"{value} [{low}, {high}]"
