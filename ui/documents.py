"""All documents as HTML, by topic, and what a search in them found. Pure functions."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from corpus.document import Entry
from corpus.topics import place_of
from ui.badges import badges_html, cautions, foreign
from ui.conversation import Search
from ui.markup import action, block, escape
from ui.sources import card_html, head_html
from ui.texts import DEFAULT_LANGUAGE, Texts

_MOST = 500  # documents listed: more nobody reads through, and a search finds them


def documents_html(
    entries: Sequence[Entry], search: Search | None, exchange: int | None, words: Texts, today: date
) -> str:
    """Return the list of documents, or what was found in them; `exchange` is the one whose sources are a way back."""
    back = action(f"sources:{exchange}", f"← {escape(words.back_to_sources)}", "plain back") if exchange else ""
    inner = _found_html(search, words, today) if search else _list_html(in_language(entries, words.code), words, today)
    return block(f"{head_html(words.documents, words)}{back}{_form_html(search, words)}{inner}", "view documents")


def in_language(entries: Sequence[Entry], language: str) -> list[Entry]:
    """Return each document once: in `language`, else in English, else as it is there."""
    versions: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        versions.setdefault(entry.id, {})[entry.language] = entry
    return [
        there.get(language) or there.get(DEFAULT_LANGUAGE) or next(iter(there.values())) for there in versions.values()
    ]


def _form_html(search: Search | None, words: Texts) -> str:
    text = escape(search.text) if search else ""
    return (
        f'<form role="search" class="search" data-search><label for="search-text">{escape(words.search_label)}</label>'
        f'<input id="search-text" type="search" value="{text}" autocomplete="off">'
        f'<button type="submit">{escape(words.search)}</button></form>'
    )


def _found_html(search: Search, words: Texts, today: date) -> str:
    count = words.counted("results", len(search.passages)) if search.passages else words.results_none
    said = words.failed if search.failed else f"{count} {words.quoted.format(text=search.text)}"
    heading = f'<h3 class="results" tabindex="-1" data-focus>{escape(said)}</h3>'
    all_of_them = action("documents", escape(words.all_documents), "plain")
    cards = "".join(card_html(c, f"result:{i}", words.code, words, today) for i, c in enumerate(search.passages))
    return f'{heading}{all_of_them}<ol class="cards">{cards}</ol>'


def _list_html(entries: list[Entry], words: Texts, today: date) -> str:
    """Under headings of topics where there are any, and by title."""
    placed = sorted(
        ((place_of(entry.topics, words.code), _title(entry).casefold(), entry) for entry in entries),
        key=lambda item: (item[0], item[1], item[2].id),
    )
    groups = [(heading, [*group]) for (_, heading), group in groupby(placed[:_MOST], key=lambda item: item[0])]
    shown = "".join(
        _group_html(heading or (words.other_documents if len(groups) > 1 else ""), [e for *_, e in group], words, today)
        for heading, group in groups
    )
    count = f'<p class="hint">{escape(words.counted("documents", len(entries)))}</p>'
    more = f'<p class="hint">{escape(words.documents_more.format(count=len(entries) - _MOST))}</p>'
    return count + shown + (more if len(entries) > _MOST else "")


def _group_html(heading: str, entries: list[Entry], words: Texts, today: date) -> str:
    title = f"<h3>{escape(heading)}</h3>" if heading else ""
    items = "".join(f"<li>{_entry_html(entry, words, today)}</li>" for entry in entries)
    return f'<section class="topic">{title}<ul>{items}</ul></section>'


def _entry_html(entry: Entry, words: Texts, today: date) -> str:
    title = f'<span lang="{escape(entry.language)}">{escape(_title(entry))}</span>'
    badges = [*cautions(entry.status, None, words, today), *foreign(entry.language, words.code, words)]
    return action(f"document:{entry.language}/{entry.id}", title, "plain") + badges_html(badges)


def _title(entry: Entry) -> str:
    return entry.title or entry.id
