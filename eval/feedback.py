"""From what users say to work: a list of what was not answered or not liked, ranked by demand, and cases made of it.

Nothing is shown or passed on unmasked: who asked, and how to reach them, is nobody's business here.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assistant.demand import COMPARED, Entry, asked, counted, entries, is_disliked, is_unanswered, topic
from assistant.feedback import Feedback
from assistant.masking import mask
from corpus.errors import UsageError
from eval import lint
from eval.cases import Behaviour, Case
from index.embed import Embedder

SHOWN = 200  # characters of a question or a comment in the list
COMMENTS = 3  # the newest of an entry
NO_DOCUMENT = "no document"
_GROUPS = {"en": "main", "it": "italian", "de": "german"}
_GROUPS_OF_BEHAVIOUR = {"abstain": "unanswerable", "refuse": "adversarial", "answer-corrected": "adversarial"}


def worklist(items: Sequence[Feedback], embedder: Embedder) -> str:
    """Return the list in Markdown: gaps of the documents, then answers that were not liked."""
    gaps = [item for item in items if is_unanswered(item)]
    disliked = [item for item in items if is_disliked(item)]
    liked = sum(item.verdict == "up" for item in items)
    parts = (("Not answered: gaps of the documents", gaps), ("Answered, and not liked", disliked))
    lines = ["# Feedback", "", f"{len(items)} answers were judged, {liked} of them liked."]
    for title, those in parts:
        lines += ["", f"## {title} ({len(those)})", ""]
        lines += [f"Compared are the newest {COMPARED}.", ""] if len(those) > COMPARED else []
        lines += [line for entry in entries(those, embedder, COMPARED) for line in _lines(entry)] or ["Nothing."]
        lines += _by_topic(those)
    return "\n".join(lines) + "\n"


def _by_topic(items: Iterable[Feedback]) -> list[str]:
    languages: dict[str, list[str]] = {}
    for item in items:
        languages.setdefault(_document(topic(item)), []).append(item.language)
    ranked = sorted(languages.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    rows = [f"- {document}: {counted(asked_in)}" for document, asked_in in ranked]
    return ["", "By topic and language:", "", *rows] if rows else []


def _lines(entry: Entry) -> Iterator[str]:
    """Yield an entry as items of a Markdown list that an editor can tick off."""
    newest = entry.items[0]
    yield f"- [ ] {len(entry.items)} × {_shown(entry.question)}"
    yield (
        f"  - {_document(entry.topic)}; {entry.languages()}; {entry.reasons()}; "
        f"newest {newest.at[:10]}, {_shown(newest.id)}"
    )
    yield from (f"  - “{_shown(comment)}”" for comment in entry.comments[:COMMENTS])


def _document(topic: str) -> str:
    return _shown(topic) if topic else NO_DOCUMENT


def _shown(text: str) -> str:
    """A text of strangers as Markdown code on one line: no link, markup or control sign of theirs has an effect."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("`", "'")
    return f"`{plain if len(plain) <= SHOWN else plain[:SHOWN] + '…'}`"


def as_case(
    item: Feedback,
    reference: str,
    facts: Sequence[str] = (),
    must_include: Sequence[str] = (),
    behaviour: Behaviour = "answer",
    question: str = "",
) -> Case:
    """Return the case that holds the assistant to `reference`; its question is masked, or `question` in its place."""
    return Case.model_validate(
        {
            "id": f"feedback-{item.id}",
            "group": _GROUPS_OF_BEHAVIOUR.get(behaviour, _GROUPS[item.language]),
            "style": "feedback",
            "lang": item.language,
            "answerable": behaviour in ("answer", "answer-corrected"),
            "behaviour": behaviour,
            "question": mask(question) or asked(item),
            "reference": reference,
            "facts": list(facts),
            "must_include": list(must_include),
        }
    )


def add_case(case: Case, file: Path, checked: lint.Checked, known: Iterable[Case]) -> None:
    """Append a case to a file of cases. UsageError when it is among `known` already, or `eval lint` would complain."""
    for other in known:
        if case.id == other.id or _question(case) == _question(other):
            raise UsageError(f"The case is there already: {other.id} asks {_question(other)!r}.")
    split = "test" if ".test." in file.name else "dev"
    if found := lint.complaints({split: [case]}, checked):
        raise UsageError("The case is not added. " + "; ".join(found) + ".")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    line = json.dumps(case.model_dump(exclude={"turns", "history"}), ensure_ascii=False)
    with file.open("a", encoding="utf-8") as cases:
        cases.write(("" if before.endswith("\n") or not before else "\n") + line + "\n")


def _question(case: Case) -> str:
    return " ".join(case.questions()[0].user.casefold().split())
