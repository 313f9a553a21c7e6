"""Which articles are never trained on: every third title of the sorted list, and their twins in the other language.

SQuAD-it translates paragraphs that `squad2_dev` has in English, so an article must fall on the same side in both. The
English list decides; the Italian titles without an English twin are split by the same rule among themselves; whatever
`squad_it` took out of its corpus (`heldout_corpus.jsonl`) is held out in English too.
"""

from collections.abc import Iterable

EVERY = 3
LAST = EVERY - 1  # the third, sixth, … title is held out

# Italian title: the English title of the same article.
TWINS = {
    "Amazzonia": "Amazon rainforest",
    "Costruzione edilizia": "Construction",
    "Crisi energetica (1973)": "1973 oil crisis",
    "Ctenophora": "Ctenophora",
    "Dinastia Yuan": "Yuan dynasty",
    "Diritto dell'Unione europea": "European Union law",
    "Disobbedienza civile": "Civil disobedience",
    "Disuguaglianza economica": "Economic inequality",
    "Forza": "Force",
    "Fresno (California)": "Fresno, California",
    "Geologia": "Geology",
    "Gruppo intergovernativo sul cambiamento climatico": "Intergovernmental Panel on Climate Change",
    "Guerra franco-indiana": "French and Indian War",
    "Imperialismo": "Imperialism",
    "Islamismo": "Islamism",
    "Morte Nera": "Black Death",
    "Motore a vapore": "Steam engine",
    "Normanni": "Normans",
    "Numero primo": "Prime number",
    "Ossigeno": "Oxygen",
    "Parlamento scozzese": "Scottish Parliament",
    "Reno": "Rhine",
    "Scuola privata": "Private school",
    "Sistema immunitario": "Immune system",
    "Sky (Gran Bretagna)": "Sky (United Kingdom)",
    "Southern California": "Southern California",
    "Teoria della complessità computazionale": "Computational complexity theory",
    "Università di Chicago": "University of Chicago",
    "Università di Harvard": "Harvard University",
    "Varsavia": "Warsaw",
    "Victoria (Australia)": "Victoria (Australia)",
    # Taken out of the Italian corpus.
    "Commutazione di pacchetto": "Packet switching",
    "Farmacia": "Pharmacy",
    "Jacksonville": "Jacksonville, Florida",
    "Ugonotti": "Huguenot",
}


def every_third(titles: Iterable[str]) -> frozenset[str]:
    """Return every third of the sorted, distinct titles."""
    return frozenset(sorted(set(titles))[LAST::EVERY])


def held_out(english: Iterable[str], italian: Iterable[str], removed: Iterable[str]) -> frozenset[str]:
    """Return the titles, in both languages, that are never trained on.

    `english` and `italian` are the titles of `squad2_dev` and `squad_it`, `removed` those of its held-out corpus.
    """
    italian, removed = set(italian), set(removed)
    apart = every_third(english) | {TWINS[title] for title in removed if title in TWINS}
    alone = every_third(title for title in italian if title not in TWINS)
    twins = {title for title in italian if TWINS.get(title) in apart}
    return apart | alone | twins | removed
