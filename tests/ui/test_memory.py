"""Giving memory back to the system."""

import ctypes
import re
from pathlib import Path

from ui.memory import EVERY, give_back

KILOBYTES, BLOCKS = 1, 96_000


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def test_what_is_free_between_what_is_in_use_goes_back():
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [libc.malloc(1024 * KILOBYTES) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, 1024 * KILOBYTES)
    kept = blocks[::1000]
    for number, block in enumerate(blocks):
        if number % 1000:
            libc.free(block)
    held, waits = resident_mb(), []
    give_back(lambda seconds: waits.append(seconds) or len(waits) == 2)
    for block in kept:
        libc.free(block)
    assert waits == [EVERY, EVERY]
    assert held - resident_mb() > 0.5 * KILOBYTES * BLOCKS / 1024


def test_it_ends_when_the_page_does():
    given = []
    give_back(lambda _: True, lambda: given.append(1))
    assert given == []
