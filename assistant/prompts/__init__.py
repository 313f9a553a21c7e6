"""Prompts, one file each, and the conversation they make. The judging turn and the writing turn share their prefix.

A judge that was trained (`weights.adapter`) is asked in the words it was trained with, `*_trained.md`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.evidence import Quote
from assistant.texts import say

_FOLDER = Path(__file__).parent


@cache
def prompt(name: str) -> str:
    """Return the text of a prompt file."""
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()


def judging(question: str, quotes: Sequence[Quote], *, trained: bool = False) -> list[BaseMessage]:
    """Ask whether the quotes answer the question. Values are inserted, never interpreted: braces in them are inert."""
    suffix = "_trained" if trained else ""
    numbered = "\n".join(f"[{quote.citation.n}] {' '.join(quote.text.split())}" for quote in quotes)
    asked = prompt(f"judge{suffix}").format(quotes=numbered, question=question)
    return [SystemMessage(prompt(f"system{suffix}")), HumanMessage(asked)]


def writing(question: str, quotes: Sequence[Quote], language: str) -> list[BaseMessage]:
    """Ask for the answer, after the judging turn was answered with yes."""
    request = prompt("write").format(language=say("en", language))
    return [*judging(question, quotes), AIMessage("Yes"), HumanMessage(request)]
