"""Step 2: messages that need no search end here: greetings, what it can do, attacks, advice, too vague."""

from dataclasses import dataclass

from assistant.answer import Status
from assistant.lexicon import Lexicon, lexicon, words
from assistant.texts import say


@dataclass(frozen=True)
class Reply:
    """An answer that needs no evidence."""

    status: Status
    text: str


def route(question: str, language: str, context: str = "") -> Reply | None:
    """Return the reply to a message that is not a question for the documents, else None.

    A question without a word of its own is too vague, unless the conversation (`context`) completes it.
    """
    known = lexicon(language)
    plain = " ".join(words(question.lower()))
    for key, status, matches in (
        ("refused", Status.REFUSED, bool(known.attacks.search(question) or lexicon("en").attacks.search(question))),
        ("greeting", Status.CLARIFY, plain in known.greetings),
        ("thanks", Status.CLARIFY, plain in known.thanks),
        ("capabilities", Status.CLARIFY, plain in known.capabilities),
        ("advice", Status.OUT_OF_SCOPE, any(phrase in plain for phrase in known.advice)),
        ("vague", Status.CLARIFY, not context and _is_vague(question, known)),
    ):
        if matches:
            return Reply(status, say(language, key))
    return None


def _is_vague(question: str, known: Lexicon) -> bool:
    """No word in it says what to look for."""
    return not known.content_words(question)
