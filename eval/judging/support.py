"""Our own check of support as a judge of faithfulness: it needs only the reader, and can be held to people, too.

Only the reader's part of `assistant.verify`: people graded free answers, whose sentences name no quote.
"""

from collections.abc import Callable, Sequence

from assistant.calibration import support_threshold
from corpus.document import Span
from corpus.sentences import sentences, slice_of
from eval.judging.ask import Asked
from index.reader import Reader
from weights.progress import Meter

_LANGUAGE = "en"  # what the people's file is in


def support(reader: Reader, asked: Sequence[Asked], report: Callable[[str], None]) -> dict[str, float]:
    """Return by id the share of the sentences of an answer that one of its quotes carries; none is carried by none."""
    meter, found = Meter(report, "checked", max(1, len(asked))), {}
    for item in asked:
        found[item.id] = _carried(reader, item)
        meter.advance(1)
    return found


def _carried(reader: Reader, item: Asked) -> float:
    spans = sentences(item.answer, Span(0, len(item.answer)), _LANGUAGE)
    if not (spans and item.quotes):
        return 0.0
    said = [item.answer[slice_of(span)] for span in spans]
    odds = reader.supported([(sentence, quote) for sentence in said for quote in item.quotes])
    each = [odds[start : start + len(item.quotes)] for start in range(0, len(odds), len(item.quotes))]
    return sum(max(of_one) >= support_threshold() for of_one in each) / len(said)
