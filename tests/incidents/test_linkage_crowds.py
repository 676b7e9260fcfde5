"""Crowds: so many reports near each other that all pairs would be too many are compared in parts, and it is said."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from linkage_samples import sample

from parley.incidents.linkage import assignment, blocking
from parley.incidents.linkage.assignment import Member, assign, weigher
from parley.incidents.linkage.blocking import candidates, crowds
from parley.incidents.linkage.clusters import cluster, weigh
from parley.incidents.linkage.columns import INCIDENTS, POSTS, Columns, joined
from parley.incidents.linkage.crowds import Crowds, part_crowds
from parley.incidents.linkage.limits import window_limits
from parley.incidents.linkage.weights import shipped
from parley.incidents.linkage.window import WINDOW, compared


def lists(*counts: int, at: int = 0, kind: int = INCIDENTS) -> Columns:
    """Return lists of so many rows each, all of which say the same, `at` minutes later."""
    base = sample(200, 3, days=1)
    exact = base.end - base.start == 60
    row = int(np.flatnonzero(base.placed & exact & (base.names[:, 0] > 0) & (base.radius < 10_000))[0])
    parts = []
    for source, count in enumerate(counts):
        same = base.take(np.full(count, row))
        parts.append(
            replace(
                same,
                source=np.full(count, source),
                cardinality=np.full(count, kind),
                start=same.start + at,
                end=same.end + at,
                origin=np.zeros(count, dtype=np.int64),
            )
        )
    found = joined(parts)
    return replace(found, entry=np.arange(len(found)))


def pairs_of(reports: Columns, parted: Crowds | None = None, most: int = 500_000) -> list[tuple[int, int]]:
    return [
        pair
        for pairs in candidates(reports, most=most, parted=parted)
        for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    ]


def parted(reports: Columns, most: int, size: int) -> Crowds:
    """Return the crowds of *reports* with narrower bounds than those in use."""
    finders = blocking.finders_of(reports, WINDOW, window_limits(reports, WINDOW), Crowds(np.full(len(reports), -1)))
    near = np.max([finder.most_hits(np.arange(len(reports))) for finder in finders], axis=0)
    return part_crowds(reports, near, WINDOW.least, most, size)


def test_what_is_near_few_others_is_in_no_crowd_and_all_pairs_are_compared() -> None:
    reports = sample(300, 5)
    found = crowds(reports)
    assert not found.inside.any() and found.crowds == ()
    left, right = np.triu_indices(len(reports), 1)
    wanted = compared(reports, left, right)
    assert pairs_of(reports) == list(zip(left[wanted].tolist(), right[wanted].tolist(), strict=True))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("most", "size"), [(10, 7), (40, 12), (90, 64)])
@pytest.mark.parametrize("batch", [60, 500_000])
def test_only_pairs_of_two_parts_of_crowds_are_left_out(seed: int, most: int, size: int, batch: int) -> None:
    reports = sample(200, seed, days=5)
    found = parted(reports, most, size)
    assert found.inside.any()
    left, right = np.triu_indices(len(reports), 1)
    one_part = found.part[left] == found.part[right]
    kept = compared(reports, left, right) & (one_part | ~found.inside[left] | ~found.inside[right])
    assert pairs_of(reports, found, batch) == list(zip(left[kept].tolist(), right[kept].tolist(), strict=True))
    assert np.bincount(found.part[found.inside]).max() <= size


@pytest.mark.parametrize("seed", range(6))
def test_pairs_that_were_not_compared_are_counted_crowd_by_crowd(seed: int) -> None:
    reports = sample(200, seed, days=5)
    found = parted(reports, 30, 9)
    rows = np.concatenate([one.rows for one in found.crowds])
    assert sorted(rows.tolist()) == np.flatnonzero(found.inside).tolist()
    for one in found.crowds:
        both = [
            (a, b)
            for a, b in combinations(one.rows.tolist(), 2)
            if reports.source[a] != reports.source[b]
            or INCIDENTS not in (reports.cardinality[a], reports.cardinality[b])
            or reports.cardinality[a] != reports.cardinality[b]
        ]
        inside = [found.part[a] == found.part[b] for a, b in both]
        assert (one.compared, one.left_out) == (sum(inside), len(both) - sum(inside))


@pytest.mark.parametrize("seed", range(6))
def test_parts_depend_on_what_reports_say_and_not_on_their_order_or_on_who_says_it(seed: int) -> None:
    reports = sample(200, seed, days=5)
    dice = np.random.default_rng(seed)
    # Of a list the earlier row stands first in any order of lists.
    order = np.argsort(dice.random(5)[reports.source] * 1000 + np.arange(200) / 1000, kind="stable")
    here, there = parted(reports, 30, 9), parted(reports.take(order), 30, 9)
    assert here.part[order].tolist() == there.part.tolist()
    others = replace(reports, source=np.array([3, 2, 4, 0, 1])[reports.source])
    assert parted(others, 30, 9).part.tolist() == here.part.tolist()


def test_equal_rows_of_two_lists_stay_beside_each_other_in_one_part() -> None:
    reports = lists(30, 24)
    found = parted(reports, 10, 8)
    assert found.part[:24].tolist() == found.part[30:].tolist() == [row // 4 for row in range(24)]
    three = parted(lists(10, 10, 10), 10, 8).part.reshape(3, 10)
    assert three.tolist() == [[row // 2 for row in range(10)]] * 3, "a part of 8 has room for two times three"
    pairs = pairs_of(reports)
    assert len(pairs) == 30 * 24, "within the bounds in use all are compared"


def test_more_sources_than_a_part_holds_are_cut_in_the_order_of_the_record() -> None:
    found = parted(lists(*[1] * 20), 10, 8)
    assert found.part.tolist() == [row // 8 for row in range(20)]


def test_a_crowd_at_one_place_and_minute_is_compared_in_a_number_of_pairs_that_grows_with_it() -> None:
    per_row = []
    for count in (6000, 12000):
        reports = lists(count, count)
        pairs = pairs_of(reports)
        (crowd,) = weigh(reports, shipped()).crowds
        assert crowd.compared == len(pairs) and crowd.compared + crowd.left_out == count * count
        per_row.append(len(pairs) / count)
    assert per_row[0] == pytest.approx(per_row[1], rel=0.02)


def test_two_equal_lists_of_thousands_are_matched_row_by_row() -> None:
    reports = lists(3000, 3000)
    members = cluster(reports, weigh(reports, shipped())).members
    assert {tuple(rows.tolist()) for rows in members} == {(row, 3000 + row) for row in range(3000)}


def test_a_report_beside_a_crowd_and_in_none_is_compared_with_all_that_are_near() -> None:
    crowd = lists(40, 40)
    alone = replace(lists(1, at=60), source=np.array([7]))
    reports = joined([crowd, alone])
    found = Crowds(np.append(parted(crowd, 20, 8).part, -1))
    assert [pair for pair in pairs_of(reports, found) if 80 in pair] == [(row, 80) for row in range(80)]


@pytest.mark.parametrize("seed", range(30))
def test_an_assignment_from_pairs_alone_gains_as_much_as_one_from_a_table(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = np.random.default_rng(seed)
    left, right = dice.integers(2, 12, 2).tolist()
    members = [Member(row, int(row >= left), INCIDENTS, 0, row, row) for row in range(left + right)]
    weights = {
        (a, left + b): int(dice.integers(-4000, 6000)) for a in range(left) for b in range(right) if dice.random() < 0.6
    }

    def gained() -> int:
        return sum(weights[min(one), max(one)] for one in assign(members, weigher(weights)) if len(one) == 2)

    table = gained()
    monkeypatch.setattr(assignment, "SMALL", 0)
    assert gained() == table


def test_posts_of_a_crowd_are_bounded_too() -> None:
    reports = lists(5000, kind=POSTS)
    weighed = weigh(reports, shipped())
    (crowd,) = weighed.crowds
    assert crowd.compared + crowd.left_out == 5000 * 4999 // 2 and crowd.compared < 5000 * 256
