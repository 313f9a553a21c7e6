"""Damaged files: every file of a build, and the pointers, by every kind of damage."""

from pathlib import Path

import numpy as np

from index.directory import live_build
from tests.index.faults.children import result_of
from tests.index.faults.lab import NEW, OLD, Lab
from tests.index.faults.served import served

_BLOCK = 4096
_BITS = 64
_MENDED_EVERY, _PROBED_EVERY = 10, 7


def one_file(lab: Lab, rng: np.random.Generator, number: int) -> str | None:
    """Damage a file of the live build, with or without a build before it, or a pointer."""
    kinds = list(KINDS)
    alone = bool(number % 2)
    with lab.copy(lab.single if alone else lab.double) as directory:
        files = _files(directory)
        file = files[number // 2 % len(files)]
        kind = kinds[number // (2 * len(files)) % len(kinds)]
        _damage(file, kind, rng)
        probed = number % _PROBED_EVERY == 0
        problem = _unless_refused(directory) if alone else _unless_previous(lab, directory, file, probed)
        if not problem and number % _MENDED_EVERY == 0:
            problem = lab.unless_mended(directory, NEW)
        return f"{kind} {file.relative_to(directory)}: {problem}" if problem else None


def _files(directory: Path) -> list[Path]:
    build = live_build(directory)
    assert build is not None
    pointers = [file for name in ("CURRENT", "PREVIOUS") if (file := directory / name).exists()]
    ours = [file for file in build.rglob("*") if file.is_file() and file.suffix != ".lock"]
    # By size: the names differ from build to build, the order of damages should not.
    return [*pointers, *sorted(ours, key=lambda file: (file.suffix, file.stat().st_size))]


def _unless_refused(directory: Path) -> str | None:
    outcome = result_of(served, directory)
    refused = outcome.how == "failed" and outcome.value.startswith(("IndexDamaged:", "IndexUnusable:"))
    named = refused and f"Run `python -m assistant index --index {directory}`." in outcome.value
    return None if named and "\n" not in outcome.value else f"is not refused with the command that mends it ({outcome})"


def _unless_previous(lab: Lab, directory: Path, file: Path, probed: bool) -> str | None:
    if file.name == "PREVIOUS":
        return lab.unless_serves(directory, NEW, probed=probed)
    return lab.unless_serves(directory, OLD, degraded=True, probed=probed)


def _damage(file: Path, kind: str, rng: np.random.Generator) -> None:
    before = file.read_bytes()
    if kind == "delete":
        file.unlink()
        return
    after = before
    while after == before:
        after = KINDS[kind](before, rng)
    file.write_bytes(after)


def _truncate(octets: bytes, rng: np.random.Generator) -> bytes:
    return octets[: rng.integers(len(octets))]


def _flip(octets: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(octets)
    for bit in rng.integers(8 * len(octets), size=_BITS):
        changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _zero(octets: bytes, rng: np.random.Generator) -> bytes:
    start = rng.integers(max(1, len(octets) - _BLOCK))
    block = octets[start : start + _BLOCK]
    return octets[:start] + bytes(len(block)) + octets[start + len(block) :]


KINDS = {
    "delete": None,
    "truncate": _truncate,
    "empty": lambda octets, rng: b"",
    "flip": _flip,
    "zero": _zero,
}
