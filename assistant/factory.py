"""Composition root: settings in, a ready `Assistant` out. The only place that knows which parts are real."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from assistant.assistant import Assistant
from assistant.generator import Generator, build_generator
from assistant.settings import Settings
from assistant.verify import Verifier
from corpus.errors import ModelUnavailable, WeightsError
from index.embed import SentenceEmbedder
from index.retrieve import Retriever
from weights.catalogue import EMBEDDER, load_catalogue
from weights.progress import StderrReport
from weights.store import WeightStore

Report = Callable[[str], None]


def build_assistant(settings: Settings, report: Report | None = None) -> Assistant:
    """Load the weights and open the index. A generator that cannot be had is reported and done without."""
    report = report or StderrReport()
    store = WeightStore(settings.cache, report)
    with ThreadPoolExecutor(2) as pool:
        generator = pool.submit(_generator, settings, store, report)
        embedder = build_embedder(store, report)
        retriever = Retriever(settings.index, embedder)
        return Assistant(retriever, Verifier(embedder), generator.result(), settings.composer, settings.deadline)


def build_embedder(store: WeightStore, report: Report) -> SentenceEmbedder:
    """Load the embedding model, fetching it first if need be."""
    folder = store.embedder()
    report("Loading the embedding model ...")
    return SentenceEmbedder(folder, embedder_identity())


def embedder_identity() -> str:
    """Name and hash of the packaged embedding model, as an index is stamped with it."""
    return f"{EMBEDDER}@{load_catalogue()[EMBEDDER].sha256[:16]}"


def _generator(settings: Settings, store: WeightStore, report: Report) -> Generator | None:
    if settings.composer == "extractive":
        return None
    try:
        generator = build_generator(settings, store)
    except (WeightsError, ModelUnavailable) as error:
        # The quotes need no model: better they are served than nothing.
        report(f"{error} Answering with quotes only.")
        return None
    if generator:
        report(f"Language model ready: {generator.name}")
    return generator
