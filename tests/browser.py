"""The browser that tests drive: an installed Chromium or Chrome, else the one Playwright can fetch.

Run as a program before the tests, it makes sure there is one.
"""

import os
import shutil
import subprocess
import sys

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def installed() -> str | None:
    """Path of an installed browser; the variable CHROMIUM comes first. None leaves the choice to Playwright."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def main() -> int:
    """Fetch Playwright's Chromium when none is installed; return 1, with one clear line, when that fails too."""
    if installed() or subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode == 0:
        return 0
    sys.stderr.write("Tests of the page need Chromium: install it, or name its program in the variable CHROMIUM.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
