"""Candidate pairs: every pair that the definition names, each once."""

import numpy as np
import pytest
from linkage_samples import sample

from parley.incidents.linkage.blocking import Window, candidates, compared


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("most", [50, 2_000_000])
def test_all_pairs_of_the_definition_are_found_and_each_once(seed: int, most: int) -> None:
    reports = sample(160, seed, days=12)
    left, right = np.triu_indices(len(reports), 1)
    wanted = compared(reports, left, right)
    found = [pair for pairs in candidates(reports, most=most) for pair in zip(pairs.left, pairs.right, strict=True)]
    assert len(set(found)) == len(found)
    assert set(found) == set(zip(left[wanted], right[wanted], strict=True))
    assert 0 < len(found) < len(left)


def test_a_narrower_window_is_obeyed() -> None:
    reports = sample(160, 1)
    window = Window(least_m=5000, most_m=20_000, days=0, named_days=0, cited_days=0)
    left, right = np.triu_indices(len(reports), 1)
    found = {pair for pairs in candidates(reports, window) for pair in zip(pairs.left, pairs.right, strict=True)}
    wanted = compared(reports, left, right, window)
    assert found == set(zip(left[wanted], right[wanted], strict=True))


def test_no_reports_make_no_pairs() -> None:
    assert list(candidates(sample(0, 0))) == []
