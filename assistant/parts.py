"""Step 1, second half: a message that asks several things becomes as many questions, each searched by itself.

One search for "How are the units let, and how often can one apply?" finds what is near both and answers one at best. So
what follows an "and" and asks anew is a question of its own, completed by what was said before it as a follow-up is.
"""

import re
from collections.abc import Sequence

from assistant.answer import Turn
from assistant.condense import Standalone, condense
from assistant.lexicon import Lexicon, lexicon, words

MOST = 3  # questions of one message; what a fourth asks is searched with the third
_FEWEST_BEFORE, _FEWEST_AFTER = 3, 2  # words; fewer share the verb of the other side: "which firms and which bodies …"
_ALSO_CONJUNCTIONS = {"when", "quando"}
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def parts(question: str, history: Sequence[Turn], language: str) -> list[Standalone]:
    """Return the stand-alone questions of a message that asks several; `history` is oldest first."""
    asked = _asked(question, lexicon(language))
    if len(asked) < 2:
        return []
    before = [Turn("user", " ".join(said)) for said in _said_before(question, asked)]
    return [
        condense(part, [*history, turn] if turn.content else history, language)
        for part, turn in zip(asked, before, strict=True)
    ]


def _asked(question: str, known: Lexicon) -> list[str]:
    """The pieces of a message that ask something, in order; all that comes after the last cut stays together."""
    pieces = [piece for sentence in asking(question) for piece in _cut(sentence, known)]
    return [*pieces[: MOST - 1], " ".join(pieces[MOST - 1 :])] if len(pieces) > MOST else pieces


def _cut(sentence: str, known: Lexicon) -> list[str]:
    """Cut a sentence before each "and how …", where both sides say what they ask about."""
    cuts, start = [], 0
    for match in known.asks_on.finditer(sentence):
        left, right = sentence[start : match.start()], sentence[match.end() :]
        if _asks(left, match[0], known) and known.content_words(left) and len(words(right)) >= _FEWEST_AFTER:
            cuts.append(left)
            start = match.end()
    return [*cuts, sentence[start:]]


def _asks(left: str, cut: str, known: Lexicon) -> bool:
    """Whether what stands before a cut is a question. What "if …, " and "when …, " lead up to is no second one."""
    first, *rest = words(left.lower()) or [""]
    if len(rest) < _FEWEST_BEFORE - 1:
        return False
    if not cut.strip(" ,;–—-"):
        return known.asks.match(left) is not None and first not in _ALSO_CONJUNCTIONS
    return known.asks.search(left) is not None


def _said_before(question: str, asked: Sequence[str]) -> list[list[str]]:
    """For each piece the sentences of the message that ask nothing, and the pieces before it."""
    return [[*telling(question), *asked[:number]] for number in range(len(asked))]


def asking(message: str) -> list[str]:
    """The sentences of a message that ask."""
    return [sentence for sentence in _SENTENCE.split(message.strip()) if sentence.endswith("?") and words(sentence)]


def telling(message: str) -> list[str]:
    """The sentences of a message that ask nothing."""
    return [sentence for sentence in _SENTENCE.split(message.strip()) if not sentence.endswith("?")]
