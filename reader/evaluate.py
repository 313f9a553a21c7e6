"""The figures: is the question answered, which sentence answers it, is the claim supported."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from reader import windows as form
from reader.records import Record
from reader.scores import FloatArray, Scorer, answered


def auc(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """Return the area under the ROC curve; nan where one side is empty."""
    values, true = np.asarray(scores), np.asarray(truth, dtype=bool)
    if true.all() or not true.any():
        return float("nan")
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(1, len(values) + 1)
    for value in np.unique(values):
        ranks[values == value] = ranks[values == value].mean()
    positive = true.sum()
    return float((ranks[true].sum() - positive * (positive + 1) / 2) / (positive * (len(true) - positive)))


def sentence_scores(records: Sequence[Record], tokenizer: Any, scorer: Scorer, around: bool | None) -> list[FloatArray]:
    """Return for each record the scores of its sentences.

    `around` None reads the passage as a whole; true and false read each sentence alone, with and without neighbours.
    """
    marks = form.marks_of(tokenizer)
    wanted: list[form.Window] = []
    owner: list[int] = []
    for number, record in enumerate(records):
        question = tokenizer.encode(record.text).ids
        pieces = [tokenizer.encode(sentence).ids for sentence in record.sentences]
        if around is None:
            made = form.whole(question, pieces, marks)
        else:
            made = [form.lone(question, pieces, i, marks, around) for i in range(len(pieces))]
        wanted += made
        owner += [number] * len(made)
    found: list[list[FloatArray]] = [[] for _ in records]
    for number, scores in zip(owner, scorer(wanted), strict=True):
        found[number].append(scores[:, 0])
    return [np.concatenate(parts) for parts in found]


def questions(records: Sequence[Record], scores: Sequence[FloatArray]) -> dict[str, float]:
    """Return AUC of answerability, and how often the best one or two sentences of a passage hold the answer."""
    first = [r.gold and int(np.argmax(s)) in r.gold for r, s in zip(records, scores, strict=True) if r.gold]
    two = [bool(set(np.argsort(-s)[:2].tolist()) & set(r.gold)) for r, s in zip(records, scores, strict=True) if r.gold]
    truth = [r.answered > 0.5 for r in records]
    return {
        "n": len(records),
        "auc": auc([answered(s) for s in scores], truth),
        "best": float(np.mean(first)) if first else float("nan"),
        "two": float(np.mean(two)) if two else float("nan"),
    }


def claim_scores(records: Sequence[Record], tokenizer: Any, scorer: Scorer) -> list[float]:
    """Return the score of each claim against its quote."""
    marks = form.marks_of(tokenizer)
    made = [
        form.claim(tokenizer.encode(r.text).ids, tokenizer.encode(" ".join(r.sentences)).ids, marks) for r in records
    ]
    return [float(scores[0, 1]) for scores in scorer(made)]


def report(records: Sequence[Record], tokenizer: Any, scorer: Scorer) -> dict[str, dict[str, float]]:
    """Return all figures, by source; questions read whole, with neighbours, and alone."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[f"{record.kind} {record.source.split('+')[0]} {record.language}"].append(record)
        if record.kind == "claim" and record.source != "own":
            groups["claim groundedness en"].append(record)
    found = {}
    for name, group in sorted(groups.items()):
        if name.startswith("claim"):
            found[name] = {
                "n": len(group),
                "auc": auc(claim_scores(group, tokenizer, scorer), [r.answered > 0.5 for r in group]),
            }
            continue
        for way, around in (("whole", None), ("around", True), ("alone", False)):
            found[f"{name} {way}"] = questions(group, sentence_scores(group, tokenizer, scorer, around))
    return found
