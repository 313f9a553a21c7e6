"""From what users say to work: a list of what was not answered or not liked, ranked by demand, and cases made of it.

Nothing is shown or passed on unmasked: who asked, and how to reach them, is nobody's business here.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Status
from assistant.feedback import Feedback
from corpus.errors import UsageError
from eval import lint
from eval.cases import Behaviour, Case
from index.embed import Embedder

# Mean cosine of e5-small from which two groups of questions are one. Of unrelated questions of this domain one pair in
# a hundred reaches .88, one in a thousand .915; two for the same fact have a median of .90, across languages .89. On
# finding.dev .88 joins pairs of which 92 % are about one document and 73 % ask for the same fact, and finds half of all
# such pairs; .90 finds a third, with 98 % and 81 %. (Joining each to the first of the nearest group finds a third, too,
# but with 94 % and 76 %; to a group's mean, .38 with 77 % and 59 %.)
ALIKE = 0.88
COMPARED = 8_000  # questions, the newest: it takes 0.7 GB, and four times that for twice as many
SHOWN = 200  # characters of a question or a comment in the list
COMMENTS = 3  # the newest of an entry
NO_DOCUMENT = "no document"
_GROUPS = {"en": "main", "it": "italian", "de": "german"}
_GROUPS_OF_BEHAVIOUR = {"abstain": "unanswerable", "refuse": "adversarial", "answer-corrected": "adversarial"}

# What looks like a number to be masked and is none: dates, times from and to, years, thousands, amounts.
_DATE = r"\d{1,2}[./-](?:\d{1,2}[./-])?(?:(?:19|20)\d\d(?!\d)|\d\d(?![./-]?\d))|\d\d\.\d\d(?=[\s–-])"
_YEAR = r"(?:19|20)\d\d(?!\d)"
_THOUSANDS = r"\+?[1-9]\d{0,2}(?:[.,'’\s]\d{3})+(?![\s./-]?\d)"
_BEGIN = rf"(?!{_DATE}|{_YEAR}|{_THOUSANDS})"
_END = r"(?!\d|[.,]\d|\s*(?i:€|%|eur|m²|mio\b|mln\b|milli|mill\b|miliard))"
_ALONE = rf"(?<!\w)(?<!\d[.,/-]){_BEGIN}"
_GAP = r"[\s./()–-]{0,3}"

_E_MAIL = r"(?<![\w.+%-])[\w.+%-]++\s?(?:@|[(\[](?:at|AT|chiocciola)[)\]])\s?[\w-]+(?:\.[\w-]+)+"
_IBAN = (
    r"(?i)(?<![\w-])(?!EU)[A-Z]{2}\d{2}(?:[\s-]?[A-Z]{4})?(?:[\s-]?(?=[A-Z]*\d)[A-Z\d]{4}){3,7}(?:[\s-]?\d{1,3})?\b"
    r"|\bIT[\s-]?\d{2}[\s-]?[A-Z](?:[\s-]?\d{5}){2}[\s-]?\d{12}\b"  # in the parts that Italian banks write
)
# Letters stand for the last digits where two persons would have the same code.
_TAX_CODE = r"(?i)\b[A-Z]{3}\s?[A-Z]{3}\s?\d[\dL-NP-V][A-EHLMPRST][\dL-NP-V]{2}\s?[A-Z][\dL-NP-V]{3}\s?[A-Z]\b"
_COUNTRY = "(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
_VAT = (
    rf"\b{_COUNTRY}[\s-]?U?(?:[A-Z]?\d{{8,12}}|[A-Z]{{2}}\d{{9}})(?:B\d\d)?\b"
    rf"|\bCHE-?\d{{3}}(?:\.?\d{{3}}){{2}}|(?<![\d.,])\d{{11}}{_END}"
)
_VAT_BY_NAME = (
    r"((?i:\bp\.?\s?iva|\bpartita\s+iva|\bvat|\bust\W?id\w*|\bsteuernummer|\bcodice\s+fiscale)\b[^\d\n]{0,20})"
    rf"{_BEGIN}\d(?:[\s./-]?\d){{7,12}}{_END}"
)
_CARD = (
    rf"{_ALONE}(?:(?:[3-6]\d|2[2-7])\d\d(?:[\s-]?\d{{4}}){{2}}[\s-]?\d{{1,7}}"
    rf"|3[47]\d\d[\s-]?\d{{6}}[\s-]?\d{{5}}){_END}"  # American Express
)
_PHONE = (
    rf"{_ALONE}(?:(?:\+|00)[1-9](?:{_GAP}\d){{6,13}}"  # with the code of a country
    rf"|\(?0\d{{1,4}}(?:{_GAP}\d){{5,9}}"  # Italy, Germany and Austria, from within
    rf"|(?:39\s?)?3\d\d(?:{_GAP}\d){{6,7}}"  # Italian mobiles
    rf"|\(?[2-9]\d\d\)?[\s.-]\d{{3}}[\s.-]\d{{4}}){_END}"  # North America
)
_PHONE_BY_NAME = (
    r"((?i:\btel|\bphone|\bcell|\bmobile|\bwhatsapp|\bfax|\bhandy|call me|chiamatemi|chiamami)[^\d\n]{0,20})"
    rf"{_BEGIN}\d(?:{_GAP}\d){{5,12}}{_END}"
)
_TITLE = r"(?:(?i:dr|prof|ing|avv|dott|dottoressa|sig|signora|mr|mrs|ms|herr|frau)(?:\.?ssa|\.ra)?\.?\s+)*"
_CAPITAL = r"(?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][\w'’-]*)"
_WORD = r"[\w'’-]+"
_PARTICLE = r"(?:(?:de|di|da|del|della|von|van|zu|der)\s+)*"
_SMALL = r"(?:and|from|of|in|what|how|can|i|e|ed|sono|da|di|come|quanto|und|aus|von|wie|was|bin)\b"
_NAME = (
    r"((?i:my name(?: is|['’]s)|mi chiamo|il mio nome è|ich hei(?:ß|ss)e|mein name ist)[\s:,]+)"
    rf"{_TITLE}(?:(?:{_CAPITAL}|{_WORD}(?=\s+{_PARTICLE}{_CAPITAL}))(?:\s+{_PARTICLE}{_CAPITAL}){{0,3}}"
    rf"|{_WORD}(?:\s+(?!{_SMALL}){_WORD})?)"
)
# The longest first: an IBAN holds what looks like a card's number, and that holds what looks like a phone's.
_MASKS = [
    (re.compile(_E_MAIL), "[e-mail]"),
    (re.compile(_IBAN), "[IBAN]"),
    (re.compile(_TAX_CODE), "[tax code]"),
    (re.compile(_VAT_BY_NAME), r"\1[VAT number]"),
    (re.compile(_VAT), "[VAT number]"),
    (re.compile(_CARD), "[card number]"),
    (re.compile(_PHONE), "[phone]"),
    (re.compile(_PHONE_BY_NAME), r"\1[phone]"),
    (re.compile(_NAME), r"\1[name]"),
]


def mask(text: str) -> str:
    """Return a text with what points to a person replaced by what it was; ordinary figures stay."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


