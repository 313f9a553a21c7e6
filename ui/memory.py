"""What sessions have left goes back to the system: the C library alone keeps it, in pieces between what is in use."""

import ctypes
from collections.abc import Callable

EVERY = 15.0  # seconds


def give_back(ended: Callable[[float], bool]) -> None:
    """Return free memory to the system every so often, until `ended` (which waits so many seconds) says so.

    Without it the page grew by 24 MB a thousand sessions (docs/decisions/page.md). Only glibc is told; with another C
    library nothing is done.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while trim is not None and not ended(EVERY):
        trim(0)
