"""What a build did, in numbers."""

from dataclasses import dataclass, field


@dataclass
class Changes:
    """How a build differs from the one before it."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @classmethod
    def between(cls, before: dict[str, str], after: dict[str, str]) -> "Changes":
        """Compare fingerprints by id."""
        both = before.keys() & after.keys()
        changed = sum(before[id_] != after[id_] for id_ in both)
        return cls(len(after.keys() - both), changed, len(before.keys() - both), len(both) - changed)

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.removed} removed, {self.unchanged} unchanged"


@dataclass
class IndexReport:
    """What a build did; `embedded` counts chunks whose vectors were computed, not copied."""

    documents: Changes = field(default_factory=Changes)
    chunks: Changes = field(default_factory=Changes)
    embedded: int = 0
    seconds: float = 0.0
