"""Updating the index in a process of its own, with its lines kept as they come."""

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import PREFIX, Settings

_ROOT = Path(__file__).parents[2]
_LINES = 200
# The update has no use for them, so it does not get them.
_SECRETS = {f"{PREFIX}OPERATOR_PASSWORD", f"{PREFIX}MODEL_KEY", f"{PREFIX}JUDGE_KEY"}


@dataclass(frozen=True)
class Progress:
    """How an update goes; `code` is its exit code, None while it runs or before there was one."""

    running: bool
    code: int | None
    lines: tuple[str, ...]

    @property
    def state(self) -> str:
        """The same in words."""
        if self.running:
            return "The index is being updated …"
        if self.code is None:
            return "No update has been started since the program began."
        return "The update is done." if self.code == 0 else "The update failed; the index is as it was before."


class Rebuild:
    """At most one update at a time; against other processes the index has a lock of its own."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._command = list(command)
        self._environment = environment
        self._lock = threading.Lock()
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._process: subprocess.Popen[str] | None = None
        self._running = False

    def start(self) -> bool:
        """Start an update; return whether it was started, which it is not while one runs."""
        with self._lock:
            if self._running:
                return False
            self._lines.clear()
            self._process = subprocess.Popen(
                self._command,
                cwd=_ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            self._running = True
        threading.Thread(target=self._follow, args=(self._process,), name="rebuild", daemon=True).start()
        return True

    def progress(self) -> Progress:
        """Return how the latest update goes, or went."""
        with self._lock:
            code = None if self._process is None or self._running else self._process.returncode
            return Progress(self._running, code, tuple(self._lines))

    def _follow(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._lock:
                self._lines.append(line.rstrip())
        process.wait()
        with self._lock:
            self._running = False


def updating(settings: Settings) -> Rebuild:
    """Return what runs `python -m assistant index` with the settings in force."""
    named = {"--corpus": settings.corpus, "--index": settings.index}
    folders = [part for name, path in named.items() for part in (name, str(path.resolve()))]
    environment = {name: value for name, value in os.environ.items() if name.upper() not in _SECRETS}
    environment[f"{PREFIX}CACHE"] = str(settings.cache.resolve())
    return Rebuild([sys.executable, "-m", "assistant", "index", *folders], environment)
