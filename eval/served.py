"""The page as users have it: `app.py` in a process of its own, until it is no longer measured. Memory is for Linux."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from corpus.errors import ProjectError

_PORT = 7861
_START_SECONDS = 120
# Whoever measures asks more than a reader may.
_UNLIMITED = {"ASSISTANT_QUESTIONS_PER_MINUTE": "0", "ASSISTANT_QUESTIONS_PER_DAY": "0"}


@contextmanager
def served(settings: Mapping[str, str] | None = None, port: int = _PORT) -> Iterator[tuple[int, str]]:
    """Serve the page with these `ASSISTANT_*` variables; give its process id and its address.

    Raises `ProjectError` when something else is served there, or when it does not answer within two minutes.
    """
    url, command = f"http://127.0.0.1:{port}/", [sys.executable, "app.py", "--port", str(port)]
    if _answers(url):
        raise ProjectError(f"Something else is served at {url}: end it first.")
    environment = {**os.environ, **_UNLIMITED, **(settings or {})}
    process = subprocess.Popen(command, cwd=Path(__file__).parent.parent, env=environment)
    try:
        _wait_for(url, process)
        yield process.pid, url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(url):
            return
        time.sleep(0.1)
    raise ProjectError("The page did not start. Run `make chat` to see why.")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


def memory(pid: int, *, peak: bool = False) -> float:
    """Return the resident size of a process in MB, now or at its largest."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
