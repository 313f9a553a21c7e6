"""Step 1: a follow-up and the conversation become one question that can be searched by itself. No model needed.

Most questions of a conversation lean on it, many without a word that says so ("Streaming services?"). So the words that
count most in what was said are added in brackets, where the reader sees what was searched; only a question that opens a
topic of its own is left alone. The numbers were chosen on three sets of conversations (docs/decisions/retrieval.md).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Turn
from assistant.lexicon import lexicon, words
from assistant.lexicon.routes import routes
from corpus.language import LANGUAGES
from index.words import terms

_MOST_WORDS = 12
_FADING = 0.5  # what a turn counts for beside the user's next one
_ANSWER = 0.3  # what a word of an answer counts for beside a word of the user's
_OPENING = 0.5  # added for the first question: it names what all the others are about
_NEW_WORDS = 3  # so many words, none of them said before, open a topic

_CAPITALS = re.compile(r"[A-ZÀ-Ü][\w&]*(?:\s+[A-ZÀ-Ü][\w&]*)*")
_SENTENCE_ENDS = ".!?:"


@dataclass(frozen=True)
class Standalone:
    """A question, the words of the conversation that complete it, "" when it stands alone, and, of a part of a message
    that was completed to be a question, what the user said.
    """

    question: str
    context: str = ""
    said: str = ""

    @property
    def text(self) -> str:
        """All that is searched, in one line to be shown."""
        return f"{self.question} ({self.context})" if self.context else self.question


@dataclass(frozen=True)
class _Heard:
    """A turn's telling words by the term they are found by: each as written, with its place in the turn."""

    by_user: bool
    telling: dict[str, tuple[int, str]]


@dataclass(frozen=True)
class _Said:
    """A telling word of the conversation: where it was first said (turn, place in it), and how much it counts now."""

    turn: int
    place: int
    word: str
    weight: float


def condense(question: str, history: Sequence[Turn], language: str) -> Standalone:
    """Return the stand-alone form of `question`, which is in `language`; `history` is oldest first, in any language."""
    question = question.strip()
    thread = _thread(_before(question, history), language)
    own = telling_words(question, language)
    said = [word for term, word in _weighed(thread).items() if term not in own]
    if _is_small_talk(question, language) or _opens_a_topic(question, own, _terms(thread), language):
        return Standalone(question)
    heaviest = sorted(said, key=lambda word: (-word.weight, word.turn, word.place))[:_MOST_WORDS]
    return Standalone(question, ", ".join(_phrases(heaviest)))


def _before(question: str, history: Sequence[Turn]) -> Sequence[Turn]:
    """The conversation, but for the last exchange if it was about the same question: asked again, it means the same."""
    last = max((n for n, turn in enumerate(history) if turn.role == "user"), default=0)
    again = bool(history) and history[last].content.strip() == question and len(words(question)) > 1
    return history[:last] if again else history


def _thread(history: Sequence[Turn], language: str) -> list[_Heard]:
    """The turns since the user last opened a topic, without small talk and what was said before the first question."""
    thread: list[_Heard] = []
    listening = False
    for turn in history:
        by_user = turn.role == "user"
        if by_user:
            listening = not _is_small_talk(turn.content, language)
        if not listening:
            continue
        telling = telling_words(turn.content, language)
        if by_user and _opens_a_topic(turn.content, telling, _terms(thread), language):
            thread = []
        thread.append(_Heard(by_user, telling))
    return thread


def _terms(thread: Iterable[_Heard]) -> set[str]:
    return {term for heard in thread for term in heard.telling}


def _weighed(thread: Sequence[_Heard]) -> dict[str, _Said]:
    """The words of a conversation by their term: the nearer, the oftener and the more the user's, the heavier."""
    asked = [number for number, heard in enumerate(thread) if heard.by_user and heard.telling]
    said: dict[str, _Said] = {}
    for number, heard in enumerate(thread):
        weight = _FADING ** sum(later > number for later in asked)
        weight = weight if heard.by_user else weight * _ANSWER
        weight = weight + _OPENING if asked[:1] == [number] else weight
        for term, (place, word) in heard.telling.items():
            first = said.get(term, _Said(number, place, word, 0.0))
            said[term] = _Said(first.turn, first.place, first.word, first.weight + weight)
    return said


