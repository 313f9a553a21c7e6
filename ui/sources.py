"""The list of an exchange's passages as HTML. Pure functions; an opened passage is in `passage.py`."""

from datetime import date

from assistant.answer import Citation
from ui.badges import age, badges_html, disputed, of_citation
from ui.conversation import Exchange
from ui.markup import action, block, escape
from ui.texts import Texts


def empty_html(words: Texts) -> str:
    """Return the panel before there is anything to show."""
    return block(f"{head_html(words.sources_heading, words)}<p class='hint'>{escape(words.sources_empty)}</p>", "view")


def sources_html(exchange: Exchange, words: Texts, today: date) -> str:
    """Return the passages of an exchange: those its answer cites, or those found while it is being written."""
    final = exchange.cites
    # Passages that are still being read have no button: others may take their place under the reader's finger.
    stay = exchange.settled or (exchange.evidence is not None and exchange.evidence.read)
    if not exchange.citations:
        hint = words.sources_none if exchange.settled else words.searching
        return block(f"{head_html(words.sources_heading, words)}<p class='hint'>{escape(hint)}</p>", "view")
    spoken, conflicts = exchange.language or words.code, disputed(exchange.answer)
    cards = "".join(
        card_html(
            citation,
            f"cite:{exchange.number}.{citation.n}" if final else f"found:{exchange.number}.{i}" if stay else "",
            spoken,
            words,
            today,
            number=str(citation.n) if final else "",
            disputed=citation.n in conflicts,
        )
        for i, citation in enumerate(exchange.citations)
    )
    heading = words.sources_heading if final else words.found_heading
    question = f'<p class="for"><span>{escape(words.for_question)}</span> {escape(exchange.question)}</p>'
    return block(f'{head_html(heading, words)}{question}<ol class="cards">{cards}</ol>', "view")


def head_html(heading: str, words: Texts) -> str:
    """Return the head of the panel: what it shows, and on a small screen the way out."""
    close = f'<button type="button" class="plain close" data-close>{escape(words.close)}</button>'
    return f'<div class="panel-head"><h2 id="sources-heading" tabindex="-1">{escape(heading)}</h2>{close}</div>'


def card_html(
    citation: Citation,
    name: str,
    spoken: str,
    words: Texts,
    today: date,
    *,
    number: str = "",
    disputed: bool = False,
) -> str:
    """Return a passage in a list; `name` is the action that opens it (if any does), `spoken` the language around it."""
    numbered = f'<span class="number">{escape(number)}</span>' if number else ""
    described = f"{words.show_in_document}: {citation.title}"
    badges = [*age(citation.as_of, words), *of_citation(citation, spoken, words, today, disputed=disputed)]
    language = escape(citation.language)
    way = action(name, escape(words.show_in_document), "plain", described) if name else ""
    section = f'<p class="details" lang="{language}">{escape(citation.section)}</p>' if citation.section else ""
    return (
        f'<li class="card">{numbered}<div><h3 lang="{language}">{escape(citation.title)}</h3>{section}'
        f'<blockquote lang="{language}">{escape(citation.quote)}</blockquote>{badges_html(badges)}'
        f"{way}</div></li>"
    )
