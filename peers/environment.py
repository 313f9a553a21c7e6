"""A virtual environment for each peer, with its own pinned packages: they contradict ours and each other's."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import ProjectError
from peers.process import Child, last_line
from peers.roster import Peer
from weights.progress import Report
from weights.store import default_cache

_STAMP = ".installed"
_INSTALL_SECONDS = 3600
_LATER = 3  # minor versions of Python beyond the oldest that are tried


class NotInstalled(ProjectError):
    """The peer cannot be installed here; the message says why."""


def default_home() -> Path:
    """Where the environments are kept, beside the weights."""
    return default_cache().parent / "peers"


def prepare(peer: Peer, home: Path, report: Report) -> Path:
    """Return the interpreter of the peer's environment, which is made when it is missing or its pins have changed."""
    folder = home / peer.name
    requirements = peer.folder / "requirements.txt"
    python = folder / "bin" / "python"
    stamp = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if python.exists() and _read(folder / _STAMP) == stamp:
        return python
    base = _find_python(peer.python)
    if base is None:
        raise NotInstalled(f"it needs Python {_spelt(peer.python)} or newer, and none was found")
    report(f"{peer.title} {peer.version}: installing into {folder} ...")
    shutil.rmtree(folder, ignore_errors=True)
    _run([base, "-m", "venv", str(folder)], home / f"{peer.name}.log")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    _run([*pip, "-r", str(requirements)], home / f"{peer.name}.log")
    (folder / _STAMP).write_text(stamp, encoding="utf-8")
    return python


def _run(command: list[str], log: Path) -> None:
    # Pinned packages that the surrounding environment offers must not be taken for the peer's.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    with Child(command, log, environment) as child:
        if child.wait(_INSTALL_SECONDS).code:
            raise NotInstalled(f"{last_error(log)} (all of it in {log})")


def last_error(log: Path) -> str:
    """The line of pip's output that says most: its last error, else its last line."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return errors[-1] if errors else last_line(log)


def _find_python(oldest: tuple[int, int]) -> str | None:
    """Return an interpreter that is new enough: this one, one on the path, or one that a version manager keeps."""
    if sys.version_info[:2] >= oldest:
        return sys.executable
    return next((python for python in _candidates(oldest) if _is_at_least(python, oldest)), None)


def _candidates(oldest: tuple[int, int]) -> Iterator[str]:
    names = [f"python{oldest[0]}.{minor}" for minor in range(oldest[1], oldest[1] + _LATER)]
    kept = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    kept += [Path.home() / ".local" / "share" / "uv" / "python"]
    for name in names:
        yield from filter(None, [shutil.which(name)])
        for folder in kept:
            yield from map(str, sorted(folder.glob(f"*/bin/{name}")))


def _is_at_least(python: str, oldest: tuple[int, int]) -> bool:
    code = f"import sys; sys.exit(sys.version_info[:2] < {oldest})"
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def _spelt(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
