"""What a reader of one format hands on, and how it travels from the child process."""

import json
from dataclasses import dataclass

from corpus.errors import CorpusError
from corpus.extract.limits import CHARACTERS

TOO_LONG = f"holds more than {CHARACTERS // 1_000_000} million characters. Split it."
# More of a title or a date than this is none.
_PROPERTY_CHARACTERS = 1000


@dataclass(frozen=True)
class Raw:
    """Text as a reader found it, candidates for a title (best first), and the date of change in the format's own way.

    Raises `CorpusError` when the text is too long.
    """

    text: str
    titles: tuple[str, ...] = ()
    changed: str = ""

    def __post_init__(self) -> None:
        if len(self.text) > CHARACTERS:
            raise CorpusError(TOO_LONG)

    def to_json(self) -> str:
        """Return one line of ASCII, whatever the strings hold."""
        titles = [title[:_PROPERTY_CHARACTERS] for title in self.titles]
        return json.dumps({"text": self.text, "titles": titles, "changed": self.changed[:_PROPERTY_CHARACTERS]})

    @classmethod
    def from_json(cls, line: bytes) -> "Raw":
        """Read what `to_json` wrote; raises `CorpusError` when it is anything else, for the writer is not trusted."""
        try:
            values = json.loads(line)
            text, titles, changed = str(values["text"]), tuple(map(str, values["titles"])), str(values["changed"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise CorpusError("could not be read: its reader answered nonsense. Open it and save it anew.") from None
        return cls(text, titles, changed)
