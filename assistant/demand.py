"""What users missed, ranked by demand: feedback on like questions stands together, in whatever language they are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answer import Status
from assistant.feedback import Feedback
from assistant.masking import mask
from index.embed import Embedder

# Mean cosine of e5-small from which two groups of questions are one. Of unrelated questions of this domain one pair in
# a hundred reaches .88, one in a thousand .915; two for the same fact have a median of .90, across languages .89. On
# finding.dev .88 joins pairs of which 92 % are about one document and 73 % ask for the same fact, and finds half of all
# such pairs; .90 finds a third, with 98 % and 81 %. (Joining each to the first of the nearest group finds a third, too,
# but with 94 % and 76 %; to a group's mean, .38 with 77 % and 59 %.)
ALIKE = 0.88
COMPARED = 8_000  # questions, the newest: it takes 0.7 GB, and four times that for twice as many


@dataclass(frozen=True)
class Entry:
    """Feedback on like questions, the newest first: it stands for the others."""

    items: tuple[Feedback, ...]

    @property
    def question(self) -> str:
        """The question that stands for all, masked."""
        return asked(self.items[0])

    @property
    def topic(self) -> str:
        """The document that the answers rested on most often; empty where they rested on none."""
        return Counter(map(topic, self.items)).most_common(1)[0][0]

    @property
    def comments(self) -> tuple[str, ...]:
        """What was said beside it, masked, the newest first."""
        return tuple(mask(item.comment) for item in self.items if item.comment.strip())

    def languages(self) -> str:
        """In which languages it was asked, and how often."""
        return counted(item.language for item in self.items)

    def reasons(self) -> str:
        """Why it was not liked, or else how the answers ended, and how often."""
        return counted(item.reason or item.status for item in self.items)


def asked(item: Feedback) -> str:
    """What was meant, masked: a follow-up with the words of the conversation that complete it."""
    return mask(item.question_used or item.question)


def topic(item: Feedback) -> str:
    """The document of the best citation; empty when there is none."""
    return str(item.citations[0].get("document", "")) if item.citations else ""


def counted(values: Iterable[str]) -> str:
    """How often each of some values occurs, the most frequent first: "en 3, it 1"."""
    return ", ".join(f"{value} {count}" for value, count in Counter(values).most_common())


def is_unanswered(item: Feedback) -> bool:
    """Whether the documents had no answer, or none to a part of what was asked, or the one they gave was to something
    else. A part of an answer that is not liked for another reason is no gap.
    """
    if item.status == Status.PARTIAL:
        return item.reason in ("", "not answered")
    return item.status != Status.ANSWERED or item.reason == "not answered"


def is_disliked(item: Feedback) -> bool:
    """Whether there was an answer to the question, and it was not liked."""
    return item.verdict == "down" and not is_unanswered(item)


def entries(items: Iterable[Feedback], embedder: Embedder, most: int = COMPARED) -> list[Entry]:
    """Put like questions together, the newest `most`, in whatever language; the most wanted first, then the newest."""
    newest_first = sorted(items, key=lambda item: item.at, reverse=True)[:most]
    groups: dict[int, list[Feedback]] = {}
    for item, group in zip(newest_first, _groups([asked(item) for item in newest_first], embedder), strict=True):
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
