import ctypes
import re
from pathlib import Path

from ui.memory import EVERY, give_back

BLOCK, BLOCKS, KEPT = 1024, 96_000, 1000  # bytes, how many, and of how many one stays in use


def resident() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def test_what_is_free_between_what_is_in_use_goes_back_until_the_page_ends():
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [libc.malloc(BLOCK) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for number, block in enumerate(blocks):
        if number % KEPT:
            libc.free(block)
    held, waits = resident(), []
    give_back(lambda seconds: waits.append(seconds) or len(waits) == 2)
    for block in blocks[::KEPT]:
        libc.free(block)
    assert waits == [EVERY, EVERY]
    assert held - resident() > BLOCK * BLOCKS / 2
