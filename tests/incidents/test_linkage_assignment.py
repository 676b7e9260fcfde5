"""One component, assigned: exactly, as the cardinalities allow, without chains, and copies count once."""

from itertools import permutations
from random import Random

import pytest

from parley.incidents.linkage.assignment import Judged, Member, Weigh, assign, pair, tells_of, weigher
from parley.incidents.linkage.columns import AGGREGATE, INCIDENTS, POSTS


def listed(row: int, source: int, origin: int = 0) -> Member:
    return Member(row, source, INCIDENTS, origin, order=row, said=row)


def posted(row: int, source: int = 9, origin: int = 0) -> Member:
    return Member(row, source, POSTS, origin, order=row, said=row)


def weighing(**weights: int) -> Weigh:
    """Return the weights of pairs that are named like `w3_7`."""
    return weigher({pair(*map(int, name.removeprefix("w").split("_"))): weight for name, weight in weights.items()})


@pytest.mark.parametrize("seed", range(60))
def test_two_lists_are_assigned_at_the_greatest_total_weight(seed: int) -> None:
    dice = Random(seed)
    left, right = dice.randint(1, 5), dice.randint(1, 5)
    members = [listed(row, 0) for row in range(left)] + [listed(left + row, 1) for row in range(right)]
    weights = {(a, left + b): dice.randint(-6000, 6000) for a in range(left) for b in range(right)}
    found = assign(members, weigher(weights))
    total = sum(weights[one[0], one[1]] for one in map(sorted, found) if len(one) == 2)
    padded = [*range(left), *[None] * right]
    best = max(
        sum(max(0, weights[a, left + b]) for b, a in enumerate(order) if a is not None)
        for order in permutations(padded, right)
    )
    assert total == best
    assert all(len(one) <= 2 for one in found)
    assert sorted(row for one in found for row in one) == list(range(left + right))


def test_two_rows_of_one_list_are_never_one_incident() -> None:
    members = [listed(0, 0), listed(1, 1), listed(2, 1)]
    assert assign(members, weighing(w0_1=3000, w0_2=2000, w1_2=9000)) == [[0, 1], [2]]


def test_a_row_of_a_list_joins_no_incident_in_which_people_put_another_row_of_it() -> None:
    members = [listed(0, 0), listed(1, 1), listed(2, 1)]
    fits = weighing(w0_1=3000, w0_2=9000, w1_2=9000)
    assert assign(members, fits, Judged(together=((0, 1),))) == [[0, 1], [2]]
    members = [listed(0, 0), listed(1, 0), listed(2, 1), listed(3, 1), listed(4, 2)]
    chain = weighing(w0_2=3000, w1_3=3000, w0_3=1000, w1_2=1000, w2_4=2000, w3_4=1000, w0_4=2000, w1_4=1000, w0_1=9000)
    assert assign(members, chain) == [[0, 2, 4], [1, 3]]


def test_several_posts_of_one_source_join_one_incident() -> None:
    members = [posted(0), posted(1), posted(2)]
    assert assign(members, weighing(w0_1=3000, w0_2=2000, w1_2=1000)) == [[0, 1, 2]]


def test_a_post_is_weighed_against_the_rows_of_lists_in_an_incident_that_it_was_compared_with() -> None:
    members = [listed(0, 0), listed(1, 1), posted(2), posted(3), posted(4)]
    fits = weighing(w0_1=9000, w0_2=3000, w0_3=3000, w0_4=-500, w2_4=8000, w3_4=8000)
    assert assign(members, fits) == [[0, 1, 2, 3], [4]]  # no two posts, and no post and row 1, need be compared
    fits = weighing(w0_1=9000, w0_2=3000, w1_2=-4000, w0_3=3000, w1_3=-2000)
    assert assign(members[:4], fits) == [[0, 1, 3], [2]]  # a mean of 500 below and above 0


def test_a_row_of_a_list_is_weighed_against_posts_too() -> None:
    members = [listed(0, 0), listed(1, 1), posted(2)]
    fits = weighing(w0_1=-9000, w0_2=3000, w1_2=2000)
    assert assign(members, fits, Judged(together=((0, 2),))) == [[0, 2], [1]]


def test_a_chain_of_neighbours_draws_nothing_together() -> None:
    members = [posted(0), posted(1), posted(2), posted(3)]
    chain = weighing(w0_1=3000, w1_2=3000, w2_3=3000)  # those that were never compared weigh the floor
    assert assign(members, chain) == [[0, 1], [2, 3]]


def test_copies_of_one_telling_count_once() -> None:
    told = [posted(0), posted(1, origin=5), posted(2, origin=5), posted(3, origin=5)]
    pulls = {"w0_1": 2000, "w0_2": 2000, "w0_3": 2000, "w1_2": 5000, "w1_3": 5000, "w2_3": 5000}
    against = {"w0_4": 3000, "w1_4": -2500, "w2_4": -2500, "w3_4": -2500}
    assert assign([*told, posted(4)], weighing(**pulls, **against)) == [[0, 1, 2, 3, 4]]
    apart = [Member(one.row, one.source, one.cardinality, 0, one.order, one.said) for one in told]
    assert assign([*apart, posted(4)], weighing(**pulls, **against)) == [[0, 1, 2, 3], [4]]


def test_what_was_judged_holds_against_every_weight() -> None:
    members = [listed(0, 0), listed(1, 1), listed(2, 1)]
    weights = weighing(w0_1=9000, w0_2=-9000)
    assert assign(members, weights, Judged(together=((0, 2),))) == [[0, 2], [1]]
    assert assign(members, weights, Judged(apart=frozenset({(0, 1)}))) == [[0], [1], [2]]
    assert assign(members, weights, Judged(together=((1, 2),))) == [[0], [1, 2]]  # though a list holds both


def test_a_wider_report_tells_of_each_incident_that_it_fits_and_one_source_once() -> None:
    wide = [Member(8, 5, AGGREGATE, 0, 8, 8), Member(9, 5, AGGREGATE, 0, 9, 9), Member(7, 6, AGGREGATE, 0, 7, 7)]
    told = [listed(0, 0), listed(1, 1)]
    weights = weighing(w0_8=3000, w1_8=2000, w0_9=4000, w1_9=-3000, w0_7=100, w1_7=-300)
    assert tells_of(told, wide, weights) == [8]  # a mean of 2,500, of 500, of less than 0
    assert tells_of(told, wide, weights, Judged(parts=frozenset({(1, 9)}))) == [9]
    assert tells_of(told, wide, weights, Judged(apart=frozenset({(1, 8)}))) == [9]
