"""A conversation to take away: as Markdown, as one HTML file without scripts, as a Word document, as plain text.

Pure functions: values in, text or bytes out. All forms are drawn from the same `Report`, so that none says more or less
than another; each shows every text exactly as it is, whatever it holds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answer import Citation
from assistant.dates import in_words
from ui.badges import language_in_words, status_name
from ui.conversation import Exchange
from ui.markup import escape, safe_url
from ui.origin import composer_text, interruption
from ui.texts import Texts

# What could be read as markup; a mark of the answer ("[1]") is left alone unless it would define a link ("[1]: …").
_MARKUP = re.compile(r"(\[\d{1,3}\](?!:))|([\\`*_\[\]<>|~&!#$])|^([-+=]|\d+(?=[.)]))")
_MARK = re.compile(r"\[(\d{1,3})\]")
_STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "body{color:#16242c;background:#fff}"
    "blockquote{font-family:Charter,Georgia,serif;margin:.4rem 0;padding-left:1rem;border-left:3px solid #0d5560}"
    "p,blockquote,h2{white-space:pre-wrap;overflow-wrap:anywhere}article{border-top:1px solid #d5dde0;margin-top:2rem}"
    ".details,.preface{color:#51626b;font-size:.9rem}a{color:#0d5560}"
)


@dataclass(frozen=True)
class Source:
    """One cited passage: its number, its verbatim quote, and what it is weighed by."""

    n: int
    title: str
    quote: str
    language: str
    details: tuple[tuple[str, str], ...]
    url: str | None


@dataclass(frozen=True)
class Entry:
    """One question with what became of it. `origin` tells who wrote the sentences."""

    question: str
    searched: str
    language: str
    answer: str
    origin: str
    notices: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Report:
    """A conversation in plain values, in one interface language."""

    language: str
    day: date
    title: str
    preface: tuple[str, ...]
    entries: tuple[Entry, ...]
    words: Texts


def report(exchanges: Sequence[Exchange], edition: str, day: date, words: Texts) -> Report:
    """Return what is worth keeping of the exchanges that are settled, as of `day`."""
    preface = (
        words.exported_on.format(day=in_words(day.isoformat(), words.code)),
        words.edition.format(edition=edition),
        words.footnote,
    )
    entries = tuple(entry(exchange, words) for exchange in exchanges if exchange.settled)
    return Report(words.code, day, words.product, preface, entries, words)


def entry(exchange: Exchange, words: Texts) -> Entry:
    """Return one settled exchange in plain values."""
    answer = exchange.answer
    language = answer.language if answer else exchange.evidence.language if exchange.evidence else ""
    said = [exchange.written.strip(), exchange.failure or ("" if answer else interruption(exchange.end, words))]
    return Entry(
        question=exchange.question,
        searched=exchange.question_used if exchange.question_used.strip() != exchange.question else "",
        language=language,
        answer=answer.answer if answer else "\n\n".join(filter(None, said)),
        origin=composer_text(answer, words) if answer and answer.citations else "",
        notices=tuple((getattr(words, f"notice_{n.kind}"), n.text) for n in answer.notices) if answer else (),
        sources=tuple(_source(citation, words) for citation in answer.citations) if answer else (),
    )


def _source(citation: Citation, words: Texts) -> Source:
    rows = [
        (words.section, citation.section),
        (words.document_language, language_in_words(citation.language, words)),
        (words.as_of, in_words(citation.as_of, words.code)),
        (words.valid_until, in_words(citation.valid_until or "", words.code)),
        (words.status, status_name(citation.status, words)),
        (words.publisher, citation.publisher),
    ]
    told = tuple((name, value) for name, value in rows if value)
    return Source(citation.n, citation.title, citation.quote, citation.language, told, safe_url(citation.url))


def plain_text(one: Entry, words: Texts) -> str:
    """Return an answer with its numbered sources, quotes and addresses: what is copied to the clipboard."""
    lines = [one.question, "", one.answer, *(f"{label}: {text}" for label, text in one.notices)]
    if one.sources:
        lines += ["", f"{words.sources_heading}:"]
    for source in one.sources:
        lines += [f"[{source.n}] {_described(source)}", f"    {words.quoted.format(text=source.quote)}"]
        lines += [f"    {source.url}"] if source.url else []
    return "\n".join([*lines, "", words.footnote])


def _described(source: Source) -> str:
    return " · ".join([source.title, *(f"{name}: {value}" for name, value in source.details)])


def markdown(whole: Report) -> bytes:
    """Return the report as CommonMark; a viewer shows every text exactly as it is."""
    lines = [f"# {_plain(whole.title)}", "", *(f"{_plain(line)}  " for line in whole.preface)]
    for one in whole.entries:
        lines += ["", f"## {_plain(_one_line(one.question))}"]
        lines += ["", f"{_plain(whole.words.searched_for)} {_plain(_one_line(one.searched))}"] if one.searched else []
        lines += ["", "\n\n".join(_lines(part) for part in re.split(r"\n\s*\n", one.answer))]
        lines += ["", f"*{_plain(one.origin)}*"] if one.origin else []
        lines += [f"\n**{_plain(label)}:** {_plain(_one_line(text))}" for label, text in one.notices]
        lines += ["", f"### {_plain(whole.words.sources_heading)}"] if one.sources else []
        for source in one.sources:
            lines += ["", f"**\\[{source.n}\\] {_plain(_one_line(source.title))}**", "", _block_quote(source.quote), ""]
            lines += [f"{_plain(_one_line(f'{name}: {value}'))}  " for name, value in source.details]
            lines += [f"<{source.url}>"] if source.url else []
    return ("\n".join(lines) + "\n").encode()


def _plain(text: str) -> str:
    """One line so that it has no markup; blanks at its start would make it code."""
    bare = text.lstrip(" \t")
    lead = text[: len(text) - len(bare)].replace(" ", "&#32;").replace("\t", "&#9;")
    return lead + _MARKUP.sub(lambda m: m[1] or _escaped(m[2] or m[3]), bare)


def _escaped(found: str) -> str:
    return f"{found}\\" if found.isdecimal() else f"\\{found}"


def _lines(text: str) -> str:
    """Lines that stay lines: a backslash at the end of one is a line break."""
    return "\\\n".join(_plain(line) for line in text.strip("\n").splitlines())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _block_quote(quote: str) -> str:
    return "\n".join(f"> {line}" for line in _lines(quote).split("\n"))


def html(whole: Report) -> bytes:
    """Return the report as one HTML file that holds its style, runs nothing and fetches nothing."""
    preface = "<br>".join(escape(line) for line in whole.preface)
    entries = "".join(_entry_html(n, one, whole.words) for n, one in enumerate(whole.entries, 1))
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html><html lang="{escape(whole.language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(whole.title)}</title><style>{_STYLE}</style></head>"
        f'<body><h1>{escape(whole.title)}</h1><p class="preface">{preface}</p>{entries}</body></html>\n'
    ).encode()


def _entry_html(number: int, one: Entry, words: Texts) -> str:
    searched = f'<p class="details">{escape(words.searched_for)} {escape(one.searched)}</p>' if one.searched else ""
    notices = "".join(f"<p><strong>{escape(label)}:</strong> {escape(text)}</p>" for label, text in one.notices)
    sources = "".join(_source_html(number, source, words) for source in one.sources)
    heading = f"<h3>{escape(words.sources_heading)}</h3>" if sources else ""
    return (
        f"<article><h2>{escape(one.question)}</h2>{searched}"
        f'<p lang="{escape(one.language)}">{_linked(number, one)}</p>'
        f'<p class="details">{escape(one.origin)}</p>{notices}{heading}{sources}</article>'
    )


def _linked(number: int, one: Entry) -> str:
    """The answer; its marks lead to their sources."""
    known = {source.n for source in one.sources}

    def link(mark: re.Match[str]) -> str:
        n = int(mark[1])
        return f'<a href="#source-{number}-{n}">[{n}]</a>' if n in known else mark[0]

    return _MARK.sub(link, escape(one.answer))


def _source_html(number: int, source: Source, words: Texts) -> str:
    facts = " · ".join(f"{escape(name)}: {escape(value)}" for name, value in source.details)
    link = (
        f'<br><a href="{escape(source.url)}" rel="noopener noreferrer">{escape(source.url)}</a>' if source.url else ""
    )
    return (
        f'<section id="source-{number}-{source.n}"><h4>[{source.n}] {escape(source.title)}</h4>'
        f'<blockquote lang="{escape(source.language)}">{escape(source.quote)}</blockquote>'
        f'<p class="details">{facts}{link}</p></section>'
    )
