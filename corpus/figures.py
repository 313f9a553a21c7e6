"""Figures in a text, in one notation: 10.000, 10,000 and 10 000 are "10000"; 2,68 and 2.68 are "2.68"."""

import re

_SPACE = " \u00a0\u202f\u2009'’"
# Thousands set apart by spaces, or digits joined by points and commas; a last full stop belongs to the sentence.
FIGURE = re.compile(
    rf"(?<![\w.,])(?:\d{{1,3}}(?:[{_SPACE}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)|(?<=[A-Za-z])\d+(?:[.,]\d+)*"
)
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}(?:([.,{_SPACE}])\d{{3}})(?:\1\d{{3}})*(?!\d)")


def figures(text: str) -> list[str]:
    """Return the figures of `text` in reading order, normalised; digits inside names ("S3") count too."""
    return [normalise_figure(match[0]) for match in FIGURE.finditer(text)]


def normalise_figure(figure: str) -> str:
    """Write one figure without thousands separators and with a point before the decimals."""
    grouped = _GROUPED.match(figure)
    if grouped:
        whole = re.sub(r"\D", "", grouped[0])
        rest = figure[grouped.end() :]
        return _trim(whole + "." + re.sub(r"\D", "", rest)) if rest else _trim(whole)
    return _trim(re.sub(rf"[{_SPACE}]", "", figure).replace(",", ".", 1))


def normalise_figures(text: str) -> str:
    """Return `text` with every figure normalised in place, for comparing texts."""
    return FIGURE.sub(lambda match: normalise_figure(match[0]), text)


def _trim(figure: str) -> str:
    whole, point, decimals = figure.partition(".")
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + decimals if decimals else "")


def quantities(text: str, language: str) -> frozenset[str]:
    """Return every quantity of `text` as digits: its figures, its number words from two to twelve, its months.

    "In May two firms …", "A maggio due imprese …" and "Im Mai … zwei Unternehmen" all give {"5", "2"}: what a statement
    and its translation must share. A law is a name of two figures that stay together: "6/2023".
    """
    laws = _LAW.findall(text)
    words = (_WORDS[language].get(word) for word in _WORD.findall(text))
    return frozenset(laws) | frozenset(figures(_LAW.sub(" ", text))) | {digits for digits in words if digits}


_LAW = re.compile(r"(?<![\w.,/])\d+/(?:19|20)\d\d(?![\w/])")
_WORD = re.compile(r"[^\W\d_]+")


def _both_cases(words: str, first: int) -> dict[str, str]:
    numbered = {word: str(number) for number, word in enumerate(words.split(), first)}
    return numbered | {word.capitalize(): number for word, number in numbered.items()}


_EN_MONTHS = "January February March April May June July August September October November December"
_WORDS = {
    # English months by their capital only: "may" and "march" are words of their own.
    "en": _both_cases("two three four five six seven eight nine ten eleven twelve", 2)
    | {month: str(number) for number, month in enumerate(_EN_MONTHS.split(), 1)},
    "it": _both_cases("due tre quattro cinque sei sette otto nove dieci undici dodici", 2)
    | _both_cases("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre", 1),
    "de": _both_cases("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf", 2)
    | _both_cases("januar februar märz april mai juni juli august september oktober november dezember", 1),
}
