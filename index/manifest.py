"""What built an index, and whether it still fits what is running now."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus import split
from corpus.document import Chunk, Document
from corpus.errors import IndexUnusable
from corpus.glossary import Term
from index.directory import damaged, how_to_mend

FORMAT = 4
FILE = "manifest.json"


@dataclass(frozen=True)
class Builder:
    """Everything that must be the same when an index is read as when it was built."""

    embedder: str
    format: int = FORMAT
    splitter: str = f"{split.VERSION}/{split.CHUNK_CHARACTERS}"
    chromadb: str = version("chromadb")
    tantivy: str = version("tantivy")


@dataclass(frozen=True)
class Manifest:
    """Stamp of a finished index: written last, so a directory without one is not an index."""

    builder: Builder
    corpus: str
    documents: int
    chunks: int
    sentences: int
    languages: tuple[str, ...]
    built_at: str
    files: dict[str, str]

    def write(self, directory: Path) -> None:
        """Write the stamp into the index directory."""
        (directory / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def read_manifest(build: Path) -> Manifest:
    """Read the stamp in the folder of a build, or raise `IndexUnusable`."""
    try:
        fields: dict[str, Any] = json.loads((build / FILE).read_text(encoding="utf-8"))
        builder = Builder(**fields.pop("builder"))
        return Manifest(builder=builder, languages=tuple(fields.pop("languages")), **fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise damaged(build.parent, f"the manifest cannot be read ({error})") from None


def require_same(built: Builder, running: Builder, directory: Path) -> None:
    """Raise `IndexUnusable`, naming each difference, unless an index was built by what is running."""
    pairs = zip(asdict(built).items(), asdict(running).values(), strict=True)
    differences = [f"{name} {before} (now {now})" for (name, before), now in pairs if before != now]
    if differences:
        what = ", ".join(differences)
        raise IndexUnusable(f"The index at {directory} was built by other means: {what}. {how_to_mend(directory)}")


def file_hashes(build: Path, files: Iterable[Path]) -> dict[str, str]:
    """Hash files of a build, by their path in it."""
    return {file.relative_to(build).as_posix(): _sha256_of(file) for file in files}


def changed_files(build: Path, manifest: Manifest) -> list[str]:
    """Return the files that are not as they were when the manifest was written, or are gone."""
    return [name for name, hash_ in manifest.files.items() if _sha256_of(build / name) != hash_]


def embedded_text(chunk: Chunk) -> str:
    """Return the text a chunk is embedded and found by: title and section give a bare passage its subject."""
    return "\n".join(part for part in (chunk.title, chunk.section, chunk.text) if part)


def chunk_fingerprint(chunk: Chunk) -> str:
    """Hash of all that a chunk's vectors depend on (but not of its place in the document)."""
    spans = ",".join(f"{span.start - chunk.start}-{span.end - chunk.start}" for span in chunk.sentences)
    return _sha256(f"{chunk.language}\n{embedded_text(chunk)}\n{spans}")


def document_fingerprint(document: Document) -> str:
    """Hash of a document's text and everything it says about itself."""
    return _sha256(json.dumps(asdict(document), sort_keys=True))


def corpus_fingerprint(documents: Iterable[str], terms: Iterable[Term]) -> str:
    """Hash of a whole corpus: the fingerprints of its documents, whatever their order, and its glossary."""
    return _sha256("\n".join([*sorted(documents), *(term.model_dump_json() for term in terms)]))


def _sha256_of(file: Path) -> str:
    if not file.is_file():
        return "no file"
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