@dataclass(frozen=True)
class Entry:
    """Feedback on like questions, the newest first: it stands for the others."""

    items: tuple[Feedback, ...]

    @property
    def question(self) -> str:
        """The question that stands for all, masked."""
        return _asked(self.items[0])

    @property
    def topic(self) -> str:
        """The document that the answers rested on most often."""
        return Counter(map(_topic, self.items)).most_common(1)[0][0]

    def lines(self) -> Iterator[str]:
        """Yield the entry as items of a Markdown list that an editor can tick off."""
        languages = _counted(item.language for item in self.items)
        said = _counted(item.reason or item.status for item in self.items)
        yield f"- [ ] {len(self.items)} × {_shown(self.question)}"
        yield f"  - {self.topic}; {languages}; {said}; newest {self.items[0].at[:10]}, {_shown(self.items[0].id)}"
        comments = [item.comment for item in self.items if item.comment.strip()]
        yield from (f"  - “{_shown(mask(comment))}”" for comment in comments[:COMMENTS])


def entries(items: Iterable[Feedback], embedder: Embedder) -> list[Entry]:
    """Put like questions together, in whatever language, at most `COMPARED`; the most wanted first, then the newest."""
    newest_first = sorted(items, key=lambda item: item.at, reverse=True)[:COMPARED]
    groups: dict[int, list[Feedback]] = {}
    for item, group in zip(newest_first, _groups([_asked(item) for item in newest_first], embedder), strict=True):
        groups.setdefault(group, []).append(item)
    # The sort is stable, and the groups are in the order of their newest.
    return [Entry(tuple(group)) for group in sorted(groups.values(), key=len, reverse=True)]


