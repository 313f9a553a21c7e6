"""The three stores of a build, opened together: all of them whole, or `IndexUnusable`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import IndexUnusable, ProjectError
from index.directory import damaged, require_live_build
from index.lexical import LexicalIndex
from index.manifest import Builder, Manifest, changed_files, read_manifest, require_same
from index.records import Records
from index.store import VectorStore


@dataclass(frozen=True)
class Parts:
    """Texts, vectors and words of one build."""

    records: Records
    store: VectorStore
    lexical: LexicalIndex

    @classmethod
    def of(cls, build: Path, *, create: bool = False) -> "Parts":
        """Open the stores in the folder of a build, or make empty ones there."""
        return cls(
            Records(build / "records.sqlite", create=create),
            VectorStore(build / "vectors", create=create),
            LexicalIndex(build / "lexical", create=create),
        )

    def close(self) -> None:
        """Release files and memory."""
        self.records.close()
        self.store.close()

    @staticmethod
    def settled_files(build: Path) -> list[Path]:
        """Files of a finished build that reading leaves as they are; a flipped bit in some would end the process."""
        lexical = sorted((build / "lexical").glob("[!.]*"))
        return [build / "records.sqlite", *lexical, *VectorStore.settled_files(build / "vectors")]

    def flaw(self, chunks: int, sentences: int) -> str | None:
        """Say what is missing of so many passages and sentences, or None when all is there and vectors are found."""
        counts = {
            "texts": (self.records.count(), chunks),
            "vectors of passages": (self.store.count_all("chunks-"), chunks),
            "vectors of sentences": (self.store.count_all("sentences-"), sentences),
            "entries for words": (self.lexical.count(), chunks + sentences),
        }
        for what, (found, wanted) in counts.items():
            if found != wanted:
                return f"it holds {found} of {wanted} {what}"
        lost = [name for name in self.store.collections() if not self.store.leads_on(name)]
        return f"{lost[0]} are stored but not found" if lost else None


def open_live(directory: Path, embedder_identity: str) -> tuple[Manifest, Parts]:
    """Open the live build.

    Raises `IndexUnusable` when there is none, when it is damaged, or when it was built by other means.
    """
    build = require_live_build(directory)
    manifest = read_manifest(build)
    require_same(manifest.builder, Builder(embedder_identity), directory)
    try:
        return manifest, _open_whole(build, manifest)
    except IndexUnusable as error:
        raise damaged(directory, str(error)) from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # Three libraries in C and Rust read these files. What they raise for broken ones is theirs and undocumented,
        # and a panic in Rust is no `Exception`.
        raise damaged(directory, f"{type(error).__name__}: {error}") from error


@contextmanager
def storing() -> Iterator[None]:
    """Turn what the stores raise when they cannot write (a full disk, mostly) into one line."""
    try:
        yield
    except (ProjectError, OSError):
        raise
    except Exception as error:
        problem = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise IndexUnusable(
            f"The new index cannot be written ({problem}); the old one stays in use. Check the disk and rerun."
        ) from error


def _open_whole(build: Path, manifest: Manifest) -> Parts:
    changed = changed_files(build, manifest)
    if changed:
        raise IndexUnusable(f"{changed[0]} is missing or not as it was written")
    parts = Parts.of(build)
    try:
        flaw = parts.flaw(manifest.chunks, manifest.sentences)
        if flaw:
            raise IndexUnusable(flaw)
    except BaseException:
        parts.close()
        raise
    return parts
