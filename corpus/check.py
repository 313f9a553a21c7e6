"""Everything a machine can say about the documents: errors that must be mended, and days that come near.

Errors depend on the files alone; only the calendar depends on the day.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.asked import QUESTIONS, questions_beside, read_written
from corpus.errors import CorpusError
from corpus.facts import Fact, facts_beside, read_facts
from corpus.figures import figures, quantities
from corpus.frontmatter import WEB_ADDRESS
from corpus.refresh import derived
from corpus.statements import Page, Statement, read_page

_LENGTH = range(300, 901)  # words of an English document
_FREE_LENGTH = ("source", "coverage", "glossary")
_FREE_WORDING = ("coverage", "glossary")  # they say above all entries that they are general knowledge
_HEDGES = {
    "en": ("generally", "as a rule"),
    "it": ("in genere", "di norma", "in generale", "generalmente"),
    "de": ("in der regel", "im allgemeinen"),
}
_LINK = re.compile(r"\]\((?P<target>[^)\s]*)")


@dataclass(frozen=True)
class Finding:
    """Something to mend, and where."""

    place: str
    text: str


@dataclass(frozen=True)
class Due:
    """A day by which somebody has to look at something; `days` are left, negative when it is past."""

    day: str
    days: int
    what: str
    why: str


@dataclass(frozen=True)
class Report:
    """What was found; `calendar` is in order of days."""

    documents: Mapping[str, int]
    facts_used: int
    facts_omitted: int
    statements: int
    traced: int  # statements with a quantity that rest on a fact
    errors: Sequence[Finding]
    warnings: Sequence[Finding]
    calendar: Sequence[Due]


def check_corpus(folder: Path, today: date) -> Report:
    """Check the documents of a folder against each other and against the facts beside it."""
    facts = read_facts(facts_beside(folder))
    pages, errors = _read(folder)
    known = {page.key: page for page in pages}
    for page in pages:
        errors += [Finding(_place(page, folder), text) for text in check_page(page, known, facts)]
    used = {fact for page in pages for fact in page.facts}
    errors += [Finding(fact.id, text) for fact in facts.values() for text in _unused(fact, used)]
    errors += [Finding(fact.id, text) for fact in facts.values() for text in _one_sided(fact, facts)]
    errors += _of_questions(questions_beside(folder), facts)
    statements = [statement for page in pages for statement in page.statements]
    return Report(
        documents=dict(Counter(page.front.language for page in pages)),
        facts_used=len(used & facts.keys()),
        facts_omitted=sum(bool(fact.omitted) for fact in facts.values()),
        statements=len(statements),
        traced=sum(bool(statement.facts and statement.quantities) for statement in statements),
        errors=errors,
        warnings=[Finding(_place(page, folder), text) for page in pages for text in _warnings(page)],
        calendar=sorted(_calendar(pages, facts, today), key=lambda due: (due.day, due.what)),
    )


def _read(folder: Path) -> tuple[list[Page], list[Finding]]:
    pages, errors = [], []
    for path in sorted(folder.rglob("*.md")):
        try:
            page = read_page(path)
        except CorpusError as error:
            errors.append(Finding(path.relative_to(folder).as_posix(), str(error).removeprefix(f"{path}: ")))
        else:
            pages += [page] if page else []
    twice = [key for key, count in Counter(page.key for page in pages).items() if count > 1]
    return pages, errors + [Finding(key, "this id is there twice in this language. Rename one.") for key in twice]


def _place(page: Page, folder: Path) -> str:
    return page.path.relative_to(folder).as_posix()


def check_page(page: Page, known: Mapping[str, Page], facts: Mapping[str, Fact]) -> Iterator[str]:
    """Yield what is wrong with one page, held to the facts and, if it is a translation, to the English page."""
    yield from _identity(page, known)
    yield from _links(page)
    unknown = [name for name in page.facts if name not in facts]
    yield from (f"the fact {name} is not in facts.jsonl" for name in unknown)
    if unknown or not page.facts:
        return
    yield from _front(page, facts)
    yield from (f"the mark of {name} does not stand right behind a sentence" for name in page.loose)
    # The laws its facts speak of ("6/2023"): any sentence of the page may name them as its subject.
    laws = frozenset(q for name in page.facts for q in facts[name].quantities if "/" in q)
    for statement in page.statements:
        yield from (f"{text}: “{_short(statement)}”" for text in _trace(statement, page, facts, laws))
    yield from _other_figures(page, facts)
    original = known.get(f"en/{page.front.id}")
    if original and original is not page:
        yield from _same(page, original)


def _identity(page: Page, known: Mapping[str, Page]) -> Iterator[str]:
    front = page.front
    if page.path.stem != front.id:
        yield f"the file is not named after its id {front.id}"
    if page.path.parent.name in ("en", "it", "de") and page.path.parent.name != front.language:
        yield f"language is {front.language}, the folder another"
    ids = {other.front.id for other in known.values()}
    for field, target in (("translation_of", front.translation_of), ("superseded_by", front.superseded_by)):
        if target and target not in ids:
            yield f"{field} names {target}, which is no document"
    if front.translation_of and f"en/{front.translation_of}" not in known:
        yield f"translation_of names {front.translation_of}, which is not there in English"


def _links(page: Page) -> Iterator[str]:
    for match in _LINK.finditer(page.text):
        if not re.fullmatch(WEB_ADDRESS, match["target"]):
            yield f"the link {match['target']!r} is not a web address"


def _front(page: Page, facts: Mapping[str, Fact]) -> Iterator[str]:
    """What follows from the marks stands in the front matter just so; `refresh` writes it."""
    stated = page.front.model_dump()
    for field, value in derived(page.facts, facts).items():
        if stated[field] != value:
            yield f"{field} is not what its marks say. Run `python -m corpus refresh`."
    omitted = [name for name in page.facts if facts[name].omitted]
    yield from (f"the fact {name} is told, although facts.jsonl says it is omitted" for name in omitted)


def _trace(statement: Statement, page: Page, facts: Mapping[str, Fact], laws: frozenset[str]) -> Iterator[str]:
    """Each quantity of a sentence stands in the facts that the sentence is marked with."""
    cited = [facts[name] for name in statement.facts]
    quantities_here = statement.quantities - laws
    if quantities_here and not cited:
        yield "a figure without a mark"
        return
    allowed = frozenset().union(*(fact.quantities for fact in cited))
    if strange := quantities_here - allowed:
        yield f"{', '.join(sorted(strange))} not in {', '.join(statement.facts) or 'any fact'}"
    hedged = any(hedge in statement.text.lower() for hedge in _HEDGES[statement.language])
    unverified = cited and all(fact.confidence != "source" for fact in cited)
    if unverified and not hedged and page.front.kind not in _FREE_WORDING:
        yield "general knowledge that is not called so (generally, as a rule)"


def _other_figures(page: Page, facts: Mapping[str, Fact]) -> Iterator[str]:
    """Title, summary, headings and lines that are no sentences hold no figure that the facts do not have."""
    allowed = frozenset().union(*(facts[name].quantities for name in page.facts))
    for field in ("title", "summary"):
        if strange := quantities(getattr(page.front, field), page.front.language) - allowed:
            yield f"{field}: {', '.join(sorted(strange))} not in its facts"
    parts = {part for quantity in allowed for part in quantity.split("/")}
    if strange := frozenset(figures(page.text)) - parts:
        yield f"{', '.join(sorted(strange))} not in its facts"


def _same(page: Page, original: Page) -> Iterator[str]:
    """A translation tells the same facts in the same order, with the same quantities."""
    if len(page.headings) != len(original.headings):
        yield f"{len(page.headings)} sections, the English text {len(original.headings)}"
    ours = [statement for statement in page.statements if statement.facts]
    theirs = [statement for statement in original.statements if statement.facts]
    for mine, english in zip(ours, theirs, strict=False):
        if mine.facts != english.facts:
            marks = f"{', '.join(mine.facts)}, in English {', '.join(english.facts)}: “{_short(english)}”"
            yield f"“{_short(mine)}” is marked {marks}"
            return
        if mine.quantities != english.quantities:
            differ = ", ".join(sorted(mine.quantities ^ english.quantities))
            yield f"{differ} only in one of “{_short(mine)}” and “{_short(english)}”"
        if mine.historic != english.historic:
            yield f"historic in one language only: “{_short(mine)}”"
    if len(ours) != len(theirs):
        yield f"{len(ours)} marked sentences, the English text {len(theirs)}"
    names = [(page.front.title, original.front.title), (page.front.summary, original.front.summary)]
    for name, english_name in [*names, *zip(page.headings, original.headings, strict=False)]:
        if quantities(name, page.front.language) != quantities(english_name, "en"):
            yield f"other figures in “{name}” than in “{english_name}”"


def _unused(fact: Fact, used: set[str]) -> Iterator[str]:
    if fact.id not in used and not fact.omitted:
        yield 'no document tells this fact. Tell it, or give the reason in its field "omitted".'


def _one_sided(fact: Fact, facts: Mapping[str, Fact]) -> Iterator[str]:
    for other in fact.differs_from:
        if other not in facts:
            yield f"differs_from names {other}, which is no fact"
        elif fact.id not in facts[other].differs_from:
            yield f"differs_from names {other}, which does not name it back"


def _of_questions(folder: Path, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """Known questions: each names a fact that is there, and none is said to be answered and not to be."""
    lines = list(read_written(folder))
    answered = {line.question for _, line in lines}
    for place, line in lines:
        for missing in (fact for fact in line.facts if fact not in facts):
            yield Finding(f"{QUESTIONS}/{place}", f"names {missing}, which is no fact")
        if line.miss and line.miss in answered:
            yield Finding(f"{QUESTIONS}/{place}", "its miss is a question that a fact answers elsewhere")


def _warnings(page: Page) -> Iterator[str]:
    words = len(page.text.split())
    if page.front.language == "en" and page.facts and page.front.kind not in _FREE_LENGTH and words not in _LENGTH:
        yield f"{words} words; an investor reads {_LENGTH.start} to {_LENGTH.stop - 1} gladly"
    untraced = sum(bool(statement.quantities) for statement in page.statements)
    if untraced and not page.facts:
        yield f"{untraced} sentences with figures name no fact, so no source"


def _calendar(pages: Sequence[Page], facts: Mapping[str, Fact], today: date) -> Iterator[Due]:
    for page in pages:
        for field, why in (("review_by", "to be reviewed"), ("valid_until", "document ends")):
            if day := getattr(page.front, field):
                yield _due(day, page.key, why, today)
    for fact in facts.values():
        present = [p.key for p in pages for s in p.statements if fact.id in s.facts and not s.historic]
        if fact.valid_until and present:
            told = ", ".join(dict.fromkeys(present))
            yield _due(fact.valid_until, fact.id, f"fact ends; told as present in {told}", today)


def _due(day: str, what: str, why: str, today: date) -> Due:
    """A month or a year is over on its last day."""
    year, month = int(day[:4]), int(day[5:7] or 12)
    first_after = date(year + month // 12, month % 12 + 1, 1)
    left = (date.fromisoformat(day) - today).days if len(day) == 10 else (first_after - today).days - 1
    return Due(day, left, what, why)


def _short(statement: Statement) -> str:
    text = " ".join(statement.text.split())
    return text if len(text) <= 90 else text[:89] + "…"
