"""HTML whose texts are escaped, and the parts that a page of it is made of."""

import html
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class Markup(str):
    """Text that is HTML already. All other text becomes HTML through `tag` and `join`, which escape it."""


def tag(name: str, *inside: str, **attributes: str) -> Markup:
    """Return an element. An attribute that Python has another use for ends in `_`; other `_` stand for `-`."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(text)}"' for key, text in attributes.items())
    return Markup(f"<{name}{given}>{join(inside)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Return parts one after the other, the text among them escaped."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in parts))


@dataclass(frozen=True)
class Section:
    """A part of the page under its heading."""

    id: str
    heading: str
    inside: Markup


def share(value: float) -> str:
    """Return a share or a difference of shares as the README writes them: .736, −.012."""
    return "–" if math.isnan(value) else f"{value:.3f}".replace("-", "−").replace("0.", ".", 1)


def setting(value: Any) -> str:
    """Return a setting as the page shows it."""
    return "–" if value is None else str(value)
