"""Candidate pairs: every pair that the definition names, each once."""

from dataclasses import replace

import numpy as np
import pytest
from linkage_samples import sample

from parley.incidents.linkage.blocking import candidates
from parley.incidents.linkage.columns import INCIDENTS, POSTS, place_columns
from parley.incidents.linkage.window import Window, compared


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


def test_two_rows_of_one_list_are_never_compared_however_alike_and_two_posts_are() -> None:
    reports = sample(160, 1)
    row = int(np.flatnonzero(reports.placed & (reports.cardinality == INCIDENTS))[0])
    for kind, pairs in ((INCIDENTS, []), (POSTS, [(0, 1)])):
        same = replace(reports.take(np.array([row, row])), cardinality=np.full(2, kind))
        assert [pair for one in candidates(same) for pair in zip(one.left, one.right, strict=True)] == pairs
        assert compared(same, np.array([0]), np.array([1])).tolist() == [bool(pairs)]
        other = replace(same, source=np.array([0, 1]))
        assert [len(one) for one in candidates(other)] == [1]


def test_no_reports_make_no_pairs() -> None:
    assert list(candidates(sample(0, 0))) == []


@pytest.mark.parametrize("seed", [8, 71, 209])
def test_two_reports_beside_a_pole_find_each_other_from_either_side(seed: int) -> None:
    dice, count = np.random.default_rng(seed), 200
    lat = dice.choice([1, -1]) * dice.uniform(89.0, 90, count)
    nothing = np.zeros(count, dtype=np.int64)
    reports = replace(
        sample(count, 1, days=1),
        **place_columns(lat, dice.uniform(-180, 180, count), np.full(count, 100.0)),
        names=np.zeros((count, 4), dtype=np.int64),
        area=nothing,
        link=nothing,
        cardinality=np.full(count, POSTS),
    )
    left, right = np.triu_indices(count, 1)
    wanted = compared(reports, left, right)
    found = {pair for pairs in candidates(reports) for pair in zip(pairs.left, pairs.right, strict=True)}
    assert found == set(zip(left[wanted], right[wanted], strict=True))
