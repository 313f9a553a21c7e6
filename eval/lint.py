"""Whether cases can be trusted to measure: what they name exists, what they demand their own reference gives, they are
phrased as people ask and not as the documents say, none asks what a known question already asks, and no case of one
split rests on a document of the other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.lexicon import words
from corpus.document import Document
from eval.cases import Case, Turn, includes

COPIED = 6  # so many words in a row of a document are a copy
_ANSWERS = ("answer", "answer-corrected")


@dataclass(frozen=True)
class Checked:
    """What cases are held to: the documents, the ids of all facts, the documents that only *test* asks about, and the
    known questions."""

    documents: Sequence[Document]
    facts: frozenset[str]
    held_out: frozenset[str]
    known: Sequence[str] = ()
    ids: Counter[str] = field(default_factory=Counter)

    @cached_property
    def phrases(self) -> frozenset[tuple[str, ...]]:
        """Every run of `COPIED` words of the documents."""
        return frozenset(run for document in self.documents for run in _runs(document.text))

    @cached_property
    def known_words(self) -> frozenset[tuple[str, ...]]:
        """The words of every known question."""
        return frozenset(_said(question) for question in self.known)


def complaints(splits: Mapping[str, Iterable[Case]], checked: Checked) -> list[str]:
    """Return one line for each thing wrong; `splits` are the cases of "dev" and of "test"."""
    found: list[str] = []
    for split, cases in splits.items():
        for case in cases:
            checked.ids[case.id] += 1
            found += [f"{case.id}: {line}" for line in _of(case, split, checked)]
    return [f"{case}: {count} cases have this id" for case, count in checked.ids.items() if count > 1] + found


def _of(case: Case, split: str, checked: Checked) -> Iterator[str]:
    if (case.group == "multi-turn") != bool(case.turns):
        yield "a case of the group multi-turn has turns, and no other has"
    if case.answerable is not None and not case.turns and case.answerable != (case.behaviour in _ANSWERS):
        yield f"answerable is {case.answerable} but the behaviour asked for is {case.behaviour}"
    for turn in case.questions():
        yield from _of_turn(turn, checked)
        # The first fact decides; others may state the same in a document of the other split.
        first = turn.facts[0].rpartition(".")[0] if turn.facts else ""
        if first and (first in checked.held_out) != (split == "test"):
            yield f"{first} belongs to the other split"


def _of_turn(turn: Turn, checked: Checked) -> Iterator[str]:
    yield from (f"there is no fact {fact}" for fact in turn.facts if fact not in checked.facts)
    if turn.behaviour in _ANSWERS:
        if not (turn.facts and turn.must_include and turn.reference):
            yield f"{turn.user!r} lacks facts, must_include or a reference"
        if turn.must_include and not includes(turn.reference, turn.must_include):
            yield f"the reference {turn.reference!r} does not include all of {turn.must_include}"
    elif turn.must_include:
        yield f"{turn.user!r} is not to be answered, so must_include is never looked at"
    if copied := next((run for run in _runs(turn.user) if run in checked.phrases), None):
        yield f"{turn.user!r} copies the documents: {' '.join(copied)!r}"
    if _said(turn.user) in checked.known_words:
        yield f"{turn.user!r} is a known question (corpus/questions), so it measures nothing"


def _said(text: str) -> tuple[str, ...]:
    return tuple(words(text.casefold()))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    said = _said(text)
    return zip(*(said[start:] for start in range(COPIED)), strict=False)
