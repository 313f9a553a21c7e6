"""Step 1, for a question that puts two things side by side: each is searched by itself, too.

"Which of them is larger, the hub or the incubator?" is near what is told of both and finds the nearer one. So it is cut
where its sides meet, and each side is completed by what they share: what stands before or behind a comma or colon, or
else what is left when the shorter side takes the place of as many words of the other. They need be no good sentences:
they are searched and judged, and shown to nobody.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Turn
from assistant.condense import Standalone, condense
from assistant.lexicon import Lexicon, lexicon
from assistant.parts import asking, telling

_SHORT = 5  # words: a side that has no more is a thing alone, without what is asked about it


def sides(message: str, history: Sequence[Turn], language: str) -> list[Standalone]:
    """Return the two stand-alone questions of a message that compares; `history` is oldest first."""
    known = lexicon(language)
    compared = [sentence for sentence in asking(message) or [message] if known.compares.search(sentence)]
    if len(compared) != 1:
        return []
    told = " ".join(telling(message)) if asking(message) else ""
    before = [*history, Turn("user", told)] if told else history
    return [replace(condense(side, before, language), said=said) for said, side in _cut(compared[0], known)]


def _cut(sentence: str, known: Lexicon) -> list[tuple[str, str]]:
    """The two sides, as said and as questions: cut at the surest of the words at which sides meet."""
    compares = known.compares.search(sentence)
    assert compares is not None
    for meets in known.meets:
        for match in meets.finditer(sentence):
            left, right = sentence[: match.start()].strip(), sentence[match.end() :].strip()
            if known.content_words(left) and known.content_words(right):
                behind = sentence[compares.end() : max(match.start(), compares.end())].strip()
                return list(zip((left, right), _completed(left, right, compares[0], behind, known), strict=True))
    return []


def _completed(left: str, right: str, compares: str, behind: str, known: Lexicon) -> tuple[str, str]:
    """Both sides with what they share; `behind` is what of the left stands behind the word that `compares`."""
    _, shared = _parted(right, known, last=False)
    if shared:
        return f"{left} {shared}", right
    _, thing = _parted(behind, known, last=True)
    if thing:
        return left, left.removesuffix(thing) + right
    ours, theirs, named = left.split(), right.split(), behind.split()
    if len(theirs) <= min(_SHORT, len(ours) - 1):
        kept = ours[: -len(theirs)]
        return left, " ".join([*kept, *theirs, *([] if compares in kept else [compares])])
    if 0 < len(named) <= min(_SHORT, len(theirs) - 1):
        return " ".join([*ours, *theirs[len(named) :]]), right
    return left, right


def _parted(text: str, known: Lexicon, *, last: bool) -> tuple[str, str]:
    """What stands up to a pause, the first or the last, and what stands behind it, which says something."""
    pauses = [match for match in known.pauses.finditer(text) if known.content_words(text[match.end() :])]
    if not pauses:
        return text, ""
    pause = pauses[-1 if last else 0]
    return text[: pause.end()].strip(), text[pause.end() :].strip()
