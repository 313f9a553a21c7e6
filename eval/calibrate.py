"""Find the weights and thresholds of the judgement on dev cases, and write them down with what they are worth."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answer import Turn as Said
from assistant.assistant import Assistant
from assistant.calibration import read_calibration
from assistant.considered import Considered
from assistant.evidence import Quote
from assistant.generator import Generator
from assistant.prompts import judging
from assistant.signals import signals
from corpus.errors import UsageError
from eval.cases import Case, Turn
from index.reader import Reader

FOLDS, SEED = 5, 0
# Of what the quotes answer at most this share is refused: the threshold is the highest that keeps to it. At it most dev
# cases are right, cross-validated (docs/decisions/answerability.md).
REFUSED = 0.07
# The same where no question is known, as on a corpus of one's own, without a vote and with one: there nothing but
# reading tells, which is right less often.
REFUSED_ELSEWHERE, REFUSED_ELSEWHERE_BY_VOTE = 0.14, 0.19
DROPPED = 0.10  # of what a quote carries so much may be dropped: the quotes themselves are shown then
# The same of what a generator has been asked about, a quarter of it all: as much of all is refused then as without a
# vote (.07), and fewer of the others are answered (.160, .213).
REFUSED_BY_VOTE = 0.30
SURE = 0.95  # of what is judged so surely so much is right: no vote is asked for it
CURVE = 20  # points of the curve that is kept
# With fewer cases signals are weighed alone; with more also what two of them say together (the reader is to be trusted
# less on a long question, the kind of answer matters less where it is sure): docs/decisions/answerability.md. Not their
# squares: what is far from anything seen, below as above, would be believed.
ENOUGH = 1000
_HELD_BACK = 0.03  # how far weights may go where there are many (scikit-learn's C; 1 where there are few)
FURTHEST = 2.0  # spreads from its mean that a signal counts for at most: what is unlike all cases tells no more


@dataclass(frozen=True)
class Weighed:
    """The signals of one case, whether its quotes answer it, and what a generator would be asked about them."""

    case: str
    values: dict[str, float]
    answers: bool
    question: str = ""
    quotes: tuple[Quote, ...] = ()


def weigh(assistant: Assistant, cases: Iterable[Case], report: Callable[[str], None]) -> list[Weighed]:
    """Take the signals of every question. Quotes that do not state what was asked for do not answer it.

    In a conversation the turns before were answered as the case has it.
    """
    found: list[Weighed] = []
    for case, turn, history in _turns(cases):
        considered = assistant.evidence(turn.user, history, case.lang)
        if not considered.quotes:
            continue
        facts = set(turn.facts) if turn.behaviour in ("answer", "answer-corrected") else set()
        values, answers = signals(considered).as_row(), _states(considered, facts)
        found.append(Weighed(case.id, values, answers, considered.standalone, tuple(considered.quotes)))
        if len(found) % 50 == 0:
            report(f"weighed {len(found)} cases")
    return found


def vote(
    rows: Sequence[Weighed], unvoted: dict[str, Any], generator: Generator, report: Callable[[str], None]
) -> list[Weighed]:
    """Ask the generator about the rows that the weighing `unvoted`, fitted to them, is not sure of.

    Their signals are its log-odds, cross-validated as they are for cases it has not seen, and the generator's gap.
    """
    odds, found = cross_validated(rows), []
    no, yes = unvoted.get("sure", (-inf, inf))
    unsure = [place for place, far in enumerate(odds - unvoted["threshold"]) if no < far < yes]
    for place in unsure:
        row = rows[place]
        gap = generator.yes_no_gap(judging(row.question, row.quotes, trained=generator.trained))
        values = {"unvoted": float(odds[place]), "gap": 0.0 if gap is None else gap}
        found.append(replace(row, values=values))
        if len(found) % 50 == 0:
            report(f"asked about {len(found)} of {len(unsure)} unsure cases")
    return found


def _turns(cases: Iterable[Case]) -> Iterator[tuple[Case, Turn, list[Said]]]:
    for case in cases:
        history: list[Said] = []
        for turn in case.questions():
            yield case, turn, list(history)
            history += [Said("user", turn.user), Said("assistant", turn.reference)]


def _states(considered: Considered, facts: set[str]) -> bool:
    return any(facts & set(quote.citation.facts) for quote in considered.quotes)


def fit(rows: Sequence[Weighed], refused: float) -> dict[str, Any]:
    """Return weights (of products of signals, too, if there are `ENOUGH` cases), the signals' usual values, bias,
    threshold (log-odds), from where on it is sure, and, from cross-validation, area under the curve and the curve.

    At most the share `refused` of what the quotes answer is below the threshold.
    """
    from sklearn.metrics import roc_auc_score, roc_curve

    names, values, truth = _table(rows)
    odds = cross_validated(rows)
    wrongly, rightly, at = roc_curve(truth, odds, drop_intermediate=False)
    best = int(np.argmax(rightly >= 1 - refused))
    scaler, _, products, regression = (step for _, step in _model(len(rows)).fit(values, truth).steps)
    weighed = ["*".join(name.split()) for name in products.get_feature_names_out(names)]
    return {
        "weights": {name: round(float(w), 4) for name, w in zip(weighed, regression.coef_[0], strict=True)},
        "usual": {
            name: (round(float(mean), 5), round(float(spread), 5))
            for name, mean, spread in zip(names, scaler.mean_, scaler.scale_, strict=True)
        },
        "furthest": FURTHEST,
        "bias": round(float(regression.intercept_[0]), 4),
        "threshold": round(float(at[best]), 4),
        "sure": _sure(odds, truth, float(at[best])),
        "cases": {"answered": int(truth.sum()), "not": int((~truth).sum())},
        "area_under_curve": round(float(roc_auc_score(truth, odds)), 4),
        "at_threshold": _shares(wrongly[best], rightly[best]),
        "curve": [_shares(wrongly[i], rightly[i]) | {"threshold": round(float(at[i]), 2)} for i in _spread(len(at))],
    }


def cross_validated(rows: Sequence[Weighed]) -> npt.NDArray[np.float64]:
    """Return the log-odds of each row from a weighing that was fitted to the others."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    _, values, truth = _table(rows)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return np.asarray(cross_val_predict(_model(len(rows)), values, truth, cv=folds, method="decision_function"))