def telling_words(text: str, language: str) -> dict[str, tuple[int, str]]:
    """The words of a text that say what it is about, by their term: where each is first, and as written."""
    first: dict[str, int] = {}
    for place, word in enumerate(words(_calm(text))):
        first.setdefault(word, place)
    spoken = _spoken(first, language)
    telling: dict[str, tuple[int, str]] = {}
    for word, place in first.items():
        if term := _term(word, spoken):
            telling.setdefault(term, (place, word))
    return telling


def _spoken(said: Iterable[str], language: str) -> str:
    """The language that has most of some words among its small ones; that of the question if none has more."""
    lower = {word.lower() for word in said}
    return max((language, *LANGUAGES), key=lambda code: len(lower & lexicon(code).stops))


def _term(word: str, language: str) -> str:
    """What a word is found by; "" for one that tells nothing apart from its sentence, or is a number or a letter."""
    known = lexicon(language)
    small = len(word) < 3 or word.isdigit() or word.lower() in known.stops or word.lower() in known.fillers
    return "" if small and not _is_acronym(word) else next(iter(terms(word, language)), "")


def _is_small_talk(text: str, language: str) -> bool:
    return routes(language).small_talk(text) in ("greeting", "thanks")


def _opens_a_topic(question: str, telling: Collection[str], said: Collection[str], language: str) -> bool:
    """Whether a question names something new and asks about it, or has several words and none was said before."""
    if _points_back(question, language):
        return False
    new = [term for term in telling if term not in said]
    named = any(_term(name, language) in new for name in _names(question, language))
    return (named and len(telling) > 1) or len(new) == len(telling) >= _NEW_WORDS


def _points_back(question: str, language: str) -> bool:
    known = lexicon(language)
    plain = " ".join(words(known.not_pointing.sub(" ", question)))
    if any(re.match(rf"{opener}\b", plain.lower()) for opener in known.openers):
        return True
    # "Where is ProM and who uses it?" points to itself. Case matters: German "sie" points back, "Sie" is the reader.
    clause = re.split(rf" (?:{'|'.join(known.conjunctions)}) ", plain)[0]
    pointing = set((clause if _names(clause, language) else plain).split())
    return bool(known.pointers & pointing) or any(plain.endswith(f" {verb}") for verb in known.subjectless)


def _names(text: str, language: str) -> list[str]:
    """The words that are names by their capitals; a sentence's first word is one only if it is an acronym.

    German writes every noun with a capital: there a name is an acronym, two in a row, or a place ("in Trient").
    """
    known = lexicon(language)
    names: list[str] = []
    for match in _CAPITALS.finditer(text := _calm(text)):
        before = text[: match.start()].rstrip()
        run = match[0].split()
        if (not before or before[-1] in _SENTENCE_ENDS) and not _is_acronym(run[0]):
            run = run[1:]
        lone_noun = language == "de" and len(run) == 1 and not _is_acronym(run[0])
        if not lone_noun or before.rpartition(" ")[2].lower() in known.before_places:
            names += run
    return names


def _calm(text: str) -> str:
    """A text written in capitals throughout has no acronyms and names to be told by them."""
    return text.lower() if text.isupper() and " " in text.strip() else text


def _is_acronym(word: str) -> bool:
    return sum(letter.isupper() for letter in word) > 1


def _phrases(said: Iterable[_Said]) -> list[str]:
    """Words in order of appearance, those side by side as one."""
    phrases: list[str] = []
    before: tuple[int, int] | None = None
    for word in sorted(said, key=lambda word: (word.turn, word.place)):
        if before == (word.turn, word.place - 1):
            phrases[-1] += f" {word.word}"
        else:
            phrases.append(word.word)
        before = (word.turn, word.place)
    return phrases
