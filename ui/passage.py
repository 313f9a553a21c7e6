"""One document, open beside the conversation: what it is, its text with the quote highlighted, its other sections."""

from dataclasses import dataclass
from datetime import date

from assistant.answer import Citation
from assistant.dates import in_words
from corpus.document import Document, Span
from corpus.sections import Section, sections
from ui.badges import badges_html, cautions, disputed, foreign, language_in_words, of_citation, status_name
from ui.conversation import Exchange, Place
from ui.highlight import highlighted_html, window
from ui.markup import action, block, escape, safe_url
from ui.sources import head_html
from ui.texts import INTERFACE_LANGUAGES, Texts, texts

_MOST_SECTIONS = 200  # listed, around the one that is open
_MOST_ORIGINS = 5


@dataclass(frozen=True)
class Opened:
    """A document as it is open: at a quote, or (`went`) at the place that the reader went on to."""

    document: Document | None
    citation: Citation | None
    place: Place
    languages: tuple[str, ...]  # that it is there in
    exchange: Exchange | None
    back: str  # the action that leads back
    went: bool = False

    @property
    def spoken(self) -> str | None:
        """The language of the answer that led here."""
        return self.exchange.language if self.exchange else None

    @property
    def quote(self) -> Citation | None:
        """The citation, where the open document is the one it quotes."""
        quoted = self.citation if self.citation and self.citation.language == self.place.language else None
        if quoted is None or self.document is None:
            return quoted
        return quoted if self.document.text[quoted.start : quoted.end] == quoted.quote else None


def gone_html(back: str, words: Texts) -> str:
    """Return the panel for a document that is not there."""
    hint = f'<p class="hint" tabindex="-1" data-focus>{escape(words.source_gone)}</p>'
    return block(f"{head_html(words.documents, words)}{_back_html(back, words)}{hint}", "view")


def opened_html(opened: Opened, words: Texts, today: date) -> str:
    """Return the open document. A quote that is not in it (any more) is shown alone, and the panel says so."""
    outline = [*sections(opened.document.text)] if opened.document else []
    heading = words.sources_heading if opened.exchange else words.documents
    back = f'<button type="button" class="plain return" data-return>{escape(words.back_to_answer)}</button>'
    return block(
        f"{head_html(heading, words)}{_back_html(opened.back, words)}{_about_html(opened, outline, words, today)}"
        f"{_text_html(opened, outline, words)}{_outline_html(opened, outline, words)}{back if opened.exchange else ''}",
        "view passage",
    )


def _back_html(back: str, words: Texts) -> str:
    names = {"results": words.back_to_results, "documents": words.all_documents}
    return action(back, f"← {escape(names.get(back, words.back_to_sources))}", "plain back")


def _about_html(opened: Opened, outline: list[Section], words: Texts, today: date) -> str:
    """What a reader weighs a source by."""
    title, language = _title(opened), escape(opened.place.language)
    exchange, citation = opened.exchange, opened.citation
    number = words.source.format(n=citation.n) if exchange and exchange.answer and citation else ""
    return (
        f'<div class="source"><p class="number-line">{escape(number)}</p>'
        f'<h3 tabindex="-1" data-focus lang="{language}">{escape(title)}</h3>'
        f"{badges_html(_badges(opened, words, today))}<dl>{_details_html(opened, outline, words)}</dl>"
        f"{_ways_html(opened, words)}</div>"
    )


def _title(opened: Opened) -> str:
    if opened.document:
        return opened.document.title or opened.document.id
    return opened.citation.title if opened.citation else opened.place.document


def _badges(opened: Opened, words: Texts, today: date) -> list[str]:
    spoken, citation = opened.spoken or words.code, opened.citation
    if citation and not opened.went:
        conflicts = disputed(opened.exchange.answer) if opened.exchange else frozenset()
        return of_citation(citation, spoken, words, today, disputed=citation.n in conflicts)
    of_document = cautions(opened.document.status, opened.document.valid_until, words, today) if opened.document else ()
    return [*of_document, *foreign(opened.place.language, spoken, words)]


def _details_html(opened: Opened, outline: list[Section], words: Texts) -> str:
    said = opened.citation if opened.citation and not opened.went else opened.document
    assert said is not None
    rows = [
        (words.as_of, escape(in_words(said.as_of, words.code))),
        (words.valid_until, escape(in_words(said.valid_until or "", words.code))),
        (words.status, escape(status_name(said.status, words))),
        (words.document_language, escape(language_in_words(said.language, words))),
        (words.publisher, "; ".join(_origin_html(*origin, words) for origin in _origins(opened, outline))),
    ]
    return "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in rows if value)


