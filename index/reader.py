"""The reader: which sentence answers a question, whether any does, and whether a quote carries a claim.

How it was trained and what it is worth: reader/CARD.md.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import WeightsError
from index import windows
from index.windows import Window
from weights.hashing import sha256_of
from weights.rows import load

if TYPE_CHECKING:
    from index.crossencoder import CrossEncoder

WEIGHTS = Path(__file__).parent.parent / "weights" / "reader"
MANIFEST, TENSORS, TOKENIZER = "manifest.json", "reader.safetensors", "tokenizer.json"
_FLOATS = np.ndarray[tuple[int], np.dtype[np.float32]]


@dataclass(frozen=True)
class Readable:
    """A passage to read: the heading it stands under, if any, and its sentences."""

    heading: str
    sentences: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The heading, then the sentences."""
        return (self.heading, *self.sentences)


@dataclass(frozen=True)
class Reading:
    """What the reader makes of the sentences of one passage.

    `scores` (one a sentence) are log-odds against "no sentence of the passage answers".
    """

    scores: _FLOATS

    @property
    def answered(self) -> float:
        """Log-odds that the passage answers."""
        return float(np.logaddexp.reduce(self.scores))


@dataclass
class _Read:
    """A window on its way through the layers."""

    passage: int
    window: Window
    hidden: Any = None
    scores: Any = None


class Reader:
    """The packaged weights, ready to read. Safe to use from several threads.

    Runs in bfloat16 where the processor computes in it. WeightsError when a file is not the one that was shipped.
    """

    def __init__(self, folder: Path = WEIGHTS) -> None:
        from tokenizers import Tokenizer

        from index.processor import one_thread

        self.quick, self.deep = _checked(folder)["depths"]
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._marks = windows.marks_of(self._tokenizer)
        self._lower, self._upper = _stretches(network(folder), self.quick, self.deep)
        self._cores = ThreadPoolExecutor(_threads(), "reader", one_thread)

    def read(
        self,
        question: str,
        passages: Sequence[Readable],
        thoroughly: int | None = None,
        beforehand: Sequence[Sequence[float]] | None = None,
    ) -> list[Reading]:
        """Read passages: all with the lower layers, the `thoroughly` best windows of them with all layers.

        By default every passage is read with all layers. Which are the best is said by their sentences' log-odds and
        by what is known of these `beforehand`, in the same unit. A long passage is read in several windows.
        """
        ids = [encoding.ids for encoding in self._encoded([question, *(t for p in passages for t in p.texts)])]
        left, read = iter(ids[1:]), []
        for number, passage in enumerate(passages):
            heading, *sentences = (next(left) for _ in passage.texts)
            made = windows.whole(ids[0], sentences, self._marks, heading)
            read += [_Read(number, window) for window in made]
        self._each(read, self._lower)
        best = read if thoroughly is None else sorted(read, key=lambda r: -_promise(r, beforehand))[:thoroughly]
        self._each(best, self._upper)
        scores = [[item.scores[:, 0] for item in read if item.passage == n] for n in range(len(passages))]
        return [Reading(np.concatenate(own)) for own in scores]

    def supported(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each claim and quote the log-odds that the quote carries the claim."""
        ids = [encoding.ids for encoding in self._encoded([text for pair in claims for text in pair])]
        pairs = zip(ids[::2], ids[1::2], strict=True)
        read = [_Read(n, windows.claim(claim, quote, self._marks)) for n, (claim, quote) in enumerate(pairs)]
        self._each(read, self._lower)
        self._each(read, self._upper)
        return [float(item.scores[0, 1]) for item in read]

    def _encoded(self, texts: Sequence[str]) -> list[Any]:
        return list(self._tokenizer.encode_batch(list(texts)))

    def _each(self, read: Sequence[_Read], layers: Callable[..., Any]) -> None:
        """Take windows through some layers, each on one core, the longest first."""
        longest_first = sorted(read, key=lambda item: -len(item.window.ids))
        list(self._cores.map(lambda item: _forward(item, layers), longest_first))


def _forward(item: _Read, layers: Callable[..., Any]) -> None:
    import torch

    with torch.inference_mode():
        x = torch.tensor([item.window.ids]) if item.hidden is None else item.hidden
        item.hidden, scores = layers(x, torch.tensor(item.window.marks))
        item.scores = scores.numpy()


def _promise(item: _Read, beforehand: Sequence[Sequence[float]] | None) -> float:
    odds = item.scores[:, 0]
    if beforehand is not None:
        odds = odds + np.asarray(beforehand[item.passage][item.window.first :][: len(odds)])
    return float(odds.max(initial=-np.inf))


def _checked(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        broken = [name for name, known in manifest["files"].items() if sha256_of(folder / name) != known]
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"The reader in {folder} cannot be opened ({error}): check it out again.") from None
    if broken:
        raise WeightsError(f"{folder / broken[0]} is not the file that was shipped: check it out again.")
    return manifest


def network(folder: Path) -> "CrossEncoder":
    """Return the network that `folder` holds, in float32.

    WeightsError when a file is not the one that was shipped.
    """
    from index.crossencoder import CrossEncoder

    quick, deep = _checked(folder)["depths"]
    state = load(folder / TENSORS)
    made = CrossEncoder(len(state["words.weight"]), deep, (quick, deep)).eval()
    made.load_state_dict(state)
    return made


def _stretches(network: "CrossEncoder", quick: int, deep: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the network's lower layers and those above, in the processor's quickest type."""
    import torch

    from index.crossencoder import HIDDEN, Stretch
    from index.processor import quickest, unlocked

    network, marks = network.to(quickest()), torch.tensor([1, 4])
    lower = unlocked(Stretch(network, 0, quick), torch.full((1, 8), 5), marks)
    return lower, unlocked(Stretch(network, quick, deep), torch.zeros(1, 8, HIDDEN, dtype=quickest()), marks)


def _threads() -> int:
    import torch

    return torch.get_num_threads()
