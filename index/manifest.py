"""What built an index, and whether it still fits what is running now."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus import split
from corpus.aids import Aids
from corpus.document import Chunk, Document
from corpus.errors import IndexUnusable
from index.directory import IndexDamaged, how_to_mend
from index.likeness import likeness_identity

FORMAT = 10
FILE = "manifest.json"
_PASSING = {".lock"}  # of tantivy: empty, and made anew whenever a folder is watched


@dataclass(frozen=True)
class Builder:
    """Everything that must be the same when an index is read as when it was built."""

    embedder: str
    format: int = FORMAT
    splitter: str = f"{split.VERSION}/{split.CHUNK_CHARACTERS}"
    chromadb: str = version("chromadb")
    tantivy: str = version("tantivy")
    likeness: str = field(default_factory=likeness_identity)


@dataclass(frozen=True)
class Landmark:
    """A passage that was found to have so many `neighbours` with at least this `cosine`, exactly."""

    language: str
    number: int
    neighbours: int
    cosine: float


@dataclass(frozen=True)
class Manifest:
    """Stamp of a finished index: written last, so a directory without one is not an index.

    It names the hash of every file, and its own.
    """

    builder: Builder
    corpus: str
    documents: int
    chunks: int
    sentences: int
    questions: int
    languages: dict[str, int]  # chunks in each
    dimension: int
    built_at: str
    files: dict[str, str]
    recall: dict[str, float]  # in each language, of the nearest passages against exact search
    landmarks: tuple[Landmark, ...]

    def write(self, build: Path) -> None:
        """Write the stamp into the folder of a build."""
        fields = asdict(self)
        stamp = json.dumps({**fields, "seal": _seal(fields)}, indent=2)
        (build / FILE).write_text(stamp + "\n", encoding="utf-8")


def read_manifest(build: Path) -> Manifest:
    """Read the stamp in the folder of a build, or raise `IndexUnusable`."""
    try:
        fields: dict[str, Any] = json.loads((build / FILE).read_text(encoding="utf-8"))
        seal = fields.pop("seal", None)
        if fields["builder"]["format"] < FORMAT:
            raise _other_means(build.parent, f"format {fields['builder']['format']} (now {FORMAT})")
        if seal != _seal(fields):
            raise IndexDamaged(build.parent, "the manifest is not as it was written")
        builder = Builder(**fields.pop("builder"))
        landmarks = tuple(Landmark(**landmark) for landmark in fields.pop("landmarks"))
        return Manifest(builder=builder, landmarks=landmarks, **fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamaged(build.parent, f"the manifest cannot be read ({error})") from None


def require_same(built: Builder, running: Builder, directory: Path) -> None:
    """Raise `IndexUnusable`, naming each difference, unless an index was built by what is running."""
    pairs = zip(asdict(built).items(), asdict(running).values(), strict=True)
    differences = [f"{name} {before} (now {now})" for (name, before), now in pairs if before != now]
    if differences:
        raise _other_means(directory, ", ".join(differences))


def file_hashes(build: Path) -> dict[str, str]:
    """Hash every file of a build but the manifest, by its path in it."""
    files = sorted(f for f in build.rglob("*") if f.is_file() and f.name != FILE and f.suffix not in _PASSING)
    return dict(zip((file.relative_to(build).as_posix() for file in files), _hashed(files), strict=True))


def changed_files(build: Path, manifest: Manifest) -> list[str]:
    """Return the files that are not as they were when the manifest was written, or are gone."""
    found = _hashed([build / name for name in manifest.files])
    return [name for (name, hash_), now in zip(manifest.files.items(), found, strict=True) if now != hash_]


def heading(chunk: Chunk) -> str:
    """Return the title and section of a chunk, which give a bare passage its subject."""
    return "\n".join(part for part in (chunk.title, chunk.section) if part)


def embedded_text(chunk: Chunk) -> str:
    """Return the text a chunk is embedded and found by: its heading, and its own text."""
    return "\n".join(part for part in (heading(chunk), chunk.text) if part)


def chunk_fingerprint(chunk: Chunk) -> str:
    """Hash of all that a chunk's vectors depend on (but not of its place in the document)."""
    spans = ",".join(f"{span.start - chunk.start}-{span.end - chunk.start}" for span in chunk.sentences)
    return _sha256(f"{chunk.language}\n{embedded_text(chunk)}\n{spans}")


def document_fingerprint(document: Document) -> str:
    """Hash of a document's text and everything it says about itself."""
    return _sha256(json.dumps(asdict(document), sort_keys=True))


class CorpusFingerprint:
    """Hash of a whole corpus and its aids. Documents are added one by one, in any order, and not kept."""

    def __init__(self, aids: Aids) -> None:
        terms = [term.model_dump_json() for term in aids.terms]
        self._sum = int(_sha256(json.dumps([terms, [asdict(asked) for asked in aids.questions]])), 16)

    def add(self, fingerprint: str) -> None:
        """Add a document by its fingerprint."""
        self._sum = (self._sum + int(fingerprint, 16)) % 2**256

    def __str__(self) -> str:
        return f"{self._sum:064x}"


def _other_means(directory: Path, what: str) -> IndexUnusable:
    return IndexUnusable(f"The index at {directory} was built by other means: {what}. {how_to_mend(directory)}")


def _seal(fields: dict[str, Any]) -> str:
    return _sha256(json.dumps(fields, sort_keys=True))


def _hashed(files: list[Path]) -> list[str]:
    """Hash files side by side: gigabytes, at a million passages."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_sha256_of, files))


def _sha256_of(file: Path) -> str:
    if not file.is_file():
        return "no file"
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
