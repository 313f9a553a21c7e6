"""Which documents can be retired, and what a form says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UsageError
from corpus.holdings import Holding, holdings
from corpus.language import LANGUAGES
from ui.operator.work import Retirement

LONGEST_REASON = 300


@dataclass(frozen=True)
class Choice:
    """A document in all its languages, English first; `value` is what the form sends, looked up and never a path."""

    value: str
    files: tuple[Holding, ...]

    @property
    def is_dropped(self) -> bool:
        """Whether it is a file without a front matter."""
        return not self.files[0].language

    @property
    def label(self) -> str:
        """Its title, and its languages."""
        languages = ", ".join(held.language for held in self.files)
        return self.files[0].title if self.is_dropped else f"{self.files[0].title} ({languages})"


def choices(folder: Path) -> dict[str, Choice]:
    """Return the documents of a folder by value, in order of their titles."""
    found: dict[str, list[Holding]] = {}
    for held in holdings(folder).values():
        found.setdefault(held.id if held.language else held.key, []).append(held)
    made = [Choice(value, tuple(sorted(files, key=_place))) for value, files in found.items()]
    return {choice.value: choice for choice in sorted(made, key=lambda choice: choice.label.lower())}


def retirement(form: Mapping[str, str], there: Mapping[str, Choice]) -> Retirement:
    """Return what a form wants retired. Raises `UsageError` saying what is missing in it."""
    choice = there.get(form.get("document", ""))
    if choice is None:
        raise UsageError("No document was chosen, or it is not there any more. Go back and choose one.")
    language, heir = form.get("language", ""), form.get("heir", "")
    taken = tuple(held for held in choice.files if not language or held.language in ("", language))
    if not taken:
        raise UsageError("The document is not there in this language. Go back and choose another.")
    if form.get("way") == "superseded":
        return Retirement(taken, "", _heir(heir, choice, there))
    reason = " ".join(form.get("reason", "").split())
    if not reason:
        raise UsageError("Say why it is taken out: facts that no document tells any more are kept with this reason.")
    if len(reason) > LONGEST_REASON:
        raise UsageError(f"The reason is longer than {LONGEST_REASON} characters. Shorten it.")
    return Retirement(taken, reason, "")


def _heir(heir: str, choice: Choice, there: Mapping[str, Choice]) -> str:
    if heir not in there or there[heir].is_dropped or heir == choice.value:
        raise UsageError("Choose the other document that supersedes this one.")
    return heir


def _place(held: Holding) -> int:
    return LANGUAGES.index(held.language) if held.language in LANGUAGES else 0
