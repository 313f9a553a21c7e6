"""Reading a file in a process of its own, because parsers crash, hang and swell on the files people find.

The child gets the open file as its standard input and knows neither its name nor its folder. It answers in a temporary
file, whose size the system limits; a pipe would have to be watched.
"""

import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

from corpus.errors import CorpusError
from corpus.extract.limits import MEMORY_BYTES, REPLY_BYTES, SECONDS
from corpus.extract.raw import Raw
from corpus.extract.text import clean

_ROOT = Path(__file__).parents[2]
# How a child ends that found a reason why the file cannot be read: the reason is its answer.
REFUSED = 3
_REASON_BYTES = 500
_TOO_LONG = f"takes longer than {SECONDS} seconds to read. Split it, or save it anew."
TOO_MUCH = f"takes more than {MEMORY_BYTES // 10**9} GB of memory to read. Split it, or save it anew."


def read_apart(suffix: str, file: int) -> Raw:
    """Read the open `file` as what `suffix` says, in a child process with limits on time, memory and answer.

    Raises `CorpusError` with the reason when the file cannot be read, or when the child does not survive it.
    """
    command = [sys.executable, "-m", "corpus.extract.child", suffix]
    with TemporaryFile() as reply:
        try:
            # Without our environment, which may hold keys.
            done = subprocess.run(
                command, stdin=file, stdout=reply, stderr=subprocess.DEVNULL, cwd=_ROOT, env={}, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            raise CorpusError(_TOO_LONG) from None
        reply.seek(0)
        answer = reply.read(REPLY_BYTES)
    if done.returncode:
        raise CorpusError(_why(done.returncode, answer))
    return Raw.from_json(answer)


def _why(status: int, answer: bytes) -> str:
    """Say why a child ended with `status` (minus the number of the signal, if one killed it)."""
    if status == REFUSED:
        return " ".join(clean(answer[:_REASON_BYTES].decode("utf-8", "replace")).split())
    if status == -signal.SIGXCPU:
        return _TOO_LONG
    if status == -signal.SIGKILL:
        return TOO_MUCH  # by the system, when the machine's memory ran out
    how = signal.strsignal(-status) if status < 0 else f"status {status}"
    return f"crashed its reader ({how}): it is damaged, or needs too much memory. Open it and save it anew."
