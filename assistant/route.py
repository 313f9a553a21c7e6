"""Step 2: messages that need no search end here: greetings, what it can do, attacks, other tasks, advice, too vague.

Attacks, tasks and requests for advice are looked for in every language, whatever the message around them is written in.
"""

from dataclasses import dataclass

from assistant.answer import Status
from assistant.disguise import readings
from assistant.lexicon import lexicon
from assistant.lexicon.routes import Routes, routes
from assistant.texts import say
from corpus.language import LANGUAGES


@dataclass(frozen=True)
class Reply:
    """An answer that needs no evidence."""

    status: Status
    text: str


_STATUSES = {
    "refused": Status.REFUSED,
    "greeting": Status.CLARIFY,
    "thanks": Status.CLARIFY,
    "capabilities": Status.CLARIFY,
    "vague": Status.CLARIFY,
    "task": Status.OUT_OF_SCOPE,
    "advice": Status.OUT_OF_SCOPE,
}


def route(question: str, language: str, context: str = "") -> Reply | None:
    """Return the reply to a message that is not a question for the documents, else None.

    A question without a word of its own is too vague, unless the conversation (`context`) completes it.
    """
    key = _key(question, language)
    if key is None or (key == "vague" and context):
        return None
    return Reply(_STATUSES[key], say(language, key))


def asks_of_own_case(question: str) -> bool:
    """Whether a question is about what the asker is entitled or bound to, which documents can tell only in general."""
    return any(routes(code).personal.search(question) for code in LANGUAGES)


def _key(question: str, language: str) -> str | None:
    known = [routes(code) for code in LANGUAGES]
    if any(_attacks(question, of_language) for of_language in known):
        return "refused"
    if sort := routes(language).small_talk(question):
        return sort
    if any(of_language.tasks.search(question) for of_language in known):
        return "task"
    if any(of_language.advice.search(question) for of_language in known):
        return "advice"
    # No word in it says what to look for.
    return None if lexicon(language).content_words(question) else "vague"


def _attacks(question: str, known: Routes) -> bool:
    return any(known.attacks.search(meant) for meant in readings(question, known.tampered))
