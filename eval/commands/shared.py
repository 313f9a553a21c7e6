"""What several commands need."""

import argparse
import sys
from typing import TypeAlias

from assistant.factory import build_embedder
from assistant.settings import read_settings
from eval.gate import CASES
from index.embed import SentenceEmbedder
from weights.progress import StderrReport
from weights.store import WeightStore

FAILED = 1
TEST_CASES = CASES.with_name("corpus.test.jsonl")
DEV_CASES = (CASES, *(CASES.with_name(f"{name}.dev.jsonl") for name in ("finding", "near-miss", "broad", "everyday")))

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def embedder_of(report: StderrReport) -> SentenceEmbedder:
    """Load the packaged embedding model."""
    return build_embedder(WeightStore(read_settings().cache, report), report)


def show(text: object, end: str = "\n") -> None:
    """Write what a command found to standard output, where nothing else is written."""
    sys.stdout.write(f"{text}{end}")
