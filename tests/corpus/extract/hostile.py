"""Files that are broken or out to harm: more than 300, the same ones for the same seed.

`python -m tests.corpus.extract.hostile [--seed N] [--quick]` reads them and says what happened to each; it fails if one
was neither read nor refused with a reason, if anything but clean text came out, or if a child took more than 1 GB.
"""

import argparse
import os
import random
import re
import resource
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.errors import CorpusError
from corpus.extract import Extracted, extract
from corpus.extract.text import clean
from tests.corpus.extract.bombs import bombs, slow_bombs
from tests.corpus.extract.documents import archive, column, docx, paragraph, pdf, table

Files = Iterator[tuple[str, bytes]]

_SENTENCES = [
    "The agency helps firms that settle in the province, from the idea to the first employee.",
    "Die Förderung deckt bis zu 50 % der Kosten, höchstens 200.000 Euro in drei Jahren.",
    "L'agevolazione è concessa alle imprese già costituite; però non è cumulabile.",
]
SOUND = {
    ".pdf": pdf([column(_SENTENCES * 4), column(_SENTENCES)], {"Title": "Aid", "ModDate": "D:20240101"}),
    ".docx": docx(paragraph("Aid", "Titel") + "".join(map(paragraph, _SENTENCES)) + table([["a", "b"], ["1", "2"]])),
    ".html": f"<!doctype html><title>Aid</title><h1>Aid</h1><p>{'<p>'.join(_SENTENCES)}".encode(),
    ".md": ("# Aid\n\n" + "\n\n".join(_SENTENCES)).encode(),
}


def hostile_files(seed: int, *, quick: bool) -> Files:
    """Yield file names and contents: all kinds, of the random ones fewer when it has to be quick."""
    chance = random.Random(seed)
    for suffix, sound in SOUND.items():
        yield from _truncated(suffix, sound, chance, 3 if quick else 12)
        yield from _mutated(suffix, sound, chance, 3 if quick else 20)
        yield from _rearranged(suffix, sound, chance, 1 if quick else 4)
    yield from bombs()
    yield from () if quick else slow_bombs()
    yield from _disguised(chance)
    yield from _encodings()
    yield from _names()


def _truncated(suffix: str, sound: bytes, chance: random.Random, count: int) -> Files:
    for number in range(count):
        yield f"cut-{number}{suffix}", sound[: chance.randrange(1, len(sound))]


