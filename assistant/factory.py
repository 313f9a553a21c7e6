"""Composition root: settings in, a ready `Assistant` out. The only place that knows which parts are real."""

from collections.abc import Callable
from functools import cached_property

from assistant.assistant import Assistant
from assistant.generator import Generator, PendingGenerator, build_generator, trusted_to_write
from assistant.settings import Settings
from assistant.turns import Turns
from assistant.verify import Verifier
from corpus.document import Span
from corpus.errors import ModelUnavailable, WeightsError
from index.embed import SentenceEmbedder, Vectors
from index.probe import start_probe
from index.reader import Reader
from index.retrieve import Retriever
from weights.catalogue import EMBEDDER, load_catalogue
from weights.progress import StderrReport
from weights.store import WeightStore

Report = Callable[[str], None]


def build_assistant(settings: Settings, report: Report | None = None) -> Assistant:
    """Load the embedding model and open the index; the language model loads in the background until it is needed.

    A generator that cannot be had is reported, and done without.
    """
    report = report or StderrReport()
    _one_core_each()
    store = WeightStore(settings.cache, report)
    probing = start_probe(settings.index)  # in a process of its own, while the model is loaded in this one
    embedder = build_embedder(store, report)
    retriever = Retriever(settings.index, embedder, probing=probing)
    if retriever.degraded:
        report(retriever.degraded)
    # Last: its loading takes both cores, and the page can be there before it is done.
    generator = _generator(settings, store, report)
    reader = _reader(settings, report)
    verifier = Verifier(embedder, reader)
    turns = None if settings.is_remote else Turns()  # a provider sees to its own queue
    return Assistant(retriever, verifier, generator, settings.composer, settings.deadline, reader=reader, turns=turns)


def build_embedder(store: WeightStore, report: Report) -> SentenceEmbedder:
    """Load the embedding model, fetching it first if need be."""
    folder = store.embedder()
    report("Loading the embedding model ...")
    return SentenceEmbedder(folder, embedder_identity())


class DeferredEmbedder:
    """The embedding model, loaded when a text has to be embedded: an index that is up to date needs none."""

    dimension = 384  # of e5-small

    def __init__(self, store: WeightStore, report: Report) -> None:
        self.identity = embedder_identity()
        self._store, self._report = store, report

    @cached_property
    def _model(self) -> SentenceEmbedder:
        return build_embedder(self._store, self._report)

    def passages(self, texts: list[str]) -> Vectors:
        """See `index.embed.Embedder`."""
        return self._model.passages(texts)

    def passages_with_parts(self, texts: list[str], parts: list[list[Span]]) -> list[Vectors]:
        """See `index.embed.Embedder`."""
        return self._model.passages_with_parts(texts, parts)

    def query(self, text: str) -> Vectors:
        """See `index.embed.Embedder`."""
        return self._model.query(text)

    def queries(self, texts: list[str]) -> Vectors:
        """See `index.embed.Embedder`."""
        return self._model.queries(texts)

    def alike(self, texts: list[str]) -> Vectors:
        """See `index.embed.Embedder`."""
        return self._model.alike(texts)


def embedder_identity() -> str:
    """Name and hash of the packaged embedding model, as an index is stamped with it."""
    return f"{EMBEDDER}@{load_catalogue()[EMBEDDER].sha256[:16]}"


def _one_core_each() -> None:
    """Keep NumPy's products to one core: where several questions are worked on at once, those that take all cores wait
    for each other (comparing with 16,000 known questions then takes 13 ms instead of 1).
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def _reader(settings: Settings, report: Report) -> Reader | None:
    if not settings.reader:
        return None
    try:
        return Reader()
    except WeightsError as error:
        report(f"{error} Answering without it.")
        return None


def _generator(settings: Settings, store: WeightStore, report: Report) -> Generator | None:
    if settings.composer == "extractive" or settings.model == "none":
        return None
    pending = PendingGenerator(lambda: _load_generator(settings, store, report), trusted_to_write(settings))
    if not settings.is_remote and not store.has_generator(settings.model):
        pending.wait()  # a download takes longer than anybody should wait for an answer
    return pending


def _load_generator(settings: Settings, store: WeightStore, report: Report) -> Generator:
    try:
        generator = build_generator(settings, store)
    except (WeightsError, ModelUnavailable) as error:
        # The quotes need no model: better they are served than nothing.
        report(f"{error} Answering with quotes only.")
        raise
    report(f"Language model ready: {generator.name}")
    return generator
