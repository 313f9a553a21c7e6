"""The figures: is the question answered, which sentence answers it, is the claim supported."""

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.prompts import judging_sentences, numbered_lines
from index.reader import Readable, Reader, Reading
from index.reread import reread
from index.retrieve import Found, Retriever
from reader.data import Question, holding
from reader.packs import Asked
from reader.records import Record

Figures = dict[str, float]


def report(records: Sequence[Record], reader: Reader) -> dict[str, Figures]:
    """Return all figures of held-out records, by kind, source and language."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[f"{record.kind} {_source(record)} {record.language}"].append(record)
    return {
        name: _claims(group, reader) if name.startswith("claim") else questions(group, readings(group, reader))
        for name, group in sorted(groups.items())
    }


def drawn(records: Sequence[Record], each: int | None) -> list[Record]:
    """Return about `each` records of every set, drawn by lot, a question and its near-miss together; or all."""
    if each is None:
        return list(records)
    sets: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        sets[record.source.split("+")[0]].append(record)
    rng, kept = random.Random(0), list[Record]()
    for own in sets.values():
        pairs = list(zip(own[::2], own[1::2], strict=False))
        kept += chain.from_iterable(rng.sample(pairs, min(each // 2, len(pairs))))
    return kept


def readings(records: Sequence[Record], reader: Reader) -> list[Reading]:
    """Read each record's passage with all layers."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda r: reader.read(r.text, [Readable(r.heading, r.sentences)])[0], records))


def questions(records: Sequence[Record], read: Sequence[Reading]) -> Figures:
    """Return the area under the curve, and how often the best one or two sentences of a passage hold the answer."""
    known = [(record.gold, np.argsort(-reading.scores)) for record, reading in zip(records, read, strict=True)]
    held = [(gold, order.tolist()) for gold, order in known if gold]
    return {
        "n": len(records),
        "auc": _auc([reading.answered for reading in read], records),
        "best": _share([order[0] in gold for gold, order in held]),
        "two": _share([bool(set(order[:2]) & set(gold)) for gold, order in held]),
    }


def told_apart(records: Sequence[Record], read: Sequence[Reading]) -> Figures:
    """Return how often a question scores above its near-miss; records come in such pairs, the question first."""
    scores = [reading.answered for reading in read]
    pairs = list(zip(scores[::2], scores[1::2], strict=True))
    return {"pairs": len(pairs), "told apart": _share([right > wrong for right, wrong in pairs])}


def found(asked: Sequence[Question], retriever: Retriever, reader: Reader) -> dict[str, Figures]:
    """Return how often the best one or two sentences of all that is indexed hold the answer, without and with reader.

    Only answered questions count; a sentence holds an answer when its words stand in it.
    """
    plain, reread_ = [], []
    for question in (question for question in asked if question.gold):
        result = retriever.search(question.text, question.language)
        plain.append(_holding(result, question))
        reread_.append(_holding(reread(reader, question.text, result), question))
    return {"retrieval": _firsts(plain), "reader": _firsts(reread_)}


def _holding(result: Found, question: Question) -> tuple[bool, bool]:
    first, second = (
        bool(holding([" ".join(sentence.text.split())], question.answers)) for sentence in result.sentences[:2]
    )
    return first, first or second


def _firsts(rows: Sequence[tuple[bool, bool]]) -> Figures:
    best, two = zip(*rows, strict=True)
    return {"n": len(rows), "best": _share(best), "two": _share(two)}


def cost(questions: Sequence[str], language: str, retriever: Retriever, reader: Reader) -> Figures:
    """Return milliseconds to read what was found as the assistant does (about 40 sentences): median and p95."""
    taken: list[float] = []
    for question in questions:
        result = retriever.search(question, language)
        began = time.perf_counter()
        reread(reader, question, result)
        taken.append(1000 * (time.perf_counter() - began))
    return {"questions": len(taken), "median ms": float(np.median(taken)), "p95 ms": float(np.percentile(taken, 95))}


def votes(held: Sequence[Asked], generator: Any, reader: Reader, count: int) -> Figures:
    """Return the area under the curve of `count` questions drawn by lot: generator's gap, reader, both.

    How much each weighs is fitted on four fifths of the passages and measured on the fifth, five times over.
    """
    pairs = [(number, question) for number, asked in enumerate(held) for question in range(len(asked.questions))]
    rows: list[tuple[int, bool, float, float]] = []
    for number, question in sorted(random.Random(0).sample(pairs, min(count, len(pairs)))):
        asked = held[number]
        text = asked.questions[question]
        answered = reader.read(text, [Readable("", asked.sentences)])[0].answered
        lines = numbered_lines(enumerate(asked.sentences, 1))
        gap = generator.yes_no_gap(judging_sentences(text, lines, trained=generator.trained))
        rows.append((number, asked.answered[question], gap, answered))
    groups, truth, gap, read = (np.array(column) for column in zip(*rows, strict=True))
    signals = np.column_stack([gap, read])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    both = cross_val_predict(model, signals, truth, groups=groups, cv=GroupKFold(5), method="predict_proba")[:, 1]
    scores = {"reader": read, "gap": gap, "both": both}
    return {"n": len(rows), **{name: float(roc_auc_score(truth, column)) for name, column in scores.items()}}


def _claims(records: Sequence[Record], reader: Reader) -> Figures:
    scores = reader.supported([(record.text, " ".join(record.sentences)) for record in records])
    return {"n": len(records), "auc": _auc(scores, records)}


def _source(record: Record) -> str:
    if record.kind == "claim" and record.source != "own":
        return "groundedness"
    return record.source.split("+")[0]


def _auc(scores: Sequence[float], records: Sequence[Record]) -> float:
    truth = [record.answered > 0.5 for record in records]
    return float(roc_auc_score(truth, scores)) if len(set(truth)) == 2 else float("nan")


def _share(values: Sequence[Any]) -> float:
    return float(np.mean(values)) if values else float("nan")
