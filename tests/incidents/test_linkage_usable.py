"""What an assignment can use: each report's best pairs, cut by what is said, and nothing that could gain is missed."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from linkage_engines import everywhere
from linkage_samples import sample

from parley.incidents.linkage.blocking import Pairs, candidates
from parley.incidents.linkage.clusters import cluster, gains, weigh
from parley.incidents.linkage.columns import AGGREGATE, INCIDENTS, POSTS, Columns, Range, joined, said_of
from parley.incidents.linkage.comparison import levels
from parley.incidents.linkage.gains import gaining_limits
from parley.incidents.linkage.usable import OF_ALL, OF_LIST, WITHIN, beside, ties, turns_of, usable
from parley.incidents.linkage.weights import Weights, shipped
from parley.incidents.linkage.window import WINDOW, Window, compared

WEIGHTS = (
    shipped(),
    replace(shipped(), start=2000),
    replace(shipped(), start=-9000),
    Weights(
        {**shipped().fields, "place": (-500, 9, -4000, 3000, -9000, 7000, 0, 1, 5, -2000), "name": (0, 9, 9, 9, 1)}, 0
    ),
    Weights({**shipped().fields, "time": tuple(1000 * (number % 7 - 3) for number in range(20))}, -1000),
)
WINDOWS = (WINDOW, Window(least_m=5000, most_m=20_000, days=0, named_days=0), Window(by_area=True, days=4, area_days=3))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("reports_of", [sample, everywhere])
def test_limits_leave_out_no_pair_that_gains(seed: int, weights: Weights, window: Window, reports_of: object) -> None:
    reports: Columns = sample(150, seed, days=20) if reports_of is sample else everywhere(150, seed)
    left, right = np.triu_indices(len(reports), 1)
    asked = compared(reports, left, right, window)
    left, right = left[asked], right[asked]
    gain = weights.sum(levels(reports, Pairs(left, right))) > 0
    limits = gaining_limits(reports, weights, window)
    found = {
        pair
        for one in candidates(reports, window, limits=limits)
        for pair in zip(one.left.tolist(), one.right.tolist(), strict=True)
    }
    every = set(zip(left.tolist(), right.tolist(), strict=True))
    assert set(zip(left[gain].tolist(), right[gain].tolist(), strict=True)) <= found <= every


def test_limits_spare_most_of_what_the_window_would_compare() -> None:
    reports = replace(sample(600, 1, days=20), cardinality=np.full(600, INCIDENTS), texts={})
    every = sum(map(len, candidates(reports)))
    asked = sum(map(len, candidates(reports, limits=gaining_limits(reports, shipped(), WINDOW, crossing=False))))
    assert asked < every / 2.5
    gaining, weight, _ = gains(reports, shipped())
    assert 0 < len(gaining) < asked and (weight > 0).all()


def plainly(reports: Columns, pairs: Pairs, weight: np.ndarray) -> set[tuple[int, int]]:
    """Return the usable pairs as the definition says, report by report."""
    said, turn = said_of(reports), turns_of(said_of(reports), reports.source, reports.in_list, reports.entry)
    sides: dict[int, list[tuple[tuple[int, int, int], int]]] = {}
    for left, right, value in zip(pairs.left.tolist(), pairs.right.tolist(), weight.tolist(), strict=True):
        if value > 0:
            for one, other in ((left, right), (right, left)):
                key = (-value, int(ties(said[one], said[other])), abs(int(turn[one] - turn[other])))
                sides.setdefault(one, []).append((key, other))
    best = set()
    for row, told in sides.items():
        good = []
        for key, other in told:
            same_list = [one for one, another in told if reports.source[another] == reports.source[other]]
            near = len(same_list) < OF_LIST or key[0] <= min(same_list)[0] + WITHIN
            if sum(one < key for one in same_list) < OF_LIST and near:
                good.append((key, other))
        best |= {(row, other) for key, other in good if sum(one < key for one, _ in good) < OF_ALL}
        kinds = reports.cardinality
        best |= {(row, other) for _, other in told if (kinds[row] == AGGREGATE) > (kinds[other] == AGGREGATE)}
        best |= {(row, other) for _, other in told if (kinds[row], kinds[other]) == (INCIDENTS, POSTS)}
    return {(one, other) for one, other in best if one < other and (other, one) in best}


@pytest.mark.parametrize("seed", range(8))
def test_usable_pairs_are_the_best_of_both_of_their_reports(seed: int) -> None:
    reports = sample(250, seed, days=2)
    gaining, weight, _ = gains(reports, shipped())
    kept = usable(reports, gaining, weight)
    found = set(zip(gaining.left[kept].tolist(), gaining.right[kept].tolist(), strict=True))
    assert found == plainly(reports, gaining, weight)
    assert 0 < len(found) < len(gaining)


@pytest.mark.parametrize("seed", range(6))
def test_neither_arrival_nor_the_order_of_rows_nor_who_speaks_decides_what_is_usable(seed: int) -> None:
    reports = sample(250, seed, days=2)
    dice = np.random.default_rng(seed)
    order = dice.permutation(len(reports))

    def entries(reports: Columns, names: np.ndarray) -> set[frozenset[int]]:
        weighed = weigh(reports, shipped())
        pairs = weighed.pairs.take(weighed.usable)
        return {frozenset(map(int, pair)) for pair in zip(names[pairs.left], names[pairs.right], strict=True)}

    here = entries(reports, reports.entry)
    assert entries(reports.take(order), reports.entry[order]) == here
    arrived = replace(reports, entry=dice.permutation(len(reports)))
    assert entries(arrived, reports.entry) == here
    assert entries(replace(reports, source=np.array([3, 2, 4, 0, 1])[reports.source]), reports.entry) == here


def alike(sources: np.ndarray, kind: int = INCIDENTS) -> Columns:
    """Return reports of these sources that all say the same."""
    base = sample(200, 3, days=1)
    row = int(np.flatnonzero(base.placed & (base.end - base.start == 60) & (base.radius < 10_000))[0])
    same = base.take(np.full(len(sources), row))
    nothing = np.zeros(len(sources), dtype=np.int64)
    return replace(same, source=sources, cardinality=nothing + kind, entry=np.arange(len(sources)), origin=nothing)


def test_reports_that_say_the_same_are_counted_off_so_that_rows_of_two_lists_meet() -> None:
    sources = np.repeat([0, 1], 40)
    reports = alike(sources)
    turn = turns_of(said_of(reports), sources, reports.in_list, reports.entry)
    assert turn.reshape(2, 40).tolist() == [list(range(0, 80, 2)), list(range(1, 80, 2))]
    weighed = weigh(reports, shipped())
    assert {(row, 40 + row) for row in range(40)} <= set(
        zip(weighed.pairs.left.tolist(), weighed.pairs.right.tolist(), strict=True)
    )
    assert weighed.left_out == 1600 - int(weighed.usable.sum())
    assert {tuple(rows.tolist()) for rows in cluster(reports, weighed).members} == {
        (row, 40 + row) for row in range(40)
    }


@pytest.mark.parametrize(("sources", "most"), [(np.repeat([0, 1], 300), OF_LIST), (np.arange(600), OF_ALL)])
def test_no_report_has_more_usable_pairs_than_the_bounds_allow_however_many_say_the_same(
    sources: np.ndarray, most: int
) -> None:
    weighed = weigh(alike(sources), shipped())
    of_each = Counter(weighed.pairs.left[weighed.usable].tolist()) + Counter(
        weighed.pairs.right[weighed.usable].tolist()
    )
    assert set(range(600)) == set(of_each)
    assert max(of_each.values()) <= most + 1  # two that are as many turns away stand and fall together


def test_a_wider_report_tells_of_as_many_events_as_fit_it() -> None:
    parts = alike(np.zeros(30, dtype=np.int64))
    apart = replace(parts, ranges={"deaths": Range(np.arange(30) % 5, np.arange(30) % 5)}, start=parts.start)
    wide = replace(alike(np.array([5]), AGGREGATE), entry=np.array([99]))
    reports = joined([apart, wide])
    found = cluster(reports, weigh(reports, shipped()))
    gaining, _, _ = gains(reports, shipped())
    assert len(gaining) > OF_ALL
    assert len(found.part[0]) == len(gaining)


def test_an_incident_of_a_list_takes_as_many_posts_as_fit_it() -> None:
    posts = alike(np.full(30, 7), POSTS)
    reports = joined([replace(alike(np.array([1])), entry=np.array([99])), posts])
    weighed = weigh(reports, shipped())
    of_first = weighed.pairs.left[weighed.usable] == 0
    assert int(of_first.sum()) == 30
    assert [len(rows) for rows in cluster(reports, weighed).members] == [31]


def test_pairs_beside_are_those_with_a_usable_partner_in_common_but_for_a_wider_report() -> None:
    reports = alike(np.array([0, 1, 2, 0, 1]), POSTS)
    assert pairs_of(beside(reports, Pairs(np.array([0, 1]), np.array([1, 2])))) == [(0, 2)]
    assert pairs_of(beside(reports, Pairs(np.array([0, 0, 1]), np.array([1, 2, 2])))) == []
    assert pairs_of(beside(reports, Pairs(np.array([0, 0, 0]), np.array([1, 2, 4])))) == [(1, 2), (1, 4), (2, 4)]
    listed = replace(reports, cardinality=np.full(5, INCIDENTS))
    assert pairs_of(beside(listed, Pairs(np.array([0, 0, 0]), np.array([1, 2, 4])))) == [(1, 2), (2, 4)]
    wide = replace(reports, cardinality=np.array([AGGREGATE, POSTS, POSTS, POSTS, POSTS]))
    assert pairs_of(beside(wide, Pairs(np.array([0, 0]), np.array([1, 2])))) == []


def pairs_of(pairs: Pairs) -> list[tuple[int, int]]:
    return list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
