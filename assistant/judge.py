"""Step 4, first half: do the quotes answer the question at all? A wrong "yes" is what costs an investor money.

The best quote must not be far off, and who asks for a phone number is answered by nothing else. Then the signals are
weighed by a logistic regression; its weights and thresholds were found by `python -m eval calibrate`
(calibration.json). Where a generator runs and they leave it open, its Yes/No log-probability gap is weighed against
them, but for a phone number: it says yes to another's. Without reader and known questions two thresholds and a veto
remain: docs/decisions/answerability.md.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.calibration import READER, TRAINED, UNREAD, VOTE, WITH_QUESTIONS, Judgement, Weighing, calibration
from assistant.considered import Considered
from assistant.evidence import Quote
from assistant.kinds import CONTACTS, asked_kind, offers
from assistant.signals import Signals, signals

NEAR_ENOUGH = 0.75  # cosine of the best sentence; e5 gives unrelated pairs .70 to .80
NEAR_ENOUGH_ALONE = 0.835  # the same when neither reader nor generator judges
YES_GAP, YES_GAP_TRAINED = 1.05, 0.0  # log-probability of Yes minus that of No, when no reader judges
NO = Judgement(False)


def judge_evidence(considered: Considered, *, alone: bool) -> Judgement:
    """Judge without a generator; `alone` when no vote of one can follow. It need not where the judgement is sure."""
    quotes, kind = considered.quotes, asked_kind(considered.question, considered.language)
    offered = kind is None or any(offers(kind, quote.text) for quote in quotes)
    if not quotes or (kind in CONTACTS and not offered):
        return NO
    nearest, taken, read = max(quote.found.cosine for quote in quotes), signals(considered), was_read(quotes)
    if not read and taken.asked is None:
        return Judgement(offered and nearest >= (NEAR_ENOUGH_ALONE if alone else NEAR_ENOUGH))
    judged = _weighing(READER if read else UNREAD, taken).judge(taken.as_row())
    if kind in CONTACTS and taken.asked is not None:  # known questions tell whose number it is, a vote does not
        return replace(judged, sure=True)
    return judged if alone or judged.sure else Judgement(nearest >= NEAR_ENOUGH)


def judge_vote(gap: float | None, considered: Considered, *, trained: bool) -> Judgement:
    """Judge with the gap of a generator, `trained` to judge or not; a provider that tells none has no vote."""
    if gap is None:
        return judge_evidence(considered, alone=True)
    if not was_read(considered.quotes):
        return Judgement(gap >= (YES_GAP_TRAINED if trained else YES_GAP))
    taken = signals(considered)
    unvoted = _weighing(READER, taken).log_odds(taken.as_row())
    return _weighing(TRAINED if trained else VOTE, taken).judge(taken.as_row() | {"gap": gap, "unvoted": unvoted})


def _weighing(by: str, taken: Signals) -> Weighing:
    """Known questions change what the other signals are worth, so there is a weighing with them and one without."""
    known, with_questions = calibration(), by + WITH_QUESTIONS
    return known[with_questions if taken.asked is not None and with_questions in known else by]


def was_read(quotes: Sequence[Quote]) -> bool:
    """Whether the reader has read what the quotes are made of."""
    return any(quote.found.reading is not None for quote in quotes)
