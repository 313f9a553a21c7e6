"""What the checks find wrong with a document, in plain words and with the line it stands in."""

import re
from dataclasses import dataclass

from corpus.figures import FIGURE, normalise_figure
from corpus.marks import MARK

_FRONT = re.compile(r"^:? ?(?P<place>front matter): ")
_FIELD = re.compile(r"(?:^|; )(?P<field>[a-z_]+(?:\.[\w]+)*): ")
_YAML_LINE = re.compile(r"\bline (\d+), column \d+")
_NOT_YAML = (
    "The front matter cannot be read. Look here for a quote, a bracket, a colon or an indent that is out of place."
)
_QUOTED = re.compile(r"“([^”]+)”")
_LINKED = re.compile(r"the link '([^']*)'")
_NAMED = re.compile(r"\b([a-z0-9][a-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9-]*)\b")
_AT_FIELD = re.compile(r"^(?:the file is not named after its )?(?P<field>[a-z_]+)\b")
# What the schema says of a field, and what a person is told.
_WORDS = (
    (r"Field required|Input should be a valid (?:string|list|dictionary).*", "is missing"),
    (r"List should have at least 1 item.*", "needs at least one entry"),
    (r"String should have at least 1 character", "is empty"),
    (r"Extra inputs are not permitted", "is no field of a document"),
    (r"String should match pattern '\^\\d.*", "is no day like 2026-11-26, 2026-11 or 2026"),
    (r"String should match pattern '\^\[a-z0-9\].*", "may hold small letters, digits and hyphens only"),
    (r"String should match pattern '\^https.*", "is no web address"),
    (r"Value error, .*", "is no day of the calendar"),
    (r"Input should be (.*)", r"has to be \1"),
)


@dataclass(frozen=True)
class Found:
    """One thing to mend; `line` counts from 1, None where there is no single one: then it is said of the `whole`."""

    text: str
    line: int | None = None
    whole: str = "The whole document"

    @property
    def where(self) -> str:
        """The place in words."""
        return f"Line {self.line}" if self.line else self.whole


def found_in(problem: str, content: str) -> list[Found]:
    """Return what a message of the checks says of a document: of a front matter, one thing for each field."""
    front = _FRONT.match(problem)
    if not front:
        text = problem.removeprefix(": ")
        return [_not_yaml(text) or Found(text, _line_of(text, content))]
    said = problem[front.end() :]
    cuts = list(_FIELD.finditer(said))
    ends = [*(cut.start() for cut in cuts[1:]), len(said)]
    found = [_of_field(cut["field"], said[cut.end() : end], content) for cut, end in zip(cuts, ends, strict=False)]
    return found or [Found(said, 1)]


def _not_yaml(text: str) -> Found | None:
    """The parser's own words help nobody who does not know YAML; its line does (counted below the first dashes)."""
    if "is not valid YAML" not in text:
        return None
    line = _YAML_LINE.search(text)
    return Found(_NOT_YAML, int(line[1]) + 1 if line else None)


def _of_field(field: str, said: str, content: str) -> Found:
    said = said.rstrip(".")
    for pattern, words in _WORDS:
        if match := re.fullmatch(pattern, said):
            said = match.expand(words)
            break
    top, _, below = field.partition(".")
    number, _, part = below.partition(".")
    named = f"{part or 'entry'} of {top} number {int(number) + 1}" if number.isdecimal() else field
    return Found(f"{named} {said}.", _line_of_field(content, top), "The front matter")


def _line_of(text: str, content: str) -> int | None:
    """Where in a document a finding stands, by what it names: a sentence, a link, a mark, a field, a figure."""
    for looked in (_line_of_quote, _line_of_link, _line_of_mark, _line_of_own_field, _line_of_figure):
        if line := looked(text, content):
            return line
    return None


def _line_of_quote(text: str, content: str) -> int | None:
    """The line where a quoted sentence begins; marks are taken out, and a break of the line is a space."""
    said, lines = [], []
    for number, line in enumerate(content.splitlines(), 1):
        for word in MARK.sub("", line).split():
            said.append(word)
            lines.append(number)
    whole = " ".join(said)
    for quote in _QUOTED.findall(text):
        at = whole.find(quote.rstrip("…"))
        if at >= 0:
            return lines[whole.count(" ", 0, at)]
    return None


def _line_of_link(text: str, content: str) -> int | None:
    return next((_line_with(content, f"]({target}") for target in _LINKED.findall(text)), None)


def _line_of_mark(text: str, content: str) -> int | None:
    return next(filter(None, (_line_with(content, f"[^{name}]") for name in _NAMED.findall(text))), None)


def _line_of_own_field(text: str, content: str) -> int | None:
    field = _AT_FIELD.match(text)
    return _line_of_field(content, field["field"]) if field else None


def _line_of_field(content: str, field: str) -> int | None:
    """The line of a front matter that gives a field; its first line for one that is not there."""
    head = content.partition("\n---")[0].splitlines()
    return next((number for number, line in enumerate(head, 1) if line.startswith(f"{field}:")), None)


def _line_of_figure(text: str, content: str) -> int | None:
    """The first line below the front matter that holds a figure named at the start: "1999 not in its facts"."""
    named = set(text.partition(" not in ")[0].split(", "))
    below = content.partition("\n---")[0].count("\n") + 1
    for number, line in enumerate(content.splitlines(), 1):
        if number > below and named & {normalise_figure(match[0]) for match in FIGURE.finditer(MARK.sub("", line))}:
            return number
    return None


def _line_with(content: str, wanted: str) -> int | None:
    return next((number for number, line in enumerate(content.splitlines(), 1) if wanted in line), None)
