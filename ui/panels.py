"""The conversation as HTML: masthead, welcome, exchanges. Pure functions; every text passes `escape`."""

import re

from assistant.answer import Answer, Citation
from ui.badges import badges_html, span_of_time
from ui.card import ADDRESS as CARD
from ui.conversation import Exchange
from ui.feedback import judged_html
from ui.markup import action, block, escape, hidden
from ui.origin import composer_text, interruption
from ui.quotes import quote_id, quotes_html
from ui.texts import INTERFACE_LANGUAGES, Texts, texts
from ui.tools import tools_html

_MARK = re.compile(r"\s?\[(\d{1,3})\]")
_LAST_WORD = re.compile(r"\S{1,24}\Z")
_BULLET = re.compile(r"^\s*[-•*]\s+")


def masthead_html(language: str) -> str:
    """Return the product's name, the choice of language and the way to a new conversation."""
    words = texts(language)
    languages = "".join(_language_button(code, code == language) for code in INTERFACE_LANGUAGES)
    return block(
        f'<header class="masthead" data-language="{language}" data-conversation="{escape(words.conversation_label)}"'
        f' data-copied="{escape(words.copied)}" data-failed="{escape(words.copy_failed)}">'
        f'<div class="brand"><h1>{escape(words.product)}</h1><p>{escape(words.tagline)}</p></div>'
        f'<div class="languages" role="group" aria-label="{escape(words.language_label)}">{languages}</div>'
        f'<div class="ways">{action("documents", escape(words.documents), "plain")}'
        f'<button type="button" class="plain" popovertarget="conversations">{escape(words.conversations)}</button>'
        f"{action('new', _new_html(words), 'plain new')}</div>"
        '<p class="visually-hidden" role="status" data-said></p></header>'
    )


def _new_html(words: Texts) -> str:
    """Both forms of the label: a narrow screen shows the short one, a screen reader is told the whole one anywhere."""
    return (
        f'<span class="whole">{escape(words.new_conversation)}</span>'
        f'<span class="short" aria-hidden="true">{escape(words.new_short)}</span>'
    )


def _language_button(code: str, chosen: bool) -> str:
    name = texts(code).language_name
    extra = f' lang="{code}" title="{escape(name)}" aria-pressed="{str(chosen).lower()}"'
    return action(f"language:{code}", code.upper(), "language", described=name, extra=extra)


def welcome_html(words: Texts) -> str:
    """Return what a visitor reads before the first message: first of all that this is an AI system."""
    return block(
        f'<h2>{escape(words.welcome)}</h2><p class="ai-notice">{escape(words.ai_notice)}</p>'
        f'<p class="examples-label">{escape(words.examples_label)}</p>',
        "welcome",
    )


def footnote_html(words: Texts, *, card: bool = False) -> str:
    """Return the line under the question box, which stays for the whole conversation; it leads to the trust card."""
    link = f' <a href="{CARD}" target="_blank" rel="noopener">{escape(words.how_well)}</a>' if card else ""
    return block(f'<p class="footnote">{escape(words.footnote)}{link}</p>')


def message_html(message: str) -> str:
    """Return a short message beside the question box."""
    return block(f'<p class="message">{escape(message)}</p>') if message else ""


def progress_text(exchange: Exchange, words: Texts) -> str:
    """Return what is happening, in words; empty when the exchange is settled."""
    if exchange.settled:
        return ""
    if exchange.evidence is None:
        return words.searching
    if exchange.before and not exchange.written:
        return words.counted("waiting", exchange.before)
    if not exchange.evidence.read:
        return words.reading
    return words.counted("writing", len(exchange.evidence.citations))


def announcement_html(exchange: Exchange, words: Texts) -> str:
    """Return what a screen reader is told about the exchange: its progress, and the answer once, when it is whole."""
    if not exchange.settled:
        return block(hidden(progress_text(exchange, words)))
    spoken = exchange.failure or (exchange.answer.answer if exchange.answer else interruption(exchange.end, words))
    return block(hidden(f"{words.answer_ready} {_MARK.sub('', spoken)}"))


def said_html(text: str) -> str:
    """Return something that only a screen reader is told."""
    return block(hidden(text)) if text else ""


def exchanges_html(exchanges: list[Exchange], words: Texts) -> str:
    """Return several exchanges, oldest first."""
    return block("".join(exchange_html(exchange, words) for exchange in exchanges)) if exchanges else ""


def exchange_html(exchange: Exchange, words: Texts) -> str:
    """Return one question with as much of its answer as there is."""
    searched = ""
    if exchange.question_used.strip() != exchange.question:
        searched = f'<p class="searched">{escape(words.searched_for)} <span>{escape(exchange.question_used)}</span></p>'
    tools = tools_html(exchange, words) if exchange.settled else ""
    return (
        f'<article class="exchange" data-exchange="{exchange.number}"{"" if exchange.settled else " data-running"}>'
        f'<h2 class="question">{hidden(words.you_asked + " ")}<span>{escape(exchange.question)}</span></h2>'
        f"{searched}{_reply_html(exchange, words)}{tools}</article>"
    )


