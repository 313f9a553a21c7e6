"""Broken and hostile files by the hundred: each is read or refused with a reason, and nobody dies of it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.thorough
def test_no_file_does_harm():
    # In a process of its own, because the memory of its children is measured. All files, the slow ones included:
    # `python -m tests.corpus.extract.hostile`.
    command = [sys.executable, "-m", "tests.corpus.extract.hostile", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
