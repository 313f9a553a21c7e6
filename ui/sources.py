"""The sources panel as HTML: the list of an exchange's passages, or one passage in its document. Pure functions."""

import re

from assistant.answer import Citation
from corpus.document import Document
from ui.conversation import Exchange
from ui.markup import action, block, escape, safe_url
from ui.texts import INTERFACE_LANGUAGES, Texts, texts

# Up to this many characters a document is shown whole, else the passage with its surroundings.
_WHOLE = 4000
_AROUND = 1500
# How much further to look for a paragraph border than `_AROUND`.
_BORDER = 600
_HEADING = re.compile(r"#{1,6} +")


def empty_html(words: Texts) -> str:
    """Return the panel before there is anything to show."""
    return block(f"{_head_html(words.sources_heading, words)}<p class='hint'>{escape(words.sources_empty)}</p>", "view")


def sources_html(exchange: Exchange, words: Texts) -> str:
    """Return the passages of an exchange: those its answer cites, or those found while it is being written."""
    final = exchange.cites
    if not exchange.citations:
        hint = words.sources_none if exchange.settled else words.searching
        return block(f"{_head_html(words.sources_heading, words)}<p class='hint'>{escape(hint)}</p>", "view")
    cards = "".join(
        _card_html(citation, f"cite:{exchange.number}.{citation.n}" if final else f"found:{exchange.number}.{i}", words)
        for i, citation in enumerate(exchange.citations)
    )
    heading = words.sources_heading if final else words.found_heading
    question = f'<p class="for"><span>{escape(words.for_question)}</span> {escape(exchange.question)}</p>'
    return block(f'{_head_html(heading, words)}{question}<ol class="cards">{cards}</ol>', "view")


def _head_html(heading: str, words: Texts) -> str:
    close = f'<button type="button" class="plain close" data-close>{escape(words.close)}</button>'
    return f'<div class="panel-head"><h2 id="sources-heading" tabindex="-1">{escape(heading)}</h2>{close}</div>'


def _card_html(citation: Citation, name: str, words: Texts) -> str:
    number = f'<span class="number">{citation.n}</span>' if name.startswith("cite:") else ""
    described = f"{words.show_in_document}: {citation.title}"
    return (
        f'<li class="card">{number}<div><h3>{escape(citation.title)}</h3>'
        f'<blockquote lang="{escape(citation.language)}">{escape(citation.quote)}</blockquote>'
        f'<p class="details">{escape(_summary(citation, words))}</p>'
        f"{action(name, escape(words.show_in_document), 'plain', described)}</div></li>"
    )


def passage_html(exchange: Exchange, citation: Citation, document: Document | None, words: Texts) -> str:
    """Return one source: what it is, and its quote highlighted in the document (which the quote must match)."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in _details(citation, words))
    url = safe_url(citation.url)
    link = (
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(words.original)}</a>' if url else ""
    )
    back = action(f"sources:{exchange.number}", f"← {escape(words.back_to_sources)}", "plain back")
    number = escape(words.source.format(n=citation.n)) if exchange.answer is not None else ""
    return block(
        f"{_head_html(words.sources_heading, words)}{back}"
        f'<div class="source"><p class="number-line">{number}</p>'
        f'<h3 tabindex="-1" data-focus>{escape(citation.title)}</h3>'
        f"<dl>{rows}</dl>{link}</div>{_text_html(citation, document, words)}"
        f'<button type="button" class="plain return" data-return>{escape(words.back_to_answer)}</button>',
        "view passage",
    )


def _details(citation: Citation, words: Texts) -> list[tuple[str, str]]:
    """What a reader weighs a source by, as pairs of name and value."""
    rows = [
        (words.section, citation.section),
        (words.document_language, _language_name(citation.language)),
        (words.as_of, citation.as_of),
        (words.valid_until, citation.valid_until or ""),
        (words.status, _status_name(citation.status, words)),
    ]
    return [(name, value) for name, value in rows if value]


def _summary(citation: Citation, words: Texts) -> str:
    """The same on one line."""
    dates = f"{words.as_of} {citation.as_of}" if citation.as_of else ""
    parts = [citation.section, _language_name(citation.language), dates, _status_name(citation.status, words)]
    return " · ".join(part for part in parts if part)


def _language_name(code: str) -> str:
    return texts(code).language_name if code in INTERFACE_LANGUAGES else code


def _status_name(status: str, words: Texts) -> str:
    name: str = getattr(words, f"status_{status}", status)
    return name


def _text_html(citation: Citation, document: Document | None, words: Texts) -> str:
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return (
            f'<p class="hint">{escape(words.document_changed)}</p>'
            f'<blockquote lang="{escape(citation.language)}"><mark>{escape(citation.quote)}</mark></blockquote>'
        )
    start, end = window(document.text, citation.start, citation.end)
    before = f'<p class="cut">{escape(words.text_before)}</p>' if start > 0 else ""
    after = f'<p class="cut">{escape(words.text_after)}</p>' if end < len(document.text) else ""
    return (
        f'<div class="document" role="region" tabindex="0" aria-label="{escape(words.document_text)}">{before}'
        f'<div class="text" lang="{escape(document.language)}">'
        f"{highlighted_html(document.text, (start, end), (citation.start, citation.end))}</div>{after}</div>"
    )


def window(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of a document to show around a quote: all of a short one, else whole paragraphs around it."""
    if len(text) <= _WHOLE:
        return 0, len(text)
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    if first > 0:
        border = text.rfind("\n\n", max(0, first - _BORDER), first)
        first = border + 2 if border >= 0 else first
    if last < len(text):
        border = text.find("\n\n", last, last + _BORDER)
        last = border if border >= 0 else last
    return first, last


def highlighted_html(text: str, shown: tuple[int, int], quote: tuple[int, int]) -> str:
    """Return `text[shown]` as HTML with `text[quote]` in `<mark>`; without its tags it is the text itself.

    A quote over several lines becomes one mark per line: heading lines are elements of their own.
    """
    position, lines = shown[0], []
    for line in text[shown[0] : shown[1]].splitlines(keepends=True):
        lines.append(_line_html(line, quote[0] - position, quote[1] - position))
        position += len(line)
    return "".join(lines)


def _line_html(line: str, start: int, end: int) -> str:
    """One line, marked from `start` to `end` where these fall into it. The hashes of a heading are there, unseen."""
    heading = _HEADING.match(line)
    hashes = heading.end() if heading else 0
    start, end = max(0, min(start, len(line))), max(0, min(end, len(line)))
    body = _marked(line, hashes, len(line), start, end)
    if not heading:
        return body
    return f'<span class="hashes">{_marked(line, 0, hashes, start, end)}</span><strong>{body}</strong>'


def _marked(line: str, first: int, last: int, start: int, end: int) -> str:
    """`line[first:last]` with the part of `line[start:end]` that falls into it marked."""
    start, end = min(max(start, first), last), min(max(end, first), last)
    if start >= end:
        return escape(line[first:last])
    return f"{escape(line[first:start])}<mark>{escape(line[start:end])}</mark>{escape(line[end:last])}"
