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
