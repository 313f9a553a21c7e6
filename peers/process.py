"""Run another program, with an end to it, and know the most memory it took."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

_UNIT = 1 if sys.platform == "darwin" else 1024  # of `ru_maxrss`, in bytes
_SIGNIFICANT = 300  # characters of a log's last line
# The system counts what a process holds towards the peak of those it starts. So a small one stands between.
_BETWEEN = (
    "import resource, subprocess, sys\n"
    "code = subprocess.call(sys.argv[2:])\n"
    "open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
    "sys.exit(128 - code if code < 0 else code)\n"
)


@dataclass(frozen=True)
class Finished:
    """How a program ended. `peak_bytes` is the largest resident size, of it or of one it started; 0 when killed.

    `late` says that it was killed because it took too long.
    """

    code: int
    peak_bytes: int
    late: bool = False


class Child:
    """A running program, in a process group of its own. What it writes goes to `log`; its output not when `piped`."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, *, piped: bool = False
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._peak = log.with_name(log.name + ".peak")
        self._peak.unlink(missing_ok=True)
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-IS", "-c", _BETWEEN, str(self._peak), *command],
                env=environment,
                stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
                stdout=subprocess.PIPE if piped else file,
                stderr=file,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.wait(0)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def output(self) -> IO[bytes]:
        """What it writes, when piped."""
        assert self._process.stdout is not None
        return self._process.stdout

    def close_input(self) -> None:
        """Let it read the end of its input."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def wait(self, seconds: float) -> Finished:
        """Return when it has ended; kill it, and all that it started, when that takes longer."""
        late = False
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            late = True
        if self._process.returncode is None or self._process.returncode < 0:  # late, or killed by somebody else
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        peak = int(self._peak.read_text()) if self._peak.exists() else 0
        self._peak.unlink(missing_ok=True)
        return Finished(code, peak * _UNIT, late)


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return (lines or ["it gave no reason"])[-1][:_SIGNIFICANT]
