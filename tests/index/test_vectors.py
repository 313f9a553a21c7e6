"""Rows come back as they were appended, from any place and any thread."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index import vectors
from index.vectors import VectorFile

ROWS = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)


@pytest.fixture
def file(tmp_path):
    file = VectorFile(tmp_path / "rows.f32", 8, create=True)
    file.append(ROWS[:20])
    file.append(ROWS[20:])
    yield file
    file.close()


def test_rows_come_back(file):
    assert len(file) == 50
    np.testing.assert_array_equal(file.read(18, 5), ROWS[18:23])
    assert file.read(50, 0).shape == (0, 8)


def test_blocks_hold_everything_once(file, monkeypatch):
    monkeypatch.setattr(vectors, "_BLOCK_ROWS", 7)
    starts, blocks = zip(*file.blocks(), strict=True)
    np.testing.assert_array_equal(np.concatenate(blocks), ROWS)
    assert starts == tuple(range(0, 50, 7))


def test_rows_past_the_end_are_an_error(file):
    with pytest.raises(OSError, match="not all there"):
        file.read(48, 3)


def test_half_precision_is_read_as_single(tmp_path):
    file = VectorFile(tmp_path / "rows.f16", 8, np.float16, create=True)
    file.append(ROWS)
    assert file.read(3).dtype == np.float32
    np.testing.assert_allclose(file.read(0, 50), ROWS, atol=2e-3)
    file.close()


def test_threads_do_not_disturb_each_other(file):
    with ThreadPoolExecutor(4) as pool:
        for place, row in enumerate(pool.map(file.read, range(50))):
            np.testing.assert_array_equal(row[0], ROWS[place])


def test_an_existing_file_is_never_written_over(file, tmp_path):
    with pytest.raises(FileExistsError):
        VectorFile(tmp_path / "rows.f32", 8, create=True)
