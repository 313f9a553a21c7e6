"""What is where on the page: the components, and how they are nested (`style.css` gives them their places)."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.conversation import Conversation
from ui.judging import Form, judging_form

_EXAMPLES = 6

Update = dict[Any, Any]
"""New values for some of the page's components."""


@dataclass(frozen=True)
class Parts:
    """The components that handlers change."""

    state: gr.State
    masthead: gr.Markdown
    welcome: gr.Markdown
    examples: tuple[gr.Button, ...]
    past: gr.Markdown
    current: gr.Markdown
    announcement: gr.Markdown
    message: gr.Markdown
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    footnote: gr.Markdown
    sources: gr.Markdown
    form: Form
    turn: gr.Textbox
    action: gr.Textbox
    asked: gr.Textbox
    suggestions: gr.Markdown
    conversations: gr.Markdown
    download: gr.Markdown
    keep: gr.Markdown
    kept: gr.Textbox

    def outputs(self) -> list[Any]:
        """Return every component, for handlers that return an `Update`."""
        return [part for value in vars(self).values() for part in (value if isinstance(value, tuple) else (value,))]

    def asking(self) -> list[Any]:
        """Return what changes while a question is answered. Every output costs 2 ms at each event, changed or not, so
        that listing all would cost an answer as much as finding it.
        """
        shown = [self.past, self.current, self.suggestions, self.question]
        return [self.state, *shown, self.message, *self.turning(), self.announcement, self.keep]

    def turning(self) -> list[Any]:
        """Return what changes while the panel is turned to a passage or a document."""
        return [self.sources, self.form.column]


def laid_out() -> Parts:
    """Create the components, inside a `gr.Blocks`: the conversation on the left, its sources on the right."""
    with gr.Column(elem_id="page"):
        masthead = _panel("masthead")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                with gr.Column(elem_id="log"):
                    with gr.Column(elem_id="start"):
                        welcome = _panel("welcome")
                        examples = tuple(_example(index) for index in range(_EXAMPLES))
                    past = _panel("past")
                    with gr.Column(elem_id="latest"):
                        current, suggestions = _panel("current"), _panel("suggestions")
                question, ask, stop, message, footnote = _composer()
            with gr.Column(elem_id="sources-pane"):
                sources = _panel("sources")
                form = judging_form(_panel)
        announcement = _panel("announcement")
        with gr.Column(elem_id="conversations"):
            conversations = _panel("conversations-panel")
        download, keep = _panel("download"), _panel("keep")
        turn = gr.Textbox(elem_id="turn", show_label=False, visible="hidden")
        action = gr.Textbox(elem_id="action", show_label=False, visible="hidden")
        kept = gr.Textbox(elem_id="kept", show_label=False, visible="hidden")
        asked = gr.Textbox(elem_id="asked", show_label=False, visible="hidden")
    return Parts(
        state=gr.State(Conversation()),
        masthead=masthead,
        welcome=welcome,
        examples=examples,
        past=past,
        current=current,
        announcement=announcement,
        message=message,
        question=question,
        ask=ask,
        stop=stop,
        footnote=footnote,
        sources=sources,
        form=form,
        turn=turn,
        action=action,
        asked=asked,
        suggestions=suggestions,
        conversations=conversations,
        download=download,
        keep=keep,
        kept=kept,
    )


def _panel(name: str) -> gr.Markdown:
    """A place for our own markup, which escapes every text itself (see `markup.block` for why it is Markdown)."""
    return gr.Markdown(elem_id=name, sanitize_html=False, latex_delimiters=[], elem_classes="panel")


def _example(index: int) -> gr.Button:
    return gr.Button("", elem_id=f"example-{index + 1}", elem_classes="example", size="sm")


def _composer() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.Markdown, gr.Markdown]:
    with gr.Column(elem_id="composer"):
        message = _panel("message")
        with gr.Row(elem_id="ask-row"):
            # One line that may grow: then Enter sends and Shift+Enter begins a new line.
            question = gr.Textbox(elem_id="question", lines=1, max_lines=6, container=False, scale=1)
            ask = gr.Button("", elem_id="ask", variant="primary", scale=0)
            stop = gr.Button("", elem_id="stop", variant="secondary", scale=0)
        footnote = _panel("footnote")
    return question, ask, stop, message, footnote
