"""`python -m index.probe BUILD`: is the build whole, and do all libraries open it? Asked in a process of its own.

Broken files can end the process that opens them (SIGSEGV), which no `except` catches. The process can be started before
the embedding model is loaded and asked afterwards: then it delays nothing.
"""

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import IndexUnusable
from index.directory import IndexDamaged, live_build

_SECONDS = 60.0
_SECONDS_A_GIGABYTE = 60.0


@dataclass(frozen=True)
class Probe:
    """A process that looks at a build."""

    build: Path
    process: subprocess.Popen[str]

    def flaw(self) -> str | None:
        """Wait for its end; return what is wrong on one line, or None when the build is sound."""
        size = sum(file.stat().st_size for file in self.build.rglob("*") if file.is_file())
        limit = _SECONDS + _SECONDS_A_GIGABYTE * size / 1e9
        try:
            said, complained = self.process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return f"opening it takes more than {limit:.0f} s"
        if self.process.returncode < 0:
            return f"opening it ends the process ({signal.Signals(-self.process.returncode).name})"
        return _last_line(said) or _last_line(complained) or "unknown" if self.process.returncode else None


def start_probe(directory: Path) -> Probe | None:
    """Start looking at the live build of an index directory, if there is one."""
    build = live_build(directory)
    return probe(build) if build else None


def probe(build: Path) -> Probe:
    """Start looking at a build."""
    command = [sys.executable, "-m", "index.probe", str(build.resolve())]
    pipe, root = subprocess.PIPE, Path(__file__).parents[1]
    return Probe(
        build,
        subprocess.Popen(command, cwd=root, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True),
    )


def main(arguments: list[str]) -> int:
    """Look at a build; say what is wrong with it and return 1, or return 0."""
    from index.parts import open_build

    try:
        _, parts = open_build(Path(arguments[0]))
    except IndexUnusable as error:
        sys.stdout.write(f"{error.reason if isinstance(error, IndexDamaged) else error}\n")
        return 1
    parts.close()
    return 0


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