def _mutated(suffix: str, sound: bytes, chance: random.Random, count: int) -> Files:
    for number in range(count):
        content = bytearray(sound)
        for _ in range(chance.choice((1, 4, 16, 64))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        yield f"mutated-{number}{suffix}", bytes(content)


def _rearranged(suffix: str, sound: bytes, chance: random.Random, count: int) -> Files:
    for number in range(count):
        start, end = sorted(chance.sample(range(len(sound)), 2))
        yield f"without-{number}{suffix}", sound[:start] + sound[end:]
        yield f"twice-{number}{suffix}", sound[:end] + sound[start:]


def _disguised(chance: random.Random) -> Files:
    contents = {
        "png": b"\x89PNG\r\n\x1a\n" + chance.randbytes(500),
        "elf": b"\x7fELF" + chance.randbytes(500),
        "gzip": b"\x1f\x8b\x08" + chance.randbytes(500),
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "zip": archive({"a.txt": "a", "b/c.txt": "b"}),
        "xlsx": archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
        "nothing": b"",
        "zeros": bytes(1000),
        "noise": chance.randbytes(5000),
        "blank": b" \n\t\n" * 100,
    }
    for name, content in contents.items():
        for suffix in (*SOUND, ".txt"):
            yield f"{name}{suffix}", content
    for name, content in SOUND.items():
        yield from ((f"was{name}{suffix}", content) for suffix in SOUND if suffix != name)


def _encodings() -> Files:
    text = "Größe und Qualität, perché no: €"
    yield "utf16-le.txt", b"\xff\xfe" + text.encode("utf-16-le")
    yield "utf16-be.txt", b"\xfe\xff" + text.encode("utf-16-be")
    yield "utf16-without-mark.txt", text.encode("utf-16-le")
    yield "utf16-half-a-pair.txt", b"\xff\xfe" + struct.pack("<H", 0xD800) * 10
    yield "utf32.txt", text.encode("utf-32")
    yield "utf7.txt", text.encode("utf-7")
    yield "windows.txt", text.encode("cp1252")
    yield "cyrillic.txt", ("Размер и качество " * 20).encode("cp1251")
    yield "japanese.txt", ("大きさと品質" * 20).encode("shift-jis")
    yield "ebcdic.txt", ("Size and quality " * 20).encode("cp037")
    yield "surrogates.txt", b"text \xed\xa0\x80\xed\xb0\x80 text" * 10
    yield "overlong.txt", b"text \xc0\xaf\xe0\x80\xaf text" * 10
    yield "controls.txt", bytes(range(1, 32)) * 50
    yield "turned-around.txt", "invoice \u202efdp.exe\u202c \U000e0041 text".encode()
    yield "declared-wrongly.html", b'<meta charset="utf-16"><p>caf\xe9'
    yield "declared-as-code.html", b'<meta charset="unicode_escape"><p>caf\xe9 \\u0041'
    yield "one-line.txt", b"word " * 200_000


def _names() -> Files:
    names = [
        "line\nbreak",
        "tab\tand\x1b[31mred",
        "bell\x07",
        "\u202etxt.exe",
        "\u2066isolate",
        os.fsdecode(b"half \xff\xfe"),
        "b" * 251,
        "ü" * 125,
        "-rf",
        "$(touch x)",
        "'; DROP TABLE--",
        "{braces} %s %n",
        " ",
        "..",
        "~$lock",
        "CON",
        "\U0001f600",
        "zero\u200bwidth",
    ]
    for name in names:
        yield f"{name}.md", SOUND[".md"]
        yield f"{name}.txt", b"\0"


def place_traps(folder: Path, outside: Path) -> list[Path]:
    """Make things in `folder` that are no files, or lead to the folder `outside`; return their paths."""
    secret = outside / "secret.md"
    secret.write_text("# A secret\n\nNobody may read this.")
    (outside / "below").mkdir()
    (outside / "below" / "secret.md").write_text("# A secret\n\nNobody may read this.")
    links = {
        "link-out.md": secret,
        "link-relative.md": Path(os.path.relpath(secret, folder)),
        "link-in.md": folder / "cut-0.md",
        "link-nowhere.md": folder / "nowhere.md",
        "link-self.md": Path("link-self.md"),
        "link-device.md": Path("/dev/zero"),
        "link-folder": outside / "below",
        "link-system.txt": Path("/etc/passwd"),
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.pdf")
    (folder / "folder.docx").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(folder / "socket.html"))
    (folder / "large.txt").write_bytes(b"x")
    os.truncate(folder / "large.txt", 60_000_000)
    inside = [folder / name for name in links if name != "link-folder"]
    return [
        *inside,
        folder / "link-folder" / "secret.md",
        folder / "pipe.pdf",
        folder / "folder.docx",
        folder / "socket.html",
        folder / "large.txt",
        folder / "missing.pdf",
        folder / ".." / outside.name / "secret.md",
        folder / "link-folder" / ".." / "secret.md",
        secret,
        Path("/dev/zero"),
        folder / "nul\0.md",
        folder / "half \ud800.md",
        folder / ("n" * 300 + ".md"),
    ]


def main(seed: int, *, quick: bool) -> int:
    """Read all, print what happened; return how many things went wrong."""
    with TemporaryDirectory() as place:
        folder, outside = Path(place, "documents"), Path(place, "outside")
        folder.mkdir()
        outside.mkdir()
        paths = []
        for name, content in hostile_files(seed, quick=quick):
            paths.append(folder / name)
            paths[-1].write_bytes(content)
        wrong = _report([*paths, *place_traps(folder, outside)], folder)
        if {path.name for path in Path(place).iterdir()} != {"documents", "outside"}:
            wrong.append("something was written outside")
    sys.stdout.write("".join(f"wrong: {flaw}\n" for flaw in wrong))
    return len(wrong)


def _report(paths: list[Path], folder: Path) -> list[str]:
    """Read the files, then sound ones; print the numbers and return what went wrong."""
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:  # an index may be built by more than one thread, too
        outcomes = list(pool.map(lambda path: _outcome(path, folder), paths))
    wrong = [f"{outcome.name!a}: {outcome.flaw}" for outcome in outcomes if outcome.flaw]
    for suffix, content in SOUND.items():
        (folder / f"sound{suffix}").write_bytes(content)
        if (sound := _outcome(folder / f"sound{suffix}", folder)).what != "read":
            wrong.append(f"{sound.name}: {sound.what}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    if memory > 1_000_000_000:
        wrong.append(f"a child took {memory:,} bytes")
    for what, count in Counter(outcome.what for outcome in outcomes).most_common():
        sys.stdout.write(f"{count:5}  {what}\n")
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    sys.stdout.write(
        f"{len(paths)} files in {time.monotonic() - started:.0f} s, the slowest in {slowest.seconds:.1f} s "
        f"({slowest.name!a}); children at most {memory / 1e6:.0f} MB\n"
    )
    return wrong


@dataclass(frozen=True)
class _Outcome:
    name: str
    what: str  # "read", or the reason without what differs from file to file
    flaw: str
    seconds: float


def _outcome(path: Path, folder: Path) -> _Outcome:
    started = time.monotonic()
    try:
        what, flaw = "read", _flaw(extract(path, folder))
    except CorpusError as error:
        what, flaw = _reason(str(error))
    except Exception as error:
        what, flaw = f"raised {type(error).__name__}", f"raised {error!r}"
    return _Outcome(path.name, what, flaw, time.monotonic() - started)


def _flaw(result: Extracted) -> str:
    said = result.title + result.text
    if clean(said) != said:
        return "not clean"
    if "Nobody may read this" in said or "root:" in said:
        return "from outside"
    return "" if result.title.strip() and result.text.strip() else "empty"


def _reason(message: str) -> tuple[str, str]:
    """Return the reason without what differs from file to file, and what is wrong with the message."""
    name, _, reason = message.partition(": ")
    well_said = name and re.fullmatch(r".+[.?)] [A-Z].+\.", reason) and message.isprintable() and len(message) < 400
    return re.sub(
        r"\.(?:pdf|docx|html|md|txt)\b", ".x", re.sub(r"\d[\d,]*", "N", reason)
    ), "" if well_said else f"badly said: {message!a}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="fewer of the random files, without the slow bombs")
    given = parser.parse_args()
    sys.exit(min(main(given.seed, quick=given.quick), 100))
