"""Step 4, second half: write the answer, by quoting or by the model; a sentence is shown only once it is verified."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import sentencex

from assistant.evidence import WHOLE, Quote, differ
from assistant.texts import say
from assistant.verify import Verifier
from index.known import Nearness

# A sentence of an answer with the marks that end it: what a figure in it must be found behind.
CITED_SENTENCE = re.compile(r"(.+?)((?:\[\d+\])+)", re.DOTALL)
_WHOLE = re.compile(r"[.!?…\]][\"'”’»)]*$")
_ENDED = re.compile(r"[.!?:;,]$")
_ITEM = re.compile(r"^[ \t]*[-*+][ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])", re.DOTALL)
QUOTED_AT_MOST = 4
WRITTEN_AT_MOST = 2  # sentences; what a small model adds to these copies its evidence
# A further quote is shown when its score is this near the best one's: without and with the reader, which parts them.
# Known questions part them further: where they tell, it is the former for one from another document than the best, or
# its facts have this say among them.
MARGIN, MARGIN_READ = 0.05, 0.08
SAY = 0.10

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draft:
    """An answer as far as it is composed: its text, the last piece of it, and the numbers of the quotes it cites."""

    text: str = ""
    last: str = ""
    cited: frozenset[int] = frozenset()
    sentences: int = 0

    def plus(self, sentence: str, cited: frozenset[int]) -> "Draft":
        """Return the draft with one more sentence."""
        last = f" {sentence}" if self.text else sentence
        return Draft(self.text + last, last, self.cited | cited, self.sentences + 1)


def quote_answer(quotes: Sequence[Quote], language: str, known: Nearness | None = None) -> Draft:
    """Return the fewest verbatim sentences that answer: those near the best, what tells otherwise right behind it.

    Items of a list stay a list. What is quoted in another language stands behind a line that names it. `known` tells
    which facts answer the questions nearest to this one, where any are known.
    """
    near = near_the_best([quote for quote in quotes if WHOLE in quote.answers], known)
    near += [quote for quote in quotes if quote.answers - {WHOLE}]
    otherwise = [quote for quote in quotes if differ(quotes[0], quote)]
    chosen = list(dict.fromkeys([quotes[0], *otherwise, *near]))
    lines = [
        line for code in dict.fromkeys(q.citation.language for q in chosen) for line in _said_in(code, chosen, language)
    ]
    return Draft().plus("\n".join(lines), frozenset(quote.citation.n for quote in chosen))


def _said_in(code: str, chosen: Sequence[Quote], language: str) -> list[str]:
    """The quotes in one language: in the reader's own as running text, or as a list where they are items of one.

    A quote that holds a list stands on lines of its own.
    """
    quotes = [quote for quote in chosen if quote.citation.language == code]
    if code != language:
        lead = say(language, "quote_lead", language=say(language, code))
        return [lead, *(f"{say(language, 'quoted', text=_running(quote))} [{quote.citation.n}]" for quote in quotes)]
    items = len(quotes) > 1 and all(_ITEM.match(quote.text) for quote in quotes)
    lines: list[str] = []
    for runs, side_by_side in groupby(quotes, lambda quote: not items and len(_lines(quote)) == 1):
        said = [f"{_running(quote) if runs else _shown(quote)} [{quote.citation.n}]" for quote in side_by_side]
        lines += [" ".join(said)] if runs else said
    return lines


def near_the_best(quotes: Sequence[Quote], known: Nearness | None) -> list[Quote]:
    """Return the best of the quotes for one question and those that it takes besides, if there are any at all."""
    if not quotes:
        return []
    best = quotes[0]
    told = known if known is not None and known.knows(best.citation.facts) else None

    def belongs(quote: Quote) -> bool:
        away = told and quote.citation.document != best.citation.document
        margin = MARGIN if away or best.found.reading is None else MARGIN_READ
        say_of = told.share(quote.citation.facts) if told else 0.0
        return quote.found.score >= best.found.score - margin or say_of >= SAY

    shown: list[Quote] = []
    for quote in filter(belongs, quotes):
        if not _told_again(quote, shown):
            shown.append(quote)
    return shown[:QUOTED_AT_MOST]


def _told_again(quote: Quote, shown: Sequence[Quote]) -> bool:
    """Whether a quote from another document than the best rests only on what is quoted already."""
    if not shown or not quote.citation.facts or quote.citation.document == shown[0].citation.document:
        return False
    return {fact for other in shown for fact in other.citation.facts}.issuperset(quote.citation.facts)


def model_answer(
    pieces: Iterator[str], verifier: Verifier, question: str, quotes: Sequence[Quote], language: str
) -> Iterator[Draft]:
    """Yield the draft each time the model has written a sentence that passes verification; nothing if none does."""
    draft = Draft()
    for sentence in _sentences(pieces, language):
        if not _WHOLE.search(sentence):
            log.info("dropped %r: it was cut off", sentence)
            continue
        verdict = verifier.check(sentence, quotes, question, language)
        if verdict.passed:
            draft = draft.plus(verdict.text, verdict.cited)
            yield draft
            if draft.sentences == WRITTEN_AT_MOST:
                return
        else:
            log.info("dropped %r: %s", sentence, verdict.reason)


def _shown(quote: Quote) -> str:
    """The quote as a reader sees it: running text without the marks of Markdown, but for the items of a list."""
    return "\n".join(f"{'- ' * bool(_ITEM.match(line))}{_plain(line)}" for line in _lines(quote))


def _running(quote: Quote) -> str:
    """The quote on one line; items that are no sentences are parted."""
    *before, last = map(_plain, _lines(quote))
    return " ".join([*(line if _ENDED.search(line) else f"{line};" for line in before), last])


def _lines(quote: Quote) -> list[str]:
    return re.split(r"\n(?=[ \t]*[-*+][ \t])", quote.text)


def _plain(text: str) -> str:
    return " ".join(_EMPHASIS.sub(r"\2", _ITEM.sub("", text)).split())


def _sentences(pieces: Iterator[str], language: str) -> Iterator[str]:
    """Cut a stream of text into whole sentences; a mark that follows a full stop belongs to the sentence before it."""
    buffer = ""
    for piece in pieces:
        buffer += piece
        *done, rest = sentencex.segment(language, buffer) or [""]
        if done and rest.strip() and not rest.lstrip().startswith("[") and not _is_open("".join(done)):
            yield from _joined_marks(done)
            buffer = rest
    yield from _joined_marks(sentencex.segment(language, buffer))


def _is_open(text: str) -> bool:
    """Whether a quotation or a bracket is still open: where its sentences end is known when it closes."""
    return sum(text.count(mark) for mark in '"“”„«»') % 2 == 1 or text.count("(") > text.count(")")


def _joined_marks(parts: list[str]) -> Iterator[str]:
    sentence = ""
    for part in parts:
        if sentence and not part.lstrip().startswith("["):
            yield sentence.strip()
            sentence = ""
        sentence += part
    if sentence.strip():
        yield sentence.strip()
