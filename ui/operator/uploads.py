"""Forms with files: read up to a limit of their own, and taken apart without anything being stored."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from corpus.extract import printable
from ui.body import read_up_to
from ui.operator.web import HOME

UPLOAD = f"{HOME}/documents/change"  # the one address where a body may be larger than elsewhere
MAX_UPLOAD = 20 * 1024 * 1024  # bytes of a whole form
MOST_FILES = 3  # a document in each language
_MOST_FIELDS = 20
_SHOWN = 80  # characters of a file's name


class Oversized(Exception):
    """A form is over the limit; the message says which."""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent. `name` is for showing alone; of it only the ending counts for anything else."""

    name: str
    content: bytes

    @property
    def suffix(self) -> str:
        """The ending of its name, in small letters: ".pdf"."""
        _, dot, ending = self.name.rpartition(".")
        return f"{dot}{ending.lower()}" if dot else ""


@dataclass(frozen=True)
class Sent:
    """A form: its fields, each with all its values in order, and its files."""

    values: dict[str, list[str]]
    files: tuple[Upload, ...]

    def field(self, name: str) -> str:
        """The first value of a field; empty without one."""
        return next(iter(self.values.get(name, [])), "")


async def sent(request: Request) -> Sent:
    """Return the form of a request, which is read once. Nothing but a form is an empty one.

    Raises `Oversized` when it is larger than `MAX_UPLOAD`.
    """
    if not hasattr(request.state, "sent"):
        body = await read_up_to(MAX_UPLOAD, request.receive)
        if body is None:
            raise Oversized(f"This is more than {MAX_UPLOAD // 1024**2} MB. Send less at once.")
        request.state.sent = await _taken_apart(request, body)
    found: Sent = request.state.sent
    return found


async def _taken_apart(request: Request, body: bytes) -> Sent:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        # One file more than is taken, so that it can be told.
        parser = MultiPartParser(
            request.headers, stream(), max_files=MOST_FILES + 1, max_fields=_MOST_FIELDS, max_part_size=MAX_UPLOAD
        )
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        return Sent({}, ())
    values: dict[str, list[str]] = {}
    files = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            files += [Upload(_shown(value.filename or ""), content)] if value.filename or content else []
        else:
            values.setdefault(name, []).append(value)
    await form.close()
    return Sent(values, tuple(files))


def _shown(name: str) -> str:
    """A file's name as it can be shown: the end of it, which has the ending."""
    name = printable(name)
    return name if len(name) <= _SHOWN else f"…{name[1 - _SHOWN :]}"
