"""Prompts, one file each, and the conversations they make: one to judge, one to write.

A judge that was trained (`weights.adapter`) is asked in the words it was trained with, `*_trained.md`.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from assistant.evidence import Quote
from assistant.texts import say

_FOLDER = Path(__file__).parent


@cache
def prompt(name: str) -> str:
    """Return the text of a prompt file."""
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()


def judging(question: str, quotes: Sequence[Quote], *, trained: bool = False) -> list[BaseMessage]:
    """Ask whether the quotes answer the question."""
    return judging_sentences(question, _numbered(quotes), trained=trained)


def judging_sentences(question: str, numbered: str, *, trained: bool = False) -> list[BaseMessage]:
    """Ask it of "[1] ..." lines. Values are inserted, never interpreted: braces in them are inert."""
    suffix = "_trained" if trained else ""
    asked = prompt(f"judge{suffix}").format(quotes=numbered, question=question)
    return [SystemMessage(prompt(f"system{suffix}")), HumanMessage(asked)]


def writing(question: str, quotes: Sequence[Quote], language: str) -> list[BaseMessage]:
    """Ask for the answer."""
    asked = prompt("write").format(quotes=_numbered(quotes), question=question, language=say("en", language))
    return [SystemMessage(prompt("system_write")), HumanMessage(asked)]


def _numbered(quotes: Sequence[Quote]) -> str:
    return numbered_lines((quote.citation.n, quote.text) for quote in quotes)


def numbered_lines(texts: Iterable[tuple[int, str]]) -> str:
    """Return "[1] ..." lines, each text on one."""
    return "\n".join(f"[{number}] {' '.join(text.split())}" for number, text in texts)
