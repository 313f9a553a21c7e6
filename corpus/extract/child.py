"""The process that parses one file: `python -m corpus.extract.child .pdf < file`. Made by `apart.py`, for nobody else.

Answers with a `Raw` as JSON, or with a reason and the status `REFUSED`.
"""

import resource
import sys
from collections.abc import Callable

from corpus.errors import CorpusError
from corpus.extract.apart import REFUSED, TOO_MUCH
from corpus.extract.limits import FILE_BYTES, MEMORY_BYTES, REPLY_BYTES, SECONDS
from corpus.extract.raw import Raw


def main() -> int:
    """Read standard input as the suffix in the arguments says; return the exit status."""
    _limit_this_process()
    try:
        raw = _reader(sys.argv[1])(sys.stdin.buffer.read(FILE_BYTES))
        sys.stdout.write(raw.to_json())
        return 0
    except CorpusError as error:
        reason = str(error)
    except MemoryError:
        reason = TOO_MUCH
    except RecursionError:
        reason = "is nested too deeply to be read. Save it anew."
    except Exception as error:  # a parser met what it was not made for
        reason = f"is damaged ({type(error).__name__}). Open it and save it anew."
    sys.stdout.write(reason)
    return REFUSED


def _limit_this_process() -> None:
    limits = {resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_FSIZE: REPLY_BYTES, resource.RLIMIT_CORE: 0}
    if sys.platform != "darwin":  # which refuses this one
        limits[resource.RLIMIT_AS] = MEMORY_BYTES
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def _reader(suffix: str) -> Callable[[bytes], Raw]:
    # Each is imported only when needed: they take longer to load than most files to read.
    if suffix == ".pdf":
        from corpus.extract.pdf import read_pdf

        return read_pdf
    if suffix == ".docx":
        from corpus.extract.docx import read_docx

        return read_docx
    from corpus.extract.html import read_html

    return read_html


if __name__ == "__main__":
    sys.exit(main())
