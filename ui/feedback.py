"""What a reader says of an answer, as HTML: the question under the answer, and what would be stored. Pure functions."""

from dataclasses import asdict
from typing import Any
from uuid import uuid4

from assistant.answer import Citation
from assistant.feedback import Feedback, Reason, Verdict
from ui.conversation import Exchange
from ui.markup import action, block, escape
from ui.texts import Texts

# Of a citation, what is needed to find it again.
_KEPT = ("n", "document", "language", "title", "section", "quote", "start", "end")


def drafted(exchange: Exchange, verdict: Verdict) -> Feedback:
    """Return what would be stored of an answered exchange."""
    answer = exchange.answer
    assert answer is not None
    return Feedback(
        id=uuid4().hex,
        language=answer.language,
        question=exchange.question,
        question_used=answer.question_used,
        status=answer.status.value,
        answer=answer.answer,
        citations=tuple(_kept(citation) for citation in answer.citations),
        index_version=exchange.index_version,
        verdict=verdict,
    )


def _kept(citation: Citation) -> dict[str, Any]:
    values = asdict(citation)
    return {name: values[name] for name in _KEPT}


def judged_html(exchange: Exchange, words: Texts) -> str:
    """Return the question whether an answer was helpful, or what its reader said; empty where it cannot be kept."""
    number = exchange.number
    if not exchange.index_version:
        return ""
    if exchange.feedback is not None:
        stored = words.feedback_stored.format(verdict=said(exchange.feedback, words))
        withdraw = action(f"withdraw:{number}", escape(words.feedback_withdraw), "plain")
        return f'<p class="judged"><span>{escape(stored)}</span>{withdraw}</p>'
    up = action(f"judge:{number}.up", escape(words.feedback_up), "plain thumb up")
    down = action(f"judge:{number}.down", escape(words.feedback_down), "plain thumb down")
    label = escape(words.feedback_ask)
    return f'<div class="judged" role="group" aria-label="{label}"><span>{label}</span>{up}{down}</div>'


def said(feedback: Feedback, words: Texts) -> str:
    """Return a verdict and its reason in words."""
    verdict = words.feedback_up if feedback.verdict == "up" else words.feedback_down
    return f"{verdict} ({reasons(words)[feedback.reason]})" if feedback.reason else verdict


def reasons(words: Texts) -> dict[Reason, str]:
    """Return what may have been wrong, by the values that are stored."""
    return {
        "wrong figure": words.feedback_wrong_figure,
        "out of date": words.feedback_out_of_date,
        "not answered": words.feedback_not_answered,
        "wrong source": words.feedback_wrong_source,
    }


def head_html(words: Texts, days: int) -> str:
    """Return the heading of the form, which says first that nothing is stored yet."""
    close = f'<button type="button" class="plain close" data-close>{escape(words.close)}</button>'
    return block(
        f'<div class="panel-head"><h2 id="feedback-heading" tabindex="-1">{escape(words.feedback_heading)}</h2>'
        f'{close}</div><p class="hint">{escape(words.feedback_intro.format(days=days))}</p>'
    )


def preview_html(draft: Feedback, words: Texts) -> str:
    """Return everything that would be stored beside the reason and the comment, value for value."""
    rows = [
        (words.feedback_verdict, words.feedback_up if draft.verdict == "up" else words.feedback_down),
        (words.feedback_question, draft.question),
        (words.feedback_question_used, draft.question_used),
        (words.feedback_answer, draft.answer),
        (words.feedback_outcome, draft.status),
        (words.document_language, draft.language),
        (words.feedback_index, draft.index_version),
        (words.feedback_key, draft.id),
        (words.feedback_time, words.feedback_now),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    sources = "".join(_source_html(citation) for citation in draft.citations)
    if sources:
        listed += f"<dt>{escape(words.sources_heading)}</dt><dd><ol>{sources}</ol></dd>"
    return block(f'<h3>{escape(words.feedback_preview)}</h3><dl class="stored">{listed}</dl>')


def _source_html(kept: dict[str, Any]) -> str:
    place = f"{kept['language']}/{kept['document']}:{kept['start']}–{kept['end']}"
    title = " · ".join(part for part in (kept["title"], kept["section"], place) if part)
    return f"<li>[{kept['n']}] {escape(title)}<blockquote>{escape(kept['quote'])}</blockquote></li>"
