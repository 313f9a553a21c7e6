"""From a tree of HTML to Markdown: headings, paragraphs, items of lists and rows of tables, and nothing else."""

from selectolax.lexbor import LexborNode

from corpus.extract.table import grid, table_text
from corpus.extract.text import clean, literal, raised

_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = {*_HEADINGS, *_BLOCK_NAMES.split()}
# What a reader does not see as text, and what is struck out.
_UNREAD_NAMES = (
    "audio button canvas datalist del dialog embed head iframe map math meter noscript object progress s script select "
    "strike style svg template textarea title video"
)
_UNREAD = frozenset(_UNREAD_NAMES.split())
_AROUND_ROLES = {"navigation", "banner", "contentinfo", "search"}
# A cell longer than this is a part of the page, put in its place by a table.
_CELL_CHARACTERS = 1000
_MOST_INDENTED = 8


def markdown(root: LexborNode, dropped: frozenset[str] = frozenset()) -> str:
    """Return what stands below `root` as Markdown, without the elements named in `dropped`; "" if that is nothing.

    A header or footer of an article is part of it and stays. However deep the tree, nothing recurs.
    """
    writer = _Writer(dropped)
    stack = [(root, True)]
    while stack:
        node, entering = stack.pop()
        if not entering:
            writer.leave(node)
        elif writer.enter(node):
            stack.append((node, False))
            stack.extend((child, True) for child in reversed(list(node.iter(include_text=True))))
    return "".join(writer.parts).strip("\n")


class _Writer:
    def __init__(self, dropped: frozenset[str]) -> None:
        self.parts: list[str] = []
        self._dropped = dropped
        self._inline: list[str] = []
        self._mark = ""  # "## " or "- ", until the block it stands before is written
        self._in_list = False
        self._lists: list[int | None] = []  # of each open list: the number of its last item, if it counts them
        self._open = {"article": 0, "main": 0, "pre": 0}

    def enter(self, node: LexborNode) -> bool:
        """Take a node in; return whether what is below it is wanted, too."""
        tag = node.tag or ""
        if tag == "-text":
            self._inline.append(self._said(node))
        if tag.startswith("-") or tag in _UNREAD or self._is_around(node, tag):
            return False
        if tag == "br":
            self._inline.append("\n")
        if tag in _BLOCKS:
            self._end_block()
        if tag in self._open:
            self._open[tag] += 1
        if tag in _HEADINGS:
            self._mark = _HEADINGS[tag]
        elif tag in ("ul", "ol", "menu"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._mark = self._item()
        return tag != "table" or not self._write_table(node)

    def leave(self, node: LexborNode) -> None:
        """Finish a node that was entered."""
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._end_block()
        if tag in self._open:
            self._open[tag] -= 1
        if tag in _HEADINGS or tag == "li":
            self._mark = ""
        elif tag in ("ul", "ol", "menu"):
            self._lists.pop()

    def _is_around(self, node: LexborNode, tag: str) -> bool:
        if tag in ("header", "footer") and (self._open["article"] or self._open["main"]):
            return False
        return tag in self._dropped or (bool(self._dropped) and node.attributes.get("role") in _AROUND_ROLES)

    def _said(self, node: LexborNode) -> str:
        text = clean(node.text_content or "")
        if self._open["pre"]:
            return text
        if node.parent is not None and node.parent.tag == "sup":
            text = raised(text)
        spaced = " ".join(text.split())
        return f"{' ' * text[:1].isspace()}{spaced}{' ' * (text[-1:].isspace() and bool(spaced))}"

    def _item(self) -> str:
        if not self._lists:
            return "- "
        indent = "  " * min(len(self._lists) - 1, _MOST_INDENTED)
        if (number := self._lists[-1]) is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number + 1}. "

    def _end_block(self) -> None:
        lines = "".join(self._inline).split("\n")
        self._inline = []
        text = "\n".join(line.rstrip() if self._open["pre"] else " ".join(line.split()) for line in lines).strip("\n")
        if text.strip():
            self._write(self._mark + " ".join(text.split()) if self._mark else literal(text))

    def _write(self, block: str) -> None:
        in_list = self._mark.endswith(("- ", ". "))
        # The items of a list stand together, everything else apart.
        self.parts += ["\n" if in_list and self._in_list else "\n\n", block]
        self._mark, self._in_list = "", in_list

    def _write_table(self, node: LexborNode) -> bool:
        """Write a table unless it only arranges the page, or has a single column; return whether it was written."""
        if len(node.css("table, h1, h2, h3, h4, h5, h6")) > 1:  # the first is the table itself
            return False
        rows = grid(node, lambda cell: " ".join(markdown(cell, self._dropped).split()))
        rows = [row for row in rows if any(row)]
        if not rows or len(rows[0]) < 2 or any(len(cell) > _CELL_CHARACTERS for row in rows for cell in row):
            return False
        if (caption := node.css_first("caption")) is not None and (text := markdown(caption, self._dropped)):
            self._write(text)
        self._write(table_text(rows))
        return True
