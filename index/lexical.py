"""Words on disk: BM25 by tantivy, one field a language.

A question is matched only against text in its own language. Matching its words across languages ruins the fused
ranking (nDCG@10 .918 with vectors alone, .640 with blind fusion, German questions on English text).
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import tantivy

from corpus.language import LANGUAGES

_WRITER_BYTES = 64_000_000
_IDF_KEPT = 20_000


class LexicalIndex:
    """A tantivy index in a directory. Opened for reading unless `create`. Texts come as terms (`index.words`)."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if create:
            path.mkdir(parents=True)
            self._index = tantivy.Index(_schema(), path=str(path))
        else:
            self._index = tantivy.Index.open(str(path))
        self._index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        self._writer: tantivy.IndexWriter | None = None
        self._idf = lru_cache(_IDF_KEPT)(self._count_idf)

    def add(self, texts: Iterable[tuple[str, int, Iterable[str]]]) -> None:
        """Add texts as (language, number, terms); they can be searched after `finish`."""
        self._writer = self._writer or self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for language, number, words in texts:
            document = tantivy.Document(**{language: " ".join(words)})
            document.add_unsigned("number", number)  # the constructor would take it for a signed one
            self._writer.add_document(document)

    def finish(self) -> None:
        """Write what was added to disk and make it searchable."""
        writer = self._writer or self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        writer.commit()
        writer.wait_merging_threads()
        self._writer = None
        self._index.reload()

    def close(self) -> None:
        """End the threads of a writer that did not finish; nothing is written from here on."""
        if self._writer:
            self._writer.wait_merging_threads()
            self._writer = None

    def count(self) -> int:
        """Return the number of texts."""
        count: int = self._index.searcher().num_docs
        return count

    def search(self, language: str, words: Sequence[str], k: int) -> dict[int, float]:
        """Return the BM25 score of the best `k` numbers, best first."""
        schema = self._index.schema
        wanted = [tantivy.Query.term_query(schema, language, word) for word in dict.fromkeys(words)]
        if not wanted:
            return {}
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in wanted])
        searcher = self._index.searcher()
        hits = searcher.search(query, k, count=False).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        return {int(number or 0): float(score) for number, (score, _) in zip(numbers, hits, strict=True)}

    def idf(self, language: str, word: str, texts: int) -> float:
        """Return how telling a term is among `texts` texts of a language: BM25's inverse document frequency."""
        return self._idf(language, word, texts)

    def _count_idf(self, language: str, word: str, texts: int) -> float:
        holding = self._index.searcher().doc_freq(language, word)
        return math.log(1 + (texts - holding + 0.5) / (holding + 0.5))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_unsigned_field("number", stored=False, indexed=False, fast=True)
    for language in LANGUAGES:
        builder.add_text_field(language, tokenizer_name="terms", index_option="freq")
    return builder.build()
