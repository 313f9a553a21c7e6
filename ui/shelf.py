"""What the browser says of the conversations it keeps: whether it keeps any, and what each is called."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST = 30
"""Conversations kept in a browser (`kept.js` has the same number); the one longest not continued gives way."""

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
_Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Untrusted(BaseModel):
    """What came from a browser: nothing is taken that is not of just this form."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Item(Untrusted):
    """A kept conversation's entry in the list; `day` is when it was last continued."""

    id: Id
    title: _Title
    day: _Day


class Shelf(Untrusted):
    """The switch and the list, newest first."""

    on: bool = False
    items: tuple[Item, ...] = Field(default=(), max_length=MOST)

    def holds(self, conversation: str) -> bool:
        """Whether the browser keeps that conversation."""
        return any(item.id == conversation for item in self.items)
