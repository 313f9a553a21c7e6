"""The records of a training (`train.jsonl`) and those that measure it (`held.jsonl`): public files, and our corpus."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from corpus.document import Document
from corpus.split import split_document
from reader import own
from reader import records as form
from reader.alignment import twins
from reader.data import Passage, claims, long_documents, squad
from reader.others import others
from reader.records import Record

SETS = ("doc2dial", "covidqa", "covid_faq", "policyqa")
LANGUAGES = ("en", "it", "de")
SEED = 1
REPEAT = 4  # labelled claims are few
PAIRS = 2  # sentences that each sentence of ours is paired with


def prepare(sets: Path, more: Path | None, documents: Path, find: own.Find, out: Path, every: bool = False) -> None:
    """Write the records to `out`: test sets below `sets`, SelQA and QED below `more`, our own corpus `documents`.

    `find` is what our index finds for a question: hard negatives. With `every`, all our documents are learnt from, and
    some of the questions about them measure; else every third document measures.
    """
    asked, passages = squad(sets)
    long = [question for name in SETS for question in long_documents(sets, name) if question.language in LANGUAGES]
    pairs = twins(passages)
    free = [question for question in asked if not question.passage.held_out]
    apart = [passage for passage in passages if passage.held_out]
    apart += [question.passage for question in long if question.passage.held_out]
    extra = others(more, apart, 0) if more else []
    known = [question for question in long if not question.passage.held_out]
    trained = [form.asked(question) for question in [*free, *known, *extra]]
    trained += [*form.crossed(free, pairs), *form.variants([*free, *known, *extra], SEED)]
    labelled, (learning, checking) = claims(sets), own.sides(documents, every)
    trained += form.claims_of([claim for claim in labelled if not claim.held_out], REPEAT)
    trained += form.claims_from_answers([q for q in [*free, *extra] if q.answers or not q.gold], SEED + 1)
    trained += form.claims_from_twins([p for p in passages if not p.held_out], pairs, SEED + 2)
    trained += _our_claims(learning)
    held = [form.asked(question) for question in [*asked, *long] if question.passage.held_out]
    held += form.claims_of([claim for claim in labelled if claim.held_out], 1)
    held += [] if every else _our_claims(checking)
    for number, (style, source) in enumerate(own.SOURCES.items()):
        learnt, measuring = own.questions(documents, style, every)
        trained += own.records(learnt, learning, find, SEED + 5 + number, source)
        held += own.pairs(measuring, checking, source)
    out.mkdir(parents=True, exist_ok=True)
    for name, found in (("train", trained), ("held", held)):
        print(json.dumps({name: form.write(found, out / f"{name}.jsonl")}))  # noqa: T201


def _our_claims(documents: list[Document]) -> list[Record]:
    """Return claims from documents of ours.

    Sentences that rest on the same single fact say the same, in the same language or another.
    """
    rng = random.Random(SEED + 4)
    return [record for same in _by_fact(documents).values() for record in _paired(same, rng)]


def _by_fact(documents: list[Document]) -> dict[str, list[tuple[str, Passage]]]:
    facts: dict[str, list[tuple[str, Passage]]] = defaultdict(list)
    for document in documents:
        for chunk in split_document(document):
            said = tuple(chunk.sentence(span) for span in chunk.sentences)
            passage = Passage(chunk.id, "own", document.id, document.language, said, False)
            for span, sentence in zip(chunk.sentences, said, strict=True):
                rests_on = {reference.fact for reference in document.references_in(span)}
                if len(rests_on) == 1:
                    facts[rests_on.pop()].append((sentence, passage))
    return facts


def _paired(same: list[tuple[str, Passage]], rng: random.Random) -> Iterator[Record]:
    for sentence, passage in same:
        for other, _ in rng.sample(same, min(PAIRS, len(same))):
            if other != sentence or rng.random() < 0.3:
                for record in form.told_apart(sentence, other, passage, rng):
                    yield Record(**vars(record) | {"source": "own"})
