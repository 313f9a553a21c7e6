"""Step 1: a follow-up and the conversation become one question that can be searched by itself. No model needed.

A follow-up is recognised by how it begins ("and …"), by a word that points back ("there", "lo", "dort") while it names
nothing itself, or by a missing subject ("Quanti dipendenti ha?"). It is completed with the subject of the turn before,
in brackets, so that the reader sees what was searched.
"""

import re
from collections.abc import Sequence

from assistant.answer import Turn
from assistant.lexicon import lexicon, words

_NAME = r"(?:[A-ZÀ-Ü][\w'’-]*|\d+(?:\.\d+)?)"
_NAMES = re.compile(rf"{_NAME}(?:\s+{_NAME})*")
_MARK = re.compile(r"\s*\[\d+\]")
_MOST_SUBJECTS = 3


def condense(question: str, history: Sequence[Turn], language: str) -> str:
    """Return the stand-alone form of `question`; the question itself when it already stands alone."""
    standalone = ""
    answer = ""
    for turn in history:
        if turn.role == "user":
            standalone = _complete(turn.content.strip(), standalone, answer, language)
            answer = ""
        else:
            answer = turn.content
    return _complete(question.strip(), standalone, answer, language)


def _complete(question: str, before: str, answer: str, language: str) -> str:
    if not before or not _points_back(question, language):
        return question
    said = {word.lower() for word in words(question)}
    subjects = [subject for subject in _subjects(before, answer, language) if subject.lower() not in said]
    return f"{question} ({', '.join(subjects[:_MOST_SUBJECTS])})" if subjects else question


def _points_back(question: str, language: str) -> bool:
    known = lexicon(language)
    if _proper_names(question, language):
        return False
    plain = " ".join(words(question))
    if any(re.match(rf"{opener}\b", plain.lower()) for opener in known.openers):
        return True
    # Case matters: German "sie" points back, "Sie" addresses the reader.
    return bool(known.pointers & set(plain.split())) or any(plain.endswith(f" {verb}") for verb in known.subjectless)


def _subjects(before: str, answer: str, language: str) -> list[str]:
    """What the turn before was about: its names; else the name its answer gave, and its own words."""
    carried = before.rpartition(" (")[2].removesuffix(")").split(", ") if before.endswith(")") else []
    subjects = carried or _proper_names(before, language)
    if not subjects and any(before.lower().startswith(start) for start in lexicon(language).names_a_thing):
        subjects = _proper_names(_MARK.sub("", answer), language)[:1]
    return list(dict.fromkeys(subjects)) or [" ".join(lexicon(language).content_words(before))]


def _proper_names(text: str, language: str) -> list[str]:
    """Names by their capitals. The first word is one only when it is not a plain word at a sentence's beginning.

    German writes every noun with a capital, so there a name is an acronym or at least two capitals in a row.
    """
    names = []
    for match in _NAMES.finditer(text):
        run = match[0].split()
        plain_first_word = len(run) == 1 and not _is_acronym(run[0])
        if match.start() == 0 and (run[0].lower() in lexicon(language).stops or plain_first_word):
            run = run[1:]
        if run and (language != "de" or len(run) > 1 or _is_acronym(run[0])):
            names.append(" ".join(run))
    return names


def _is_acronym(word: str) -> bool:
    return sum(letter.isupper() for letter in word) > 1
