"""The one door to the weights: give a model's name, get a verified path."""

import os
from collections.abc import Mapping
from pathlib import Path

from corpus.errors import WeightsError
from weights import e5
from weights.catalogue import DEFAULT_GENERATOR, EMBEDDER, WeightSet, load_catalogue
from weights.fetch import alone_at, fetch, require_room, require_sha256, writing_to
from weights.hashing import sha256_of
from weights.progress import Report, readable
from weights.sources import Sources

FLOATS_PER_BYTE = 2 * 4  # a byte holds two 4-bit weights, each of which becomes a float32 of four bytes


def default_cache() -> Path:
    """Where weights are kept unless the settings say otherwise: in the user's cache folder, shared by all checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "trentino-assistant" / "models"


class WeightStore:
    """Weights in a cache folder, fetched when they are missing and hashed before their first use in a process.

    `report` gets one line of progress at a time (see `weights.progress.StderrReport`). `sources` and `catalogue` are
    replaced in tests.
    """

    def __init__(
        self,
        cache: Path,
        report: Report,
        sources: Sources | None = None,
        catalogue: Mapping[str, WeightSet] | None = None,
    ) -> None:
        self._cache = cache
        self._report = report
        self._sources = sources or Sources()
        self._catalogue = catalogue or load_catalogue()
        self._verified: set[Path] = set()

    def embedder(self) -> Path:
        """Folder of the embedding model, ready for `SentenceTransformer`; fetched and unpacked when it is missing.

        A damaged folder is made anew from the 4-bit file. WeightsError when that cannot be had.
        """
        folder = self._cache / EMBEDDER
        if folder not in self._verified:
            with writing_to(self._cache), alone_at(folder, self._report):
                if not self._is_sound(folder):
                    self._unpack(folder)
            self._verified.add(folder)
        return folder

    def generator(self, name_or_path: str = DEFAULT_GENERATOR) -> Path:
        """GGUF file of the language model: a name of the catalogue, or the path of any other GGUF, taken as it is.

        WeightsError when the name is unknown, the file is no GGUF, or the weights cannot be had.
        """
        weights = self._catalogue.get(name_or_path)
        if weights is None or weights.name == EMBEDDER:
            return self._own_file(name_or_path)
        path = self._cache / weights.file
        if path not in self._verified:
            self._fetch_or_check(weights, path)
            self._verified.add(path)
        return path

    def has_generator(self, name_or_path: str) -> bool:
        """Whether `generator` will only have to check a file, not to fetch one."""
        weights = self._catalogue.get(name_or_path)
        return weights is None or (self._cache / weights.file).exists()

    def check(self) -> list[str]:
        """One line for each weight set: present, absent or broken, with hashes. Downloads and changes nothing."""
        return [f"{name}: {self._state(weights)}" for name, weights in self._catalogue.items()]

    def _fetch_or_check(self, weights: WeightSet, path: Path) -> None:
        if path.exists():
            self._report(f"Checking {path.name} ({readable(weights.bytes)}) ...")
            require_sha256(path, weights.sha256)
        else:
            fetch(weights, self._cache, self._sources, self._report)

    def _is_sound(self, folder: Path) -> bool:
        if not folder.exists():
            return False
        try:
            e5.verify(folder, self._catalogue[EMBEDDER].sha256)
        except WeightsError as error:
            self._report(str(error))
            return False
        return True

    def _unpack(self, folder: Path) -> None:
        source = fetch(self._catalogue[EMBEDDER], self._cache, self._sources, self._report)
        require_room(self._cache, FLOATS_PER_BYTE * source.stat().st_size, self._sources)
        e5.unpack(source, folder, self._report)

    def _own_file(self, given: str) -> Path:
        path = Path(given).expanduser()
        if not path.is_file():
            known = ", ".join(name for name in self._catalogue if name != EMBEDDER)
            raise WeightsError(
                f"ASSISTANT_MODEL={given} is neither a file nor one of {known}: give one of these or a .gguf file."
            )
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise WeightsError(f"{path} is not a GGUF file: set ASSISTANT_MODEL to another file, or to none.")
        return path

    def _state(self, weights: WeightSet) -> str:
        folder = self._cache / EMBEDDER
        if weights.name == EMBEDDER and folder.exists():
            try:
                e5.verify(folder, weights.sha256)
            except WeightsError as error:
                return f"broken: {error}"
            return f"present ({folder}), made from SHA-256 {weights.sha256}"
        return self._state_of_file(weights)

    def _state_of_file(self, weights: WeightSet) -> str:
        path = self._cache / weights.file
        if not path.exists():
            return f"absent ({path}): `make models` fetches it"
        found = sha256_of(path)
        if found != weights.sha256:
            return f"broken ({path}): expected SHA-256 {weights.sha256}, found {found}"
        return f"present ({path}), SHA-256 {found}"