def _origins(opened: Opened, outline: list[Section]) -> list[tuple[str, str | None]]:
    """Publisher and address of what the open place rests on: its facts' sources where it names facts."""
    document, quote = opened.document, None if opened.went else opened.citation
    if document is None or (quote and not opened.quote):
        return [(quote.publisher, quote.url)] if quote else []
    if quote:
        named = document.references_in(Span(quote.start, quote.end))
        return _distinct([(r.publisher, r.url) for r in named]) or [(quote.publisher, quote.url)]
    section = _section(opened.place, outline)
    named = document.references_in(section.body) if section else ()
    own = (document.publisher, None if document.references else document.url)
    return _distinct([(r.publisher, r.url) for r in named]) or [own]


def _distinct(origins: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    return [origin for origin in dict.fromkeys(origins) if any(origin)][:_MOST_ORIGINS]


def _origin_html(publisher: str, url: str | None, words: Texts) -> str:
    address = safe_url(url)
    if address is None:
        return escape(publisher)
    described = f' aria-label="{escape(words.original)}: {escape(publisher)}"' if publisher else ""
    return (
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer"{described}>'
        f"{escape(publisher or words.original)}</a>"
    )


def _ways_html(opened: Opened, words: Texts) -> str:
    """To the same place in the document's other languages, and back to the quote."""
    others = [code for code in INTERFACE_LANGUAGES if code in opened.languages and code != opened.place.language]
    ways = [action(f"version:{c}", escape(texts(c).read_version), "plain", extra=f' lang="{c}"') for c in others]
    if opened.went and opened.citation:
        ways.insert(0, action("quote", escape(words.back_to_quote), "plain"))
    return f'<p class="ways">{"".join(ways)}</p>' if ways else ""


def _section(place: Place, outline: list[Section]) -> Section | None:
    return outline[place.section] if place.section is not None and place.section < len(outline) else None


def _outline_html(opened: Opened, outline: list[Section], words: Texts) -> str:
    """The document's sections as buttons, the open one marked; nothing for a document without headings."""
    named = [
        (number, section)
        for number, section in enumerate(outline)
        if section.level or (opened.document and opened.document.text[: section.end].strip())
    ]
    if len(named) < 2 or opened.document is None:
        return ""
    first = max(0, min((opened.place.section or 0) - _MOST_SECTIONS // 2, len(named) - _MOST_SECTIONS))
    top = min((section.level for _, section in named if section.level), default=1)
    items = "".join(
        f'<li class="level-{max(0, min(section.level - top, 3))}">'
        + action(
            f"section:{number}",
            f'<span lang="{escape(opened.document.language)}">{escape(section.name)}</span>'
            if section.level
            else escape(words.beginning),
            "plain",
            extra=' aria-current="location"' if number == opened.place.section else "",
        )
        + "</li>"
        for number, section in named[first : first + _MOST_SECTIONS]
    )
    heading = f'<h4 id="outline">{escape(words.outline)}</h4>'
    return f'<nav class="outline" aria-labelledby="outline">{heading}<ol>{items}</ol></nav>'


def _text_html(opened: Opened, outline: list[Section], words: Texts) -> str:
    document, quote, citation = opened.document, opened.quote, opened.citation
    if document is None or (citation and not opened.went and quote is None):
        assert citation is not None
        return (
            f'<p class="hint">{escape(words.document_changed)}</p>'
            f'<blockquote lang="{escape(citation.language)}"><mark>{escape(citation.quote)}</mark></blockquote>'
        )
    marked = (quote.start, quote.end) if quote else (0, 0)
    stays = quote is not None and not opened.went
    section = _section(opened.place, outline) or outline[0]
    start, end = window(document.text, *(marked if stays else (section.start, section.start)))
    before = f'<p class="cut">{escape(words.text_before)}</p>' if start > 0 else ""
    after = f'<p class="cut">{escape(words.text_after)}</p>' if end < len(document.text) else ""
    if stays:
        text = highlighted_html(document.text, (start, end), marked)
    else:  # the browser scrolls to an anchor without text
        above = highlighted_html(document.text, (start, section.start), marked)
        text = f"{above}<span data-here></span>{highlighted_html(document.text, (section.start, end), marked)}"
    return (
        f'<div class="document" role="region" tabindex="0" aria-label="{escape(words.document_text)}">{before}'
        f'<div class="text" lang="{escape(document.language)}">{text}</div>{after}</div>'
    )
