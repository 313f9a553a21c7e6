"""Whether a judge may be believed: what its agreement with people came to, kept by model.

It may when it agrees with people at least as well as they agree with one another, on enough answers.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from eval.judging.ask import prompt_id
from eval.metrics import Estimate

JUDGES = Path("var/eval/judges.json")  # from the folder the command runs in, as all of var/
FEWEST = 100  # answers; with fewer it would be luck
MOST_FAILED = 0.1  # of those asked: the ones it cannot judge may be the hard ones
_MEASURE = "`python -m eval agreement --humans FILE` measures it"


@dataclass(frozen=True)
class Alike:
    """Rank correlation of the judge, and of a person, with the other people who saw the same answers, and the same for
    which of two answers is better. `ahead` is how far the judge's correlation is above the person's.
    """

    judge: Estimate
    people: Estimate
    ahead: Estimate
    judge_orders: Estimate
    people_order: Estimate


@dataclass(frozen=True)
class Agreement:
    """What holding a judge to people came to, for each of its two grades."""

    model: str
    prompt: str
    answers: int
    failed: int
    grades: dict[str, Alike]

    def doubts(self) -> list[str]:
        """Return what speaks against believing this judge; nothing does if it may be believed."""
        found = [] if self.answers >= FEWEST else [f"only {self.answers} answers were judged, {FEWEST} are needed"]
        if self.failed > MOST_FAILED * (self.answers + self.failed):
            found.append(f"it could not judge {self.failed} of {self.answers + self.failed} answers")
        for name, alike in self.grades.items():
            if not alike.ahead.value >= 0:  # not a number, too: who always says the same agrees with nobody
                figures = f"{alike.judge.value:.2f}, they with one another {alike.people.value:.2f}"
                found.append(f"on {name!r} it agrees with people at {figures}")
        return found


_KEPT = TypeAdapter(dict[str, Agreement])


def remember(found: Agreement, file: Path = JUDGES) -> None:
    """Keep what holding a judge to people came to, in the place of what was known of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: asdict(known) for name, known in _known(file).items()} | {found.model: asdict(found)}
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def doubts(model: str, file: Path = JUDGES) -> list[str]:
    """Return what speaks against believing the figures of a model: it was never held to people, or fell short."""
    found = _known(file).get(model)
    if found is None:
        return [f"{model} was never held to people; {_MEASURE}"]
    if found.prompt != prompt_id():
        return [f"{model} was held to people with other words in its prompt; {_MEASURE}"]
    return found.doubts()


def told(reasons: list[str]) -> str:
    """Say whether a judge may be believed."""
    if reasons:
        return f"These figures are not to be believed: {'; '.join(reasons)}."
    return "This judge may be believed: it agrees with people at least as well as they agree with one another."


def _known(file: Path) -> dict[str, Agreement]:
    try:
        return _KEPT.validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return {}