def _table(rows: Sequence[Weighed]) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    names = list(rows[0].values)
    values = np.array([[row.values[name] for name in names] for row in rows])
    return names, values, np.array([row.answers for row in rows])


def _model(cases: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler

    degree, freedom = (2, _HELD_BACK) if cases >= ENOUGH else (1, 1.0)
    return make_pipeline(
        StandardScaler(),
        FunctionTransformer(_not_far),
        PolynomialFeatures(degree, interaction_only=True, include_bias=False),
        LogisticRegression(class_weight="balanced", C=freedom, max_iter=2000),
    )


def _sure(odds: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], threshold: float) -> tuple[float, float]:
    """Return how far below and above the threshold `SURE` of the cases are as judged; the furthest where none are."""
    yes = [t for t in odds if t > threshold and truth[odds >= t].mean() >= SURE]
    no = [t for t in odds if t < threshold and (~truth[odds <= t]).mean() >= SURE]
    return (
        round(float(max(no, default=odds.min() - 1.0)) - threshold, 3),
        round(float(min(yes, default=odds.max() + 1.0)) - threshold, 3),
    )


def _not_far(spreads: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.clip(spreads, -FURTHEST, FURTHEST)


def fit_support(pairs: Sequence[tuple[bool, str, str]], reader: Reader) -> dict[str, Any]:
    """Return the log-odds that `DROPPED` of the supported claims of half the pairs miss, and what the other half says.

    A pair is whether the source carries the claim, the claim, and the source.
    """
    from sklearn.metrics import roc_auc_score

    odds = np.array(reader.supported([(claim, source) for _, claim, source in pairs]))
    truth = np.array([carried for carried, _, _ in pairs])
    threshold = float(np.quantile(odds[0::2][truth[0::2]], DROPPED))
    told, carried = odds[1::2], truth[1::2]
    return {
        "threshold": round(threshold, 4),
        "pairs": {"supported": int(truth.sum()), "not": int((~truth).sum())},
        "area_under_curve": round(float(roc_auc_score(truth, odds)), 4),
        "at_threshold": {
            "wrongly_shown": round(float((told[~carried] >= threshold).mean()), 3),
            "wrongly_dropped": round(float((told[carried] < threshold).mean()), 3),
        },
    }


def read_pairs(file: Path) -> list[tuple[bool, str, str]]:
    """Read claims and their sources (`source`, `text`, `grounded`), those only that the reader was not trained on: of
    every third of the sorted sources. Raises `UsageError` naming the line that is no pair.
    """
    found = [_pair(line, f"{file}, line {n}") for n, line in enumerate(_lines(file), 1)]
    known = [pair for pair in found if pair[0] is not None]
    untrained = set(sorted({source for _, _, source in known})[2::3])
    return [(bool(carried), claim, source) for carried, claim, source in known if source in untrained]


def _lines(file: Path) -> list[str]:
    if not file.is_file():
        raise UsageError(f"There is no file of pairs at {file}.")
    return file.read_text(encoding="utf-8").splitlines()


def _pair(line: str, place: str) -> tuple[bool | None, str, str]:
    try:
        fields = json.loads(line)
        return fields["grounded"], fields["text"], fields["source"]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f'{place}: a line is {{"source", "text", "grounded"}}.') from None


def write(fitted: dict[str, Any], file: Path) -> None:
    """Write the calibration; what was not fitted this time stays as it was."""
    known = read_calibration(file) if file.exists() else {}
    file.write_text(json.dumps(known | fitted, indent=1) + "\n", encoding="utf-8")


def _shares(wrongly: float, rightly: float) -> dict[str, float]:
    return {"wrongly_answered": round(float(wrongly), 3), "wrongly_refused": round(float(1 - rightly), 3)}


def _spread(count: int) -> list[int]:
    places: npt.NDArray[np.int64] = np.unique(np.linspace(1, count - 1, CURVE).astype(int))
    return [int(place) for place in places]
