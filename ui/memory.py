"""What sessions have left goes back to the system: the C library alone keeps it, in pieces between what is in use."""

import ctypes
import gc
from collections.abc import Callable

EVERY = 15.0  # seconds


def give_back(ended: Callable[[float], bool]) -> None:
    """Return free memory to the system every so often, until `ended` (which waits so many seconds) says so.

    What the page grew by without and with it: docs/decisions/page.md. Only glibc is told; with another C library
    nothing is done. What is there at the start stays, and is not looked through again.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    gc.collect()
    gc.freeze()
    while trim is not None and not ended(EVERY):
        gc.collect()
        trim(0)
