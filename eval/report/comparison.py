"""What one run did better or worse than another, question by question."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.errors import UsageError
from eval.answers import Row
from eval.metrics import Estimate, mean
from eval.report.markup import Markup, Section, join, setting, share, tag
from eval.report.turns import folded_summary, outcome, verdict_of


@dataclass(frozen=True)
class Comparison:
    """The questions that two runs have in common, as (before, now), and how many only one of them has."""

    pairs: Sequence[tuple[Row, Row]]
    only_before: int
    only_now: int

    def which(self, *, before: bool, now: bool) -> list[tuple[Row, Row]]:
        """The pairs that were right or wrong before and are right or wrong now."""
        return [(old, new) for old, new in self.pairs if (old.right, new.right) == (before, now)]

    @property
    def difference(self) -> Estimate:
        """How much strict accuracy rose; the interval is that of a seeded bootstrap over the pairs."""
        return mean([float(new.right) - float(old.right) for old, new in self.pairs])


def compare(before: Sequence[Row], now: Sequence[Row]) -> Comparison:
    """Match the rows of two runs by case and turn; what asks or wants something else now is not the same question.

    UsageError when they have no question in common.
    """
    old, new = ({(row.case, row.turn, row.question, row.behaviour): row for row in rows} for rows in (before, now))
    pairs = [(old[key], row) for key, row in new.items() if key in old]
    if not pairs:
        raise UsageError("The two runs have no question in common: compare runs over the same cases.")
    return Comparison(pairs, len(old) - len(pairs), len(new) - len(pairs))


def mcnemar(better: int, worse: int) -> float:
    """Return the exact two-sided p-value of McNemar's test: how likely so uneven a split is if it were all chance."""
    changed = better + worse
    tail = sum(math.comb(changed, count) for count in range(min(better, worse) + 1))
    both_tails: float = 2 * tail / 2**changed
    return min(1.0, both_tails)


def comparison(found: Comparison, described_before: Mapping[str, Any], described: Mapping[str, Any]) -> Section:
    """Return what got better and worse, with the paired tests."""
    better, worse = found.which(before=False, now=True), found.which(before=True, now=False)
    right_before, right_now = (mean([row.right for row in rows]).value for rows in zip(*found.pairs, strict=True))
    rise = found.difference
    told = (
        f"{len(found.pairs)} questions are common to both runs: {len(better)} got better, {len(worse)} got worse. "
        f"Not common: {found.only_now} only in this run, {found.only_before} only in the other."
    )
    tested = (
        f"Strict accuracy on the common questions went from {share(right_before)} to {share(right_now)}, a "
        f"difference of {share(rise.value)} [{share(rise.low)}, {share(rise.high)}] (95 %, paired bootstrap). "
        f"McNemar’s exact test: p = {mcnemar(len(better), len(worse)):.3g}."
    )
    tables = (_outcomes(found), _differing(described_before, described))
    lists = (*_changed("Got worse", worse), *_changed("Got better", better))
    inside = join([tag("p", told), tag("p", tested), tag("div", *tables, class_="tables"), *lists])
    return Section("comparison", "Compared with another run", inside)


def _outcomes(found: Comparison) -> Markup:
    named = {True: "right", False: "wrong"}
    head = [tag("th", f"{word} now", scope="col") for word in named.values()]
    lines = [
        tag(
            "tr",
            tag("th", f"{word} before", scope="row"),
            *(tag("td", str(len(found.which(before=before, now=now)))) for now in named),
        )
        for before, word in named.items()
    ]
    caption = tag("caption", "Common questions, in the other run (before) and in this one (now)")
    return tag("table", caption, tag("thead", tag("tr", tag("td"), *head)), tag("tbody", *lines))


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Markup:
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    if not names:
        return tag("p", "Both runs were made with the same settings.")
    head = [tag("th", name, scope="col", class_="first") for name in ("setting", "before", "now")]
    lines = [
        tag("tr", tag("th", name, scope="row"), *(tag("td", setting(run.get(name))) for run in (before, now)))
        for name in names
    ]
    caption = tag("caption", "Settings that differ")
    return tag("table", caption, tag("thead", tag("tr", *head)), tag("tbody", *lines), class_="settings")


def _changed(heading: str, pairs: Sequence[tuple[Row, Row]]) -> Iterator[Markup]:
    yield tag("h3", f"{heading} ({len(pairs)})")
    for old, new in pairs:
        sides = [tag("div", *outcome(when, row)) for when, row in (("Before", old), ("Now", new))]
        yield tag(
            "details", folded_summary(new, verdict_of(old if new.right else new)), tag("div", *sides, class_="sides")
        )
