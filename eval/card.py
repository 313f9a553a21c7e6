"""The trust card: one page that says how good the answers are, made from a finished run and never by hand.

The same run gives the same bytes. Beside the page stands what it says as JSON.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from eval.answers import Row, summary
from eval.run import ROWS, RUN, SCORES, read_described, read_rows
from index.directory import live_build
from index.records import Records

CARD = Path("docs/trust-card.md")
_FAILURES = 10
_LONGEST = 200  # characters of an answer
_TOLD = {
    "strict_accuracy": "right: says what it must and cites a right document, or refuses what it should",
    "answerable_right": "right, of the questions that the documents answer",
    "wrongly_refused": "refused, of the questions that the documents answer",
    "abstention_recall": "refused, of the questions that the documents do not answer or that are not to be answered",
    "abstention_precision": "rightly refused, of all that was refused",
    "citation_precision": "citations that name a right document",
    "verbatim": "answers whose quotes stand word for word at their place in the document",
    "language_match": "answers in the language of the question",
}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~&$#!])|(?<=www)(\.)|(:)(?=//)")  # the last two make links of addresses


def write_card(run: Path, file: Path) -> None:
    """Write the card of a finished run of `answers`, and its JSON beside it.

    Raises `UsageError` when the folder holds no run, or one that is not finished.
    """
    card = describe(run)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(_page(card)) + "\n", encoding="utf-8")
    text = json.dumps(card, indent=1, ensure_ascii=False, allow_nan=False)
    file.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def describe(run: Path) -> dict[str, Any]:
    """Return what the card says, as JSON can hold it: None stands for what is not known."""
    described, rows = _read(run)
    scores = {group: _figures(figures) for group, figures in summary(rows).items()}
    return {
        "run": {name: _setting(value) for name, value in described.items() if name not in _unused(described)},
        "questions": len(rows),
        "cases": len({row.case for row in rows}),
        "corpus": _corpus(Path(described["index"])) if described.get("index") else None,
        "scores": scores.pop("all"),
        "groups": {name: figures["strict_accuracy"] for name, figures in scores.items()},
        "wrong": sum(not row.right for row in rows),
        "last_failures": [_failure(row) for row in rows if not row.right][-_FAILURES:],
    }


def _read(run: Path) -> tuple[dict[str, Any], list[Row]]:
    try:
        rows = list(read_rows(run))
    except TypeError:  # rows of another command, or of an older form
        raise UsageError(f"{run / ROWS} does not hold rows of `python -m eval answers` as they are now.") from None
    if missing := [name for name in (RUN, SCORES) if not (run / name).is_file()]:
        raise UsageError(f"{run} is not finished ({missing[0]} is missing): run `python -m eval answers` to its end.")
    return read_described(run), rows


def _figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: asdict(figures[name]) if figures[name].n else None for name in _TOLD}
    return {**told, "unsupported_figures": figures["unsupported_figures"]}


def _unused(described: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings that had no say: where quotes are the answer, no model is asked."""
    return ("model", "model_name") if described.get("composer") == "extractive" else ()


def _setting(value: Any) -> str | None:
    """A setting, without the folders of the machine it was used on."""
    return None if value is None else Path(value).name if str(value).startswith("/") else _plain(str(value))


def _corpus(index: Path) -> dict[str, Any] | None:
    """Count the documents of an index, translations apart, and find the newest day of a source that any rests on."""
    build = live_build(index)
    if build is None:
        return None
    records = Records(build / "records.sqlite")
    try:
        documents = list(records.documents())
    finally:
        records.close()
    # General knowledge has the day on which it was written down, which says nothing of how new it is.
    rests_on = [r for document in documents for r in (document.references or (document,)) if r.confidence == "source"]
    return {
        "documents": len({document.id for document in documents}),
        "texts": len(documents),
        "newest": max((r.as_of for r in rests_on if r.as_of[:4].isdigit()), default=None),
    }


def _failure(row: Row) -> dict[str, Any]:
    return {
        "name": f"{row.case}.{row.turn}",
        "language": row.lang,
        "question": _plain(row.question),
        "wanted": row.behaviour,
        "answered": _short(_plain(row.answer["answer"])),
        "status": str(row.answer["status"]),
        "lost_in": row.lost,
    }


def _plain(text: str) -> str:
    """A text in one line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0] or text[:_LONGEST]} …"


# The page


def _page(card: Mapping[str, Any]) -> Iterator[str]:
    yield "# Trust card"
    yield ""
    yield "*Generated by `python -m eval card RUN`, never edited.*"
    yield from _section("What was asked", _about(card))
    note = "Shares with their 95 % interval (bootstrap), and of how many they are."
    yield from _section("How it did", [note, "", *_scores(card["scores"])])
    yield from _section("By kind of question and language", _groups(card["groups"]))
    shown = card["last_failures"]
    heading = f"The last {len(shown)} of {card['wrong']} failures" if shown else "No failures"
    yield from _section(heading, _failed(shown))


def _section(heading: str, lines: Sequence[str]) -> Iterator[str]:
    yield from ("", f"## {heading}", "")
    yield from lines


def _about(card: Mapping[str, Any]) -> list[str]:
    corpus = card["corpus"]
    documents = f"{corpus['documents']} in {corpus['texts']} texts with translations" if corpus else None
    facts = {
        "questions": f"{card['questions']} in {card['cases']} cases",
        "documents": documents,
        "newest day of a source they rest on": corpus and corpus["newest"],
        **{name: value for name, value in card["run"].items() if value},
    }
    return _table(("", ""), [(_escaped(name), _escaped(value or "–")) for name, value in facts.items()])


def _scores(scores: Mapping[str, Any]) -> list[str]:
    lines = [(what, *_share(scores[name])) for name, what in _TOLD.items()]
    figures = ("figures in answers that stand in no cited quote", str(scores["unsupported_figures"]), "")
    return _table(("what", "result", "of"), [*lines, figures])


def _groups(groups: Mapping[str, Any]) -> list[str]:
    return _table(("questions", "right", "of"), [(_escaped(name), *_share(found)) for name, found in groups.items()])


def _failed(failures: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [
        tuple(_escaped(failure[name] or "–") for name in ("question", "answered", "lost_in", "name"))
        for failure in failures
    ]
    return _table(("question", "answered", "lost in", "case"), lines) if lines else []


def _share(found: Mapping[str, Any] | None) -> tuple[str, str]:
    if found is None:
        return "–", "0"
    value, low, high = (f"{found[name]:.3f}".removeprefix("0") for name in ("value", "low", "high"))
    return f"**{value}** [{low}, {high}]", str(found["n"])


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines)]


def _escaped(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return _MARKUP.sub(r"\\\g<0>", text)
