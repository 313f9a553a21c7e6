"""Tables of HTML: their cells in rows and columns, and these as Markdown."""

from collections.abc import Callable

from selectolax.lexbor import LexborNode

_MOST_COLUMNS = 100


def grid(table: LexborNode, text_of: Callable[[LexborNode], str]) -> list[list[str]]:
    """Return the rows of a table, each as long as the longest; a cell over several rows is repeated in each of them."""
    rows: list[list[str]] = []
    reaching_down: dict[int, tuple[int, str]] = {}  # column: for how many rows more, and its text
    for node in table.css("tr"):
        row: list[str] = []
        for cell in node.iter():
            if cell.tag in ("td", "th"):
                _fill(row, reaching_down)
                _add(row, reaching_down, cell, text_of(cell))
        _fill(row, reaching_down)
        rows.append(row)
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def table_text(rows: list[list[str]]) -> str:
    """Return the rows as a Markdown table whose header is the first."""
    header, *others = ("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows)
    return "\n".join([header, "|" + "---|" * len(rows[0]), *others])


def _add(row: list[str], reaching_down: dict[int, tuple[int, str]], cell: LexborNode, text: str) -> None:
    for column in range(_span(cell, "colspan")):
        words = "" if column else text
        if (down := _span(cell, "rowspan")) > 1:
            reaching_down[len(row)] = (down - 1, words)
        row.append(words)


def _fill(row: list[str], reaching_down: dict[int, tuple[int, str]]) -> None:
    while len(row) in reaching_down:
        rows, text = reaching_down.pop(len(row))
        if rows > 1:
            reaching_down[len(row)] = (rows - 1, text)
        row.append(text)


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() and len(value) < 9 and int(value) else 1
