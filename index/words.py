"""From a text to the terms it is found by: stems without stop words, and acronyms and figures as they are.

A stemmer's "ITS" is the stop word "its" and its "2,68" are the words 2 and 68, so both are kept whole, too, with a
mark in front.
"""

import re
from functools import cache

import tantivy

from corpus.figures import figures

_STEMMERS = {"en": "english", "it": "italian", "de": "german"}
_ACRONYM = re.compile(r"(?<!\w)[A-ZÀ-Ü][\w&@]*[A-ZÀ-Ü][\w&@]*")


@cache
def _analyzer(language: str) -> tantivy.TextAnalyzer:
    stemmer = _STEMMERS[language]
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    builder = builder.filter(tantivy.Filter.stopword(stemmer)).filter(tantivy.Filter.stemmer(stemmer))
    return builder.build()


def terms(text: str, language: str) -> list[str]:
    """Return the terms of `text`: stems, then "=acronym"s, then "#figure"s; repeated as in the text."""
    acronyms = [f"={word.lower()}" for word in _ACRONYM.findall(text)]
    return [*_analyzer(language).analyze(text), *acronyms, *(f"#{figure}" for figure in figures(text))]


def names_in(words: list[str]) -> list[str]:
    """Return those of some terms that mean the same in every language: acronyms and figures."""
    return [word for word in words if word[0] in "=#"]
