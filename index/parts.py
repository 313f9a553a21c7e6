"""The stores of a build, opened together: all of them whole, or `IndexUnusable`.

BUILD/manifest.json     stamp: what built it, and the hash of every other file
BUILD/records.sqlite    texts            BUILD/vectors/   Chroma: one graph a language
BUILD/passages.f32      vectors, flat    BUILD/lexical/   tantivy
BUILD/sentences.f16     the same             BUILD/means.f32   their means, by language
BUILD/questions.f16     those of the known questions
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import IndexUnusable, ProjectError
from index.directory import IndexDamaged, require_live_build
from index.known import KnownQuestions
from index.lexical import LexicalIndex
from index.manifest import Builder, Landmark, Manifest, changed_files, read_manifest, require_same
from index.names import collection
from index.records import Records
from index.store import DATABASE, VectorStore
from index.vectors import VectorFile
from index.workcopy import NoWorkingCopy, WorkingCopy

PASSAGES, SENTENCES, QUESTIONS, MEANS = "passages.f32", "sentences.f16", "questions.f16", "means.f32"
ROUNDED = np.float16  # how vectors of sentences and known questions are stored: the most there are
_TOLERANCE = 1e-4  # of a cosine, computed in another order
_FORGIVEN = 0.1  # share of landmarks: Chroma inserts what came last again at each start, and not always alike


@dataclass(frozen=True)
class Parts:
    """Texts, vectors and words of one build."""

    build: Path
    records: Records
    passages: VectorFile  # one row a chunk
    sentences: VectorFile  # one row a sentence, those of a chunk side by side
    questions: VectorFile  # one row a known question
    store: VectorStore
    lexical: LexicalIndex
    opened: ExitStack

    @classmethod
    def of(cls, build: Path, dimension: int, *, create: bool = False) -> "Parts":
        """Open the stores in the folder of a build, or make empty ones there. All are open, or none."""
        with ExitStack() as opened:
            searched = build
            if not create:
                copy = WorkingCopy(build, ("vectors", "lexical"), DATABASE)
                opened.callback(copy.close)
                searched = copy.path
            records = Records(build / "records.sqlite", create=create)
            opened.callback(records.close)
            passages = VectorFile(build / PASSAGES, dimension, np.float32, create=create)
            opened.callback(passages.close)
            sentences = VectorFile(build / SENTENCES, dimension, ROUNDED, create=create)
            opened.callback(sentences.close)
            questions = VectorFile(build / QUESTIONS, dimension, ROUNDED, create=create)
            opened.callback(questions.close)
            store = VectorStore(searched / "vectors", create=create)
            opened.callback(store.close)
            lexical = LexicalIndex(searched / "lexical", create=create)
            opened.callback(lexical.close)
            return cls(build, records, passages, sentences, questions, store, lexical, opened.pop_all())

    def finish(self) -> None:
        """Write to disk all that was added and close; from here on a build is only read."""
        self.records.finish()
        self.passages.sync()
        self.sentences.sync()
        self.questions.sync()
        self.lexical.finish()
        self.close()
        VectorStore.compact(self.build / "vectors")

    def close(self) -> None:
        """Release files and memory."""
        self.opened.close()

    def flaw(self, languages: dict[str, int], sentences: int, questions: int) -> str | None:
        """Say what is missing of so many passages in each language, sentences and known questions, or None when all is
        there."""
        chunks = sum(languages.values())
        counts = {
            "texts": (self.records.count(), chunks),
            "vectors of passages": (len(self.passages), chunks),
            "vectors of sentences": (len(self.sentences), sentences),
            "vectors that can be searched": (self.store.count_all("chunks-"), chunks),
            "entries for words": (self.lexical.count(), chunks),
            "known questions": (self.records.count("questions"), questions),
            "vectors of known questions": (len(self.questions), questions),
        }
        for what, (found, wanted) in counts.items():
            if found != wanted:
                return f"it holds {found} of {wanted} {what}"
        return None

    def known(self) -> KnownQuestions:
        """Return all known questions."""
        facts = [asked.fact for asked in self.records.questions()]
        told = self.records.told() if facts else ()
        return KnownQuestions(self.questions.read(0, len(facts)), facts, told)

    def lost(self, landmarks: Sequence[Landmark]) -> str | None:
        """Say which passages are stored but not found, or None when their neighbourhoods are as they were."""
        lost = [landmark for landmark in landmarks if self.found(landmark) < landmark.neighbours]
        if len(lost) > _FORGIVEN * len(landmarks):
            return f"passages like number {lost[0].number} are stored but not found"
        return None

    def found(self, landmark: Landmark) -> int:
        """Count the neighbours that a search finds, judged by nearness: of equals any will do."""
        query = self.passages.read(landmark.number)
        cosines = self.store.search(collection(landmark.language), query, landmark.neighbours).values()
        return sum(cosine >= landmark.cosine - _TOLERANCE for cosine in cosines)


def open_live(directory: Path, embedder_identity: str) -> tuple[Manifest, Parts]:
    """Open the live build.

    Raises `IndexUnusable` when there is none, when it is damaged, or when it was built by other means.
    """
    return open_build(require_live_build(directory), embedder_identity)


def open_build(
    build: Path, embedder_identity: str | None = None, flaw: Callable[[], str | None] | None = None
) -> tuple[Manifest, Parts]:
    """Open a build. Before a library opens a file, all are compared with their hashes, or `flaw` is asked instead.

    Raises `IndexUnusable` when it was built by other means (unless the identity is None), `IndexDamaged` when broken.
    """
    manifest = read_manifest(build)
    require_same(manifest.builder, Builder(embedder_identity or manifest.builder.embedder), build.parent)
    with reading(build.parent):
        found = flaw() if flaw else _changed(build, manifest)
        if found:
            raise IndexUnusable(found)
        return manifest, _open_whole(build, manifest)


@contextmanager
def reading(directory: Path) -> Iterator[None]:
    """Turn whatever reading a broken build raises into `IndexDamaged`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, NoWorkingCopy):
        raise
    except IndexUnusable as error:
        raise IndexDamaged(directory, str(error)) from error
    except BaseException as error:
        # Three libraries in C and Rust read these files. What they raise for broken ones is theirs and undocumented,
        # and a panic in Rust is no `Exception`.
        raise IndexDamaged(directory, f"{type(error).__name__}: {error}") from error


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


def _changed(build: Path, manifest: Manifest) -> str | None:
    changed = changed_files(build, manifest)
    return f"{changed[0]} is missing or not as it was written" if changed else None


def _open_whole(build: Path, manifest: Manifest) -> Parts:
    parts = Parts.of(build, manifest.dimension)
    try:
        flaw = parts.flaw(manifest.languages, manifest.sentences, manifest.questions) or parts.lost(manifest.landmarks)
        if flaw:
            raise IndexUnusable(flaw)
    except BaseException:
        parts.close()
        raise
    return parts
