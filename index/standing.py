"""What time does to evidence: what is over steps back unless history is asked for, and of two the newer goes first.

The differences are small beside those between an answer and a near-miss, so they decide between statements about the
same thing and never lift one about another.
"""

import re
from datetime import date

from corpus.document import Chunk, Reference, Span

_OVER = frozenset({"historic", "superseded", "closed"})
# Chosen on eval/cases/finding.dev.jsonl; see docs/decisions/retrieval.md.
STEP_BACK = 0.02  # of what is over
PER_YEAR = 0.002  # of age
_OLDEST = 8.0  # years; older than this is just old
_UNDATED = 2.0
_HISTORY = {
    "en": r"was|were|did|had|used to|formerly|previous(?:ly)?|earlier|before|back (?:in|then)|histor\w+|original(?:ly)?"
    r"|until when|past|old|since when|ended|expired|closed",
    "it": r"era|erano|fu|furono|aveva|avevano|stat[oaie]|prima|in passato|precedent\w+|storic\w+|original\w+"
    r"|fino a quando|un tempo|vecchi\w+|scadut\w+|chius\w+",
    "de": r"war|waren|wurden?|hatten?|früher\w*|damals|ehemal\w+|vorher\w*|bisher\w*|histor\w+|ursprünglich\w*"
    r"|bis wann|vergangen\w*|alte[nrs]?|abgelaufen\w*|geschlossen\w*",
}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def asks_for_history(question: str, language: str, today: date) -> bool:
    """Whether a question is about a time that is over: by its tense or words, or by a year before last."""
    named = [int(year) for year in _YEAR.findall(question)]
    if named:
        return min(named) < today.year - 1
    return re.search(rf"\b(?:{_HISTORY[language]})\b", question, re.IGNORECASE) is not None


def is_over(chunk: Chunk, span: Span, today: date) -> bool:
    """Whether nothing that a sentence (or passage) says is in force on a day any more."""
    if chunk.is_historic or chunk.status in _OVER:
        return True
    ends = [reference.valid_until for reference in chunk.references_in(span)] or [chunk.valid_until]
    return all(end is not None and _last_day(end) < today.isoformat() for end in ends)


def allowance(chunk: Chunk, span: Span | None, today: date) -> float:
    """What a sentence (or, without a span, a whole passage) loses in score for its age on a day."""
    span = span or Span(chunk.start - 1, chunk.end)
    lost = PER_YEAR * min(_OLDEST, _age(chunk.as_of, chunk.references_in(span), today))
    return lost + (STEP_BACK if is_over(chunk, span, today) else 0.0)


def _age(as_of: str, references: tuple[Reference, ...], today: date) -> float:
    """Years since the newest day that a statement rests on."""
    day = max((reference.as_of for reference in references), default=as_of)
    if not re.match(r"\d{4}", day):
        return _UNDATED
    year, month = int(day[:4]), int(day[5:7] or 7)
    return max(0.0, today.year - year + (today.month - month) / 12)


def _last_day(end: str) -> str:
    """A year or a month ends with its last day, whatever that is: "2025" is over after "2025-12-31"."""
    return f"{end}-99" if len(end) == 7 else f"{end}-99-99" if len(end) == 4 else end