def _groups(questions: list[str], embedder: Embedder) -> list[int]:
    """Return for each question the number of its group."""
    from sklearn.cluster import AgglomerativeClustering

    if len(questions) < 2:
        return [0] * len(questions)
    joining = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - ALIKE)
    return [int(group) for group in joining.fit_predict(embedder.queries(questions))]


def is_unanswered(item: Feedback) -> bool:
    """Whether the documents had no answer, or the one they gave was to something else."""
    return item.status not in (Status.ANSWERED, Status.PARTIAL) or item.reason == "not answered"


def worklist(items: Sequence[Feedback], embedder: Embedder) -> str:
    """Return the list in Markdown: gaps of the documents, then answers that were not liked."""
    gaps = [item for item in items if is_unanswered(item)]
    disliked = [item for item in items if item.verdict == "down" and not is_unanswered(item)]
    liked = sum(item.verdict == "up" for item in items)
    parts = (("Not answered: gaps of the documents", gaps), ("Answered, and not liked", disliked))
    lines = ["# Feedback", "", f"{len(items)} answers were judged, {liked} of them liked."]
    for title, those in parts:
        lines += ["", f"## {title} ({len(those)})", ""]
        lines += [f"Compared are the newest {COMPARED}.", ""] if len(those) > COMPARED else []
        lines += [line for entry in entries(those, embedder) for line in entry.lines()] or ["Nothing."]
        lines += _by_topic(those)
    return "\n".join(lines) + "\n"


def _by_topic(items: Iterable[Feedback]) -> list[str]:
    languages: dict[str, list[str]] = {}
    for item in items:
        languages.setdefault(_topic(item), []).append(item.language)
    ranked = sorted(languages.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    rows = [f"- {topic}: {_counted(asked_in)}" for topic, asked_in in ranked]
    return ["", "By topic and language:", "", *rows] if rows else []


def _asked(item: Feedback) -> str:
    """What was meant, masked: a follow-up with the words of the conversation that complete it."""
    return mask(item.question_used or item.question)


def _topic(item: Feedback) -> str:
    """The document of the best citation."""
    return _shown(str(item.citations[0].get("document", ""))) if item.citations else NO_DOCUMENT


def _counted(values: Iterable[str]) -> str:
    return ", ".join(f"{value} {count}" for value, count in Counter(values).most_common())


def _shown(text: str) -> str:
    """A text of strangers as Markdown code on one line: no link, markup or control sign of theirs has an effect."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("`", "'")
    return f"`{plain if len(plain) <= SHOWN else plain[:SHOWN] + '…'}`"


def as_case(
    item: Feedback,
    reference: str,
    facts: Sequence[str] = (),
    must_include: Sequence[str] = (),
    behaviour: Behaviour = "answer",
    question: str = "",
) -> Case:
    """Return the case that holds the assistant to `reference`; its question is masked, or `question` in its place."""
    return Case.model_validate(
        {
            "id": f"feedback-{item.id}",
            "group": _GROUPS_OF_BEHAVIOUR.get(behaviour, _GROUPS[item.language]),
            "style": "feedback",
            "lang": item.language,
            "answerable": behaviour in ("answer", "answer-corrected"),
            "behaviour": behaviour,
            "question": mask(question) or _asked(item),
            "reference": reference,
            "facts": list(facts),
            "must_include": list(must_include),
        }
    )


def add_case(case: Case, file: Path, checked: lint.Checked, known: Iterable[Case]) -> None:
    """Append a case to a file of cases. UsageError when it is among `known` already, or `eval lint` would complain."""
    for other in known:
        if case.id == other.id or _question(case) == _question(other):
            raise UsageError(f"The case is there already: {other.id} asks {_question(other)!r}.")
    split = "test" if ".test." in file.name else "dev"
    if found := lint.complaints({split: [case]}, checked):
        raise UsageError("The case is not added. " + "; ".join(found) + ".")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    line = json.dumps(case.model_dump(exclude={"turns", "history"}), ensure_ascii=False)
    with file.open("a", encoding="utf-8") as cases:
        cases.write(("" if before.endswith("\n") or not before else "\n") + line + "\n")


def _question(case: Case) -> str:
    return " ".join(case.questions()[0].user.casefold().split())
