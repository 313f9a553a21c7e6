"""Step 4, first half: do the quotes answer the question at all? A wrong "yes" is what costs an investor money.

Three signals, each with a veto: the kind of answer asked for must be there; the best quote must be near enough; and,
where a generator runs, its Yes/No log-probability gap must be wide enough (its plain answer says yes too often).
Thresholds and how they were found: docs/decisions/answerability.md.
"""

from collections.abc import Sequence

from assistant.evidence import Quote
from assistant.kinds import asked_kind, offers

NEAR_ENOUGH = 0.75  # cosine of the best sentence; e5 gives unrelated pairs .70 to .80
NEAR_ENOUGH_ALONE = 0.835  # the same when no generator votes
YES_GAP = 1.05  # log-probability of Yes minus that of No


def evidence_answers(question: str, language: str, quotes: Sequence[Quote], *, alone: bool) -> bool:
    """Judge without a model; `alone` when no vote of a generator will follow."""
    if not quotes:
        return False
    kind = asked_kind(question, language)
    if kind and not any(offers(kind, quote.text) for quote in quotes):
        return False
    return max(quote.found.cosine for quote in quotes) >= (NEAR_ENOUGH_ALONE if alone else NEAR_ENOUGH)


def vote_answers(gap: float | None) -> bool:
    """Judge by the generator's gap; a provider that tells no log-probabilities has no vote."""
    return gap is None or gap >= YES_GAP
