"""Prompts, one file each, and the conversation they make. The judging turn and the writing turn share their prefix."""

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


def judging(question: str, quotes: Sequence[Quote]) -> list[BaseMessage]:
    """Ask whether the quotes answer the question. Values are inserted, never interpreted: braces in them are inert."""
    numbered = "\n".join(f"[{quote.citation.n}] {' '.join(quote.text.split())}" for quote in quotes)
    asked = prompt("judge").format(quotes=numbered, question=question)
    return [SystemMessage(prompt("system")), HumanMessage(asked)]


def writing(question: str, quotes: Sequence[Quote], language: str) -> list[BaseMessage]:
    """Ask for the answer, after the judging turn was answered with yes."""
    request = prompt("write").format(language=say("en", language))
    return [*judging(question, quotes), AIMessage("Yes"), HumanMessage(request)]
