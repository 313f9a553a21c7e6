"""How an answer came about, in words."""

from assistant.answer import Answer
from ui.run import End
from ui.texts import Texts


def interruption(end: End | None, words: Texts) -> str:
    """Return why an answer is not whole."""
    return words.overrun if end is End.OVERRUN else words.stopped


def composer_text(answer: Answer, words: Texts) -> str:
    """Return who wrote the sentences of the answer."""
    if answer.composer == "extractive":
        return words.composer_extractive
    return words.composer_model.format(model=answer.model) if answer.model else words.composer_model_unnamed
