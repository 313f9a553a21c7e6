"""A corpus of two documents in three languages, with its facts, written as an operator would."""

import json
from pathlib import Path

from corpus.refresh import refresh

SOURCE = {"publisher": "An office", "title": "A page", "url": "https://example.org/page", "official": True}
FACTS = [
    {
        "id": "hub.firms", "statement": "In May 2025 the hub housed 1,214 firms.", "figures": {"since": "2019-11"},
        "sources": [SOURCE], "as_of": "2025-05", "confidence": "source",
    },
    {
        "id": "hub.old", "statement": "In 2018 it housed 29 firms.", "sources": [SOURCE | {"title": "An old page"}],
        "as_of": "2018", "valid_until": "2018-12-31", "confidence": "source",
    },
    {
        "id": "tax.rate", "statement": "The rate is 2.68% for two years.", "sources": [], "as_of": "2026-01",
        "valid_until": "2026-12-31", "confidence": "knowledge-high",
    },
]  # fmt: skip
TEXTS = {
    "en/hub": "The hub is for firms.\n\n## Firms\n\nIn May 2025 the hub housed 1,214 firms.[^hub.firms]\n\n"
    "## Firms (historic, 2018)\n\nIn 2018 the hub housed 29 firms.[^hub.old]\n",
    "it/hub": "Il polo è per le imprese.\n\n## Imprese\n\nNel maggio 2025 c’erano 1.214 imprese.[^hub.firms]\n\n"
    "## Imprese (storico, 2018)\n\nNel 2018 il polo ospitava 29 imprese.[^hub.old]\n",
    "de/hub": "Das Zentrum ist für Firmen.\n\n## Firmen\n\nIm Mai 2025 gab es im Zentrum 1.214 Firmen.[^hub.firms]\n\n"
    "## Firmen (historisch, 2018)\n\nIm Jahr 2018 gab es im Zentrum 29 Firmen.[^hub.old]\n",
    "en/tax": "## Rates\n\n- The rate is generally 2.68% for two years.[^tax.rate]\n",
    "it/tax": "## Aliquote\n\n- L’aliquota è di norma del 2,68% per due anni.[^tax.rate]\n",
}
HEAD = """---
id: {id}
title: A title
kind: guide
topic: [hubs]
language: {language}
translation_of: {original}
summary: A summary.
publisher: The agency
# What an operator notes is kept.
as_of: 2000
review_by: 2027-02-28
status: current
confidence: mixed
licence: CC BY 4.0
---
"""


def write_small(root: Path) -> Path:
    """Write documents and facts below `root`, refreshed; return the folder of the documents."""
    folder = root / "documents"
    (root / "facts.jsonl").write_text("".join(json.dumps(fact) + "\n" for fact in FACTS), encoding="utf-8")
    for key, text in TEXTS.items():
        language, _, id_ = key.partition("/")
        head = HEAD.format(id=id_, language=language, original="null" if language == "en" else id_)
        file = folder / f"{key}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(head + text, encoding="utf-8")
    refresh(folder)
    return folder
