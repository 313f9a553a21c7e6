"""A corpus of any size, made up: documents in three languages, questions, and vectors that lie as real ones do.

The same number always gives the same document, so none has to be kept. What is imitated was measured on the passages of
SQuAD 2.0 as multilingual-e5-small embeds them: two at random have a cosine of .75 ± .03 and neighbours about .9; a
question's neighbourhood has some 14 dimensions. Words follow Zipf's law (Mandelbrot's form) over 200,000 stems a
language, 45 % of them the language's real little words.
"""

from collections.abc import Iterator
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from corpus.document import Document, Span
from corpus.language import LANGUAGES
from index.embed import Vectors

CHUNKS = 10  # of a document
_SENTENCES, _WORDS = (4, 6), 16  # of a chunk, of a sentence
_TOPICS, _FIELDS = 20_000, 700
_STEMS, _LITTLE_SHARE = 200_000, 0.45
_LITTLE_WORDS = {
    "en": "the of and to in a is that it for as was with be by on not this are or from at which but have an they you",
    "it": "di e il la che in a un è per una non sono con si da come i le ma del della dei delle al alla nel nella gli",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er",
}
_SYLLABLES = [consonant + vowel for consonant in "bcdfglmnprstvz" for vowel in "aeiou"]
_ENDS = {"en": "kdmtp", "it": "nlrbm", "de": "kfgmp"}
_DIMENSION = 384
_COMMON = 0.75  # cosine of two passages about different things
# What a vector shares with those of its field, its topic, its document, and what is its own; the squares sum to one.
_SHARES = np.sqrt(np.array([0.30, 0.25, 0.15, 0.30], dtype=np.float32))
_POOL = 1 << 20


class GeneratedCorpus:
    """`documents` documents of ten chunks each, in turn in each language: iterated over, or taken by number."""

    def __init__(self, documents: int) -> None:
        self.documents = documents

    def __iter__(self) -> Iterator[Document]:
        return map(self.document, range(self.documents))

    def document(self, number: int) -> Document:
        """Return the document of a number; its title names its field and its topic."""
        random = np.random.default_rng([1, number])
        language = LANGUAGES[number % len(LANGUAGES)]
        title = f"{_subject(int(random.integers(_TOPICS)))} {number:06}"
        sections = [self._section(random, language) for _ in range(CHUNKS)]
        return Document(id=f"generated-{number:06}", language=language, title=title, text="\n\n".join(sections))

    def question(self, number: int) -> tuple[str, str]:
        """Return (text, language) of a question about some document: its topic, and words of which half are little."""
        random = np.random.default_rng([2, number])
        document = self.document(int(random.integers(self.documents)))
        said = np.array(document.text.lower().replace(".", "").replace("#", "").split())
        little = _LITTLE_WORDS[document.language].split()
        telling = [str(word) for word in random.choice(said[~np.isin(said, little)], random.integers(2, 5))]
        words = [*telling, *random.choice(little, len(telling) + 2)]
        return f"{document.title.rpartition(' ')[0]} {' '.join(random.permutation(words))}?", document.language

    def _section(self, random: np.random.Generator, language: str) -> str:
        words = self._vocabularies[language].draw(random, int(random.integers(*_SENTENCES, endpoint=True)) * _WORDS)
        sentences = [" ".join(words[start : start + _WORDS]) for start in range(0, len(words), _WORDS)]
        return f"## {words[0]} {words[1]}\n\n{' '.join(f'{s.capitalize()}.' for s in sentences)}"

    @cached_property
    def _vocabularies(self) -> dict[str, "_Vocabulary"]:
        return {language: _Vocabulary(language) for language in LANGUAGES}


class _Vocabulary:
    """The words of a language by how often they are used."""

    def __init__(self, language: str) -> None:
        little = _LITTLE_WORDS[language].split()
        ends = _ENDS[language]
        codes = np.random.default_rng([3, *language.encode()]).permutation(len(_SYLLABLES) ** 3)[:_STEMS]
        self._words = np.array([*little, *(_word(int(c)) + ends[int(c) % len(ends)] for c in codes)], dtype=object)
        shares = np.concatenate([_zipf(len(little), 3) * _LITTLE_SHARE, _zipf(_STEMS, 20) * (1 - _LITTLE_SHARE)])
        self._bounds = np.cumsum(shares)

    def draw(self, random: np.random.Generator, count: int) -> list[str]:
        """Return `count` words of running text."""
        places = np.searchsorted(self._bounds, random.random(count))
        return [str(word) for word in self._words[np.minimum(places, len(self._words) - 1)]]


class GeneratedEmbedder:
    """Vectors from a text's subject and its own words, without a model: some microseconds each. See the module."""

    identity = "generated@1"
    dimension = _DIMENSION

    def __init__(self) -> None:
        noise = np.random.default_rng(4).standard_normal(_POOL, dtype=np.float32)
        self._directions = sliding_window_view(noise, _DIMENSION)  # any place in the noise is as good as a new draw
        spread = (np.arange(_DIMENSION) + 4.0) ** -0.45  # few dimensions carry most of it, as in the real ones
        self._spread = np.asarray(spread / np.linalg.norm(spread), dtype=np.float32)

    def passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found, each beginning with its title; shape (len(texts), dimension)."""
        return self._vectors([_keys(_title(text), text) for text in texts])

    def passages_with_parts(self, texts: list[str], parts: list[list[Span]]) -> list[Vectors]:
        """Embed texts and parts of each; one array a text, its own vector first."""
        keys = []
        for text, spans in zip(texts, parts, strict=True):
            keys += [_keys(_title(text), part) for part in (text, *(text[s.start : s.end] for s in spans))]
        ends = np.cumsum([1 + len(spans) for spans in parts])[:-1]
        return np.split(self._vectors(keys), ends)

    def query(self, text: str) -> Vectors:
        """Embed one question; shape (1, dimension)."""
        return self.queries([text])

    def queries(self, texts: list[str]) -> Vectors:
        """Embed questions that begin with a field and a topic: near that topic, near no document by design."""
        return self._vectors([_keys(text, text) for text in texts])

    def alike(self, texts: list[str]) -> Vectors:
        """The same: no questions are known to these documents."""
        return self.queries(texts)

    def _vectors(self, keys: list[tuple[str, ...]]) -> Vectors:
        places = np.array([[crc32(key.encode()) for key in row] for row in keys]) % len(self._directions)
        own = np.einsum("k,nkd->nd", _SHARES, self._directions[places]) * self._spread * np.sqrt(1 - _COMMON)
        own[:, -1] += np.sqrt(_COMMON)
        return np.asarray(own / np.linalg.norm(own, axis=1, keepdims=True), dtype=np.float32)


def _keys(title: str, text: str) -> tuple[str, ...]:
    """Return what stands for a text's field, its topic, its document and itself."""
    field, topic, _ = title.split(" ", 2)
    return field, f"{field} {topic}", f"{title}\n", text


def _title(text: str) -> str:
    return text.partition("\n")[0]


def _subject(topic: int) -> str:
    return f"{_word(topic % _FIELDS).capitalize()} {_word(_FIELDS + topic)}"


def _word(code: int) -> str:
    """Return a word that can be spoken, another one for every number."""
    size = len(_SYLLABLES)
    return _SYLLABLES[code % size] + _SYLLABLES[code // size % size] + _SYLLABLES[code // size**2 % size]


def _zipf(count: int, offset: int) -> np.ndarray:
    shares = 1 / (np.arange(count) + float(offset))
    return np.asarray(shares / shares.sum())