def _reply_html(exchange: Exchange, words: Texts) -> str:
    if exchange.failure is not None:
        failure = f'<p class="failure">{escape(exchange.failure)}</p>'
        return f"{_written_html(exchange, words)}{failure}{_origin_html(exchange, words)}"
    if exchange.answer is not None:
        judged = judged_html(exchange, words)
        return answer_html(exchange.answer, exchange.number, words) + _origin_html(exchange, words) + judged
    if exchange.end is not None:
        remark = _notice_html("incomplete", escape(interruption(exchange.end, words)), words)
        return f'{_written_html(exchange, words)}<ul class="notices">{remark}</ul>{_origin_html(exchange, words)}'
    working = f'<p class="working" aria-hidden="true">{escape(progress_text(exchange, words))}</p>'
    return f"{_written_html(exchange, words)}{working}"


def _written_html(exchange: Exchange, words: Texts) -> str:
    """Verified sentences so far. Their marks become buttons once nothing more is written: focus is not lost then."""
    if not exchange.written.strip():
        return ""
    cited = {citation.n: citation for citation in exchange.citations} if exchange.settled else {}
    language = f' lang="{escape(exchange.evidence.language)}"' if exchange.evidence else ""
    prose = _prose_html(exchange.written, exchange.number, cited, words.source)
    quotes = quotes_html(cited.values(), exchange.number, exchange.language or words.code, words)
    return f'<div class="answer"{language}>{prose}</div>{quotes}'


def answer_html(answer: Answer, number: int, words: Texts) -> str:
    """Return the final answer of exchange `number`: prose with marks that open sources, then its notices."""
    cited = {citation.n: citation for citation in answer.citations}
    notices = "".join(
        _notice_html(notice.kind, _marked_html(notice.text, number, cited, words.source), words)
        for notice in answer.notices
    )
    kind = "answer" if answer.citations else "answer reply"
    return (
        f'<div class="{kind}" lang="{escape(answer.language)}">'
        f"{_prose_html(answer.answer, number, cited, words.source)}</div>"
        + (f'<ul class="notices">{notices}</ul>' if notices else "")
        + quotes_html(answer.citations, number, answer.language, words)
    )


def _notice_html(kind: str, markup: str, words: Texts) -> str:
    label: str = getattr(words, f"notice_{kind}")
    return f'<li class="notice"><strong>{escape(label)}</strong> <span>{markup}</span></li>'


def _prose_html(text: str, number: int, cited: dict[int, Citation], source: str) -> str:
    """Paragraphs at blank lines, lists at bullets; nothing else of Markdown, so that a text means what it shows."""
    return "".join(
        _paragraph_html(paragraph.strip("\n").split("\n"), number, cited, source)
        for paragraph in re.split(r"\n\s*\n", text)
        if paragraph.strip()
    )


def _paragraph_html(lines: list[str], number: int, cited: dict[int, Citation], source: str) -> str:
    markup: list[str] = []
    for line in lines:
        bullet = _BULLET.match(line)
        inner = _marked_html(line[bullet.end() :] if bullet else line, number, cited, source)
        if bullet and markup and markup[-1].endswith("</ul>"):
            markup[-1] = markup[-1].removesuffix("</ul>") + f"<li>{inner}</li></ul>"
        else:
            markup.append(f"<ul><li>{inner}</li></ul>" if bullet else f"<p>{inner}</p>")
    return "".join(markup)


def _marked_html(text: str, number: int, cited: dict[int, Citation], source: str) -> str:
    pieces, done = [], 0
    for match in _MARK.finditer(text):
        citation = cited.get(int(match[1]))
        mark = mark_html(citation, number, source) if citation else _idle_mark_html(match, final=bool(cited))
        pieces.append(_kept_html(text[done : match.start()], mark))
        done = match.end()
    return "".join([*pieces, escape(text[done:])])


def _kept_html(before: str, mark: str) -> str:
    """The text before a mark and the mark, which stays on the line of the last word."""
    word = _LAST_WORD.search(before)
    if word is None:
        return escape(before) + mark
    return f'{escape(before[: word.start()])}<span class="kept">{escape(word[0])}{mark}</span>'


def mark_html(citation: Citation, number: int, source: str) -> str:
    """Return the button that opens a source of exchange `number` (`source` is "Source {n}" in some language)."""
    described = f"{source.format(n=citation.n)}: {citation.title}"
    quote = f' aria-describedby="{quote_id(number, citation.n)}"'
    return action(f"cite:{number}.{citation.n}", f"{citation.n}", "mark", described, quote)


def _idle_mark_html(match: re.Match[str], *, final: bool) -> str:
    """A mark that opens nothing: not yet, or, in a final answer, because it is no mark but text in brackets."""
    return escape(match[0]) if final else f'<span class="mark idle">{int(match[1])}</span>'


def _origin_html(exchange: Exchange, words: Texts) -> str:
    """How the answer was made, and the way to its sources."""
    form = "sources" if exchange.cites else "found"
    count = len(exchange.citations)
    parts = [action(f"sources:{exchange.number}", escape(words.counted(form, count)), "plain") if count else ""]
    if exchange.answer is not None and exchange.answer.citations:
        parts.append(f"<span>{escape(composer_text(exchange.answer, words))}</span>")
        parts.append(badges_html(span_of_time(exchange.answer.citations, words)))
    return f'<footer class="origin">{"".join(parts)}</footer>' if any(parts) else ""
