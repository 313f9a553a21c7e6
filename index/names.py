"""How passages, sentences and their collections are called, in all three stores."""

from corpus.document import Chunk


def collection(kind: str, language: str) -> str:
    """Name of the vector collection for `kind` ("chunks" or "sentences") in a language."""
    return f"{kind}-{language}"


def sentence_ids(chunk_id: str, count: int) -> list[str]:
    """Ids of a chunk's sentences, in order."""
    return [f"{chunk_id}#{number}" for number in range(count)]


def named_sentences(chunk: Chunk) -> list[tuple[str, str]]:
    """Return (id, text) of a chunk's sentences, in order."""
    texts = [chunk.sentence(span) for span in chunk.sentences]
    return list(zip(sentence_ids(chunk.id, len(texts)), texts, strict=True))
