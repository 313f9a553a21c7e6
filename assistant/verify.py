"""Step 5: a sentence of the model is shown only when a quote carries it.

Checked in this order, cheapest first: it cites quotes that exist; every figure stands in a cited quote; every name
stands in a cited quote or the question; it tells something of a quote; it denies what the quote denies and nothing
else; a figure keeps the word that limits it ("over", "almost"); the reader finds that the quote carries it or, without
the reader, its meaning is close.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.calibration import support_threshold
from assistant.evidence import Quote
from assistant.lexicon import lexicon, words
from corpus.figures import FIGURE, figures, normalise_figure
from index.embed import Embedder
from index.reader import Reader

MARK = re.compile(r"\s*\[(\d+)\]")
# Without the reader: cosine of e5 between a sentence and what supports it; unrelated pairs reach .80. How it was found,
# and what the reader's threshold is worth: docs/decisions/verification.md.
NEAR = 0.86
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-Ü][\w’'-]+")


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be shown; `text` is the sentence with corrected marks, `reason` why it may not."""

    text: str
    cited: frozenset[int]
    reason: str = ""

    @property
    def passed(self) -> bool:
        """True when the sentence may be shown."""
        return not self.reason


class Verifier:
    """Judges the model's sentences against the quotes it was given."""

    def __init__(self, embedder: Embedder, reader: Reader | None = None) -> None:
        self._embedder = embedder
        self._reader = reader

    def check(self, sentence: str, quotes: Sequence[Quote], question: str, language: str) -> Verdict:
        """Judge one sentence; marks that are missing or wrong are repaired to the quote that supports it best."""
        plain = MARK.sub("", sentence).strip()
        wanted = {int(number) for number in MARK.findall(sentence)}
        cited = [quote for quote in quotes if quote.citation.n in wanted]
        support = self._support(plain, quotes)
        reason = _objection(plain, cited, question, language) if cited else "cites nothing"
        if reason:
            # Repaired once: the right sentence with the wrong mark is common, and the marks are ours to give.
            best = max(quotes, key=lambda quote: support[quote.citation.n])
            cited, reason = [best], _objection(plain, [best], question, language)
        best_support = max(support[quote.citation.n] for quote in cited)
        if not reason and best_support < 0:
            reason = f"no quote supports it ({best_support:.2f})"
        marks = "".join(f"[{quote.citation.n}]" for quote in cited)
        return Verdict(f"{plain.rstrip()} {marks}", frozenset(quote.citation.n for quote in cited), reason)

    def _support(self, sentence: str, quotes: Sequence[Quote]) -> dict[int, float]:
        """For each quote how far it is beyond the threshold of support."""
        numbers = [quote.citation.n for quote in quotes]
        if self._reader is not None:
            odds = self._reader.supported([(sentence, quote.text) for quote in quotes])
            return {n: value - support_threshold() for n, value in zip(numbers, odds, strict=True)}
        vectors = self._embedder.passages([sentence, *(quote.text for quote in quotes)])
        return {n: float(np.dot(vectors[0], row)) - NEAR for n, row in zip(numbers, vectors[1:], strict=True)}


def _objection(plain: str, cited: Sequence[Quote], question: str, language: str) -> str:
    """Say what speaks against a sentence, or nothing."""
    evidence = " ".join(quote.text for quote in cited)
    if missing := set(figures(plain)) - set(figures(evidence)):
        return f"figure {sorted(missing)[0]} is in no cited quote"
    if name := _strange_name(plain, f"{evidence} {question} {' '.join(q.citation.title for q in cited)}", language):
        return f"the name {name} is in no cited quote"
    if not _tells_something(plain, evidence, question, language):
        return "it tells nothing that a cited quote tells"
    denials = [lexicon(quote.citation.language).denies(quote.text) for quote in cited]
    if lexicon(language).denies(plain) and not any(denials):
        return "it denies what no quote denies"
    if all(denials) and not lexicon(language).denies(plain):
        return "it affirms what every quote denies"
    if bare := _hedged_figures(cited) & (set(figures(plain)) - _figures_after_hedge(plain, language)):
        return f"figure {sorted(bare)[0]} has lost the word that limits it in the quote"
    return ""


def _hedged_figures(cited: Sequence[Quote]) -> set[str]:
    """Figures that the quotes limit: "over 6 million" is not "6 million"."""
    return set().union(*(_figures_after_hedge(quote.text, quote.citation.language) for quote in cited))


def _figures_after_hedge(text: str, language: str) -> set[str]:
    """Figures with a word such as "over" or "almost" among the three words before them."""
    known, found = lexicon(language).hedges, set()
    for match in FIGURE.finditer(text):
        before = words(text[: match.start()])[-3:]
        if known & {word.lower() for word in before}:
            found.add(normalise_figure(match[0]))
    return found


def _strange_name(sentence: str, known: str, language: str) -> str:
    """Return a name that `known` does not hold. German nouns look like names, so there only acronyms are judged."""
    stems = {word.lower()[:5] for word in words(known)}
    for name in _NAME.findall(sentence):
        acronym = sum(letter.isupper() for letter in name) > 1
        if (acronym or language != "de") and name.lower()[:5] not in stems:
            return str(name)
    return ""


def _tells_something(sentence: str, evidence: str, question: str, language: str) -> bool:
    """Whether of what the question does not say already something stands in the quotes; "The sentences answer the
    question" does not tell.
    """
    known = lexicon(language)
    told, asked, quoted = (
        {word.lower()[:5] for word in known.content_words(text) if word.lower() not in known.fillers}
        for text in (sentence, question, evidence)
    )
    return not told - asked or bool((told - asked) & quoted)
