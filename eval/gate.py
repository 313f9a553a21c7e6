"""Hold a run to the committed baseline: what must always be so, and what may not get worse."""

import json
from pathlib import Path
from typing import Any

from eval.metrics import Estimate

BASELINE = Path(__file__).parent / "baseline" / "corpus.dev.extractive.json"
CASES = Path(__file__).parent / "cases" / "corpus.dev.jsonl"
# Quoting is deterministic, so only a change of code or of a library moves these figures: two cases are tolerated.
_HELD = ("strict_accuracy", "abstention_recall", "answerable_right")
_CASES_TOLERATED = 2


def regressions(scores: dict[str, Any], baseline: dict[str, Any]) -> list[str]:
    """Return one line for each way in which `scores` fall short of `baseline` (its JSON form); none if all is well."""
    now = scores["all"]
    found = [f"{count} figures in answers stand in no cited quote"] if (count := now["unsupported_figures"]) else []
    if now["verbatim"].value < 1:
        found.append("a quote is not verbatim at its offsets")
    for name in _HELD:
        estimate: Estimate = now[name]
        before = baseline["all"][name]["value"]
        if estimate.value < before - _CASES_TOLERATED / max(1, estimate.n):
            found.append(f"{name} fell from {before:.3f} to {estimate.value:.3f}")
    return found


def read_baseline(file: Path = BASELINE) -> dict[str, Any]:
    """Read the committed scores."""
    scores: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return scores
