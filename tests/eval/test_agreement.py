from dataclasses import replace

import pytest

from corpus.errors import UsageError
from eval.agreement import agreement, read_judged


def test_scorer_and_judges_agree_on_the_answers_that_were_judged():
    share, kappa, others = agreement(read_judged())
    assert (share.n, len(others)) == (150, round(150 * (1 - share.value)))
    assert share.value >= 0.95
    assert kappa >= 0.9


def test_whoever_disagrees_is_named():
    judged = read_judged()
    changed = [replace(judged[0], right=not judged[0].right), *judged[1:]]
    before, after = agreement(judged)[2], agreement(changed)[2]
    assert {item.case for item in before} ^ {item.case for item in after} == {judged[0].case}


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="no file of judged answers"):
        read_judged(tmp_path / "none.jsonl")
