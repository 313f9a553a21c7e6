"""Which heading a document stands under in a list of all documents; `topics.json` has the headings, in order."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

_FILE = Path(__file__).parent / "topics.json"


class Theme(BaseModel):
    """A heading in three languages, and the topics (as front matters name them) that stand under it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    topics: frozenset[str]
    en: str
    it: str
    de: str


@cache
def themes() -> tuple[Theme, ...]:
    """Return the headings in their order."""
    return TypeAdapter(tuple[Theme, ...]).validate_json(_FILE.read_bytes())


def place_of(topics: tuple[str, ...], language: str) -> tuple[int, str]:
    """Return where a document of these topics belongs: the place of its heading, and the heading in `language`.

    The first topic that a heading is known for decides. Of topics that are not ours (another collection's) the first
    is the heading itself; without any topic the heading is empty. These stand behind ours.
    """
    for topic in topics:
        for place, theme in enumerate(themes()):
            if topic in theme.topics:
                heading: str = getattr(theme, language)
                return place, heading
    return (len(themes()), topics[0]) if topics else (len(themes()) + 1, "")
