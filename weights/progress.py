"""Progress of longer steps, as lines of text. Callers decide where they go; `StderrReport` is the usual place."""

import re
import sys
from collections.abc import Callable
from typing import TextIO

Report = Callable[[str], None]


class Meter:
    """Counts bytes towards a total and reports each whole percent once, as `LABEL: 37 %`. Not for several threads."""

    def __init__(self, report: Report, label: str, total: int) -> None:
        self._report, self._label, self._total = report, label, total
        self._done = 0
        self._percent = -1

    def advance(self, count: int) -> None:
        """Count `count` more bytes (fewer, when negative: a source starts over)."""
        self._done += count
        percent = 100 * self._done // self._total
        if percent > self._percent:
            self._percent = percent
            self._report(f"{self._label}: {percent} %")


class StderrReport:
    """Prints lines to standard error. Percent lines overwrite each other on a terminal; a log gets every tenth."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._last_tenth = ("", -1)

    def __call__(self, line: str) -> None:
        """Print one line."""
        percent = re.fullmatch(r"(.*): (\d+) %", line)
        if self._stream.isatty():
            end = "" if percent and percent[2] != "100" else "\n"
            self._stream.write(f"\r\x1b[K{line}{end}")
        elif not percent or self._is_new_tenth(percent[1], int(percent[2]) // 10):
            self._stream.write(line + "\n")
        self._stream.flush()

    def _is_new_tenth(self, label: str, tenth: int) -> bool:
        is_new = self._last_tenth != (label, tenth)
        self._last_tenth = (label, tenth)
        return is_new


def readable(size: int) -> str:
    """Bytes as megabytes or gigabytes, in the decimal units of download pages."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
