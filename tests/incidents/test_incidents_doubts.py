"""A report that fits two incidents equally goes to neither: it stands alone and is listed for people."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from random import Random
from typing import Literal

import numpy as np
import pytest
from linkage_samples import sample
from valley_reports import MILL, NOON, beside, told

from parley.incidents import matched
from parley.incidents.linkage.assignment import NOTHING_JUDGED, Judged
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.clusters import Weighed, alone, cluster, weigh
from parley.incidents.linkage.columns import INCIDENTS, POSTS, Columns
from parley.incidents.linkage.doubts import doubtful
from parley.incidents.linkage.weights import shipped
from parley.model import Doubt, Judgement, RecordedJudgement, RecordedReport


def row(entry: int, source: str, actor: str = "", deaths: int | None = None, metres: float = 0) -> RecordedReport:
    """Return the row of a list; all are of noon at the mill, or beside it."""
    place = beside(MILL, metres) if metres else MILL
    also = {"actor": actor or None, "deaths": deaths, "act": "shelling"}
    return told(entry, NOON, place, source=source, file=source, row=entry, also=also)  # type: ignore[arg-type]


def judged(relation: Literal["same", "different"], *groups: tuple[int, ...]) -> RecordedJudgement:
    said = Judgement(kind=relation, groups=groups, by="Officer 7", reason="seen")
    return RecordedJudgement(entry=99, judgement=said)


def together(reports: list[RecordedReport], *judgements: RecordedJudgement) -> list[tuple[int, ...]]:
    return [one.entries for one in matched(reports, judgements).incidents]


def fits(reports: list[RecordedReport], *judgements: RecordedJudgement) -> dict[int, tuple[int, ...]]:
    return {one.entry: one.fits for one in matched(reports, judgements).doubts}


TWO_AND_ONE = [row(1, "west", "Eastland"), row(2, "west", "bandits"), row(3, "east", "Westland")]


def test_one_that_fits_two_rows_of_a_list_equally_goes_to_neither() -> None:
    assert together(TWO_AND_ONE) == [(1,), (2,), (3,)]
    assert matched(TWO_AND_ONE).doubts == (
        Doubt(entry=3, source="east", incident="I-00003", fits=(1, 2), incidents=("I-00001", "I-00002"), hanging=1),
    )


def test_what_was_reported_first_decides_nothing() -> None:
    for order in permutations(range(3)):
        reports = [one.model_copy(update={"entry": 10 + at}) for one, at in zip(TWO_AND_ONE, order, strict=True)]
        assert len(together(reports)) == 3
        assert fits(reports) == {10 + order[2]: tuple(sorted((10 + order[0], 10 + order[1])))}


def test_sides_exchanged_exchange_the_doubts() -> None:
    reports = [row(1, "east", "Eastland"), row(2, "east", "bandits"), row(3, "west", "Westland")]
    assert fits(reports) == fits(TWO_AND_ONE)


def test_two_lists_of_two_that_nothing_tells_apart_are_four_in_doubt() -> None:
    reports = [row(1, "west", "a"), row(2, "west", "b"), row(3, "east", "c"), row(4, "east", "d")]
    assert together(reports) == [(1,), (2,), (3,), (4,)]
    found = matched(reports).doubts
    assert {one.entry: one.fits for one in found} == {1: (3, 4), 2: (3, 4), 3: (1, 2), 4: (1, 2)}
    assert {one.hanging for one in found} == {4}


def test_what_weighs_more_decides() -> None:
    reports = [row(1, "west", "a", metres=900), row(2, "west", "b"), row(3, "east", "c")]
    assert together(reports) == [(1,), (2, 3)]
    assert not fits(reports)


def test_rivals_that_say_the_same_are_no_doubt() -> None:
    reports = [row(1, "west", "a"), row(2, "west", "a"), row(3, "east", "c")]
    vouched = [one.model_copy(update={"report": one.report.model_copy(update={"keeps_ids": True})}) for one in reports]
    assert sorted(map(len, together(vouched))) == [1, 2]
    assert not fits(vouched)


def test_a_lesser_place_that_would_be_lost_nothing_by_is_a_doubt_too() -> None:
    """Both of west's fit the report at the mill better than the one beside it, and by as much."""
    reports = [row(1, "west", "a"), row(2, "west", "b"), row(3, "east", "c"), row(4, "east", "d", metres=900)]
    found = fits(reports)
    assert found[1] == found[2] == (3, 4)
    assert 3 in found and 4 in found


def test_a_judgement_ends_the_doubt_and_what_hung_on_it() -> None:
    same = judged("same", (1, 3))
    assert together(TWO_AND_ONE, same) == [(1, 3), (2,)]
    assert not fits(TWO_AND_ONE, same)
    apart = judged("different", (1,), (3,))
    assert together(TWO_AND_ONE, apart) == [(1,), (2, 3)]
    assert not fits(TWO_AND_ONE, apart)
    four = [row(1, "west", "a"), row(2, "west", "b"), row(3, "east", "c"), row(4, "east", "d")]
    assert together(four, same) == [(1, 3), (2, 4)]
    assert not fits(four, same)


def test_one_of_two_whom_a_judgement_ties_is_no_rival() -> None:
    reports = [row(1, "west", "a"), row(2, "west", "b"), row(3, "east", "c")]
    assert together(reports, judged("same", (1, 2))) == [(1, 2, 3)]


def test_those_that_decide_most_stand_first() -> None:
    """At the mill two are in doubt and hang together; beside it one; a lone report far off is in none."""
    far = [row(4, "west", "e", metres=90_000), row(5, "west", "f", metres=90_000)]
    two = [row(6, "east", "g", metres=90_000), row(7, "east", "h", metres=90_000)]
    found = matched([*TWO_AND_ONE, *far, *two, row(8, "south", "i", metres=200_000)]).doubts
    assert [(one.entry, one.hanging) for one in found] == [(4, 4), (5, 4), (6, 4), (7, 4), (3, 1)]
    assert found[0].incident == "I-00004" and found[0].incidents == ("I-00006", "I-00007")


def test_a_doubt_is_of_reports_and_not_of_their_repeats() -> None:
    """A repeat counts with the report that it repeats, so both stand where that one stands."""
    again = told(4, NOON, MILL, source="east", file="sent again", also={"actor": "Westland", "act": "shelling"})
    found = matched([*TWO_AND_ONE, again], doubles={4: 3})
    assert [one.entries for one in found.incidents] == [(1,), (2,), (3, 4)]
    assert [(one.entry, one.fits) for one in found.doubts] == [(3, (1, 2))]


def labels(weighed: Weighed, reports, judged: Judged = NOTHING_JUDGED) -> tuple[list[int], dict[int, tuple[int, ...]]]:  # type: ignore[no-untyped-def]
    found = cluster(reports, weighed, judged)
    in_doubt = doubtful(reports, weighed, found, judged, lambda number: str(number))
    after = alone(reports, weighed, found, in_doubt, judged)
    return after.incident.tolist(), in_doubt


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_same_in_any_order_and_any_numbering_of_the_lists(seed: int) -> None:
    reports = sample(160, seed, days=2)
    rows, before = labels(weigh(reports, shipped()), reports)
    groups = {frozenset(at for at, label in enumerate(rows) if label == one) for one in set(rows) - {-1}}
    order = np.array(Random(seed).sample(range(len(reports)), len(reports)))
    named = np.array(Random(seed).sample(range(int(reports.source.max()) + 1), int(reports.source.max()) + 1))
    mixed = reports.take(order)
    mixed = replace(mixed, source=named[mixed.source])
    again, after = labels(weigh(mixed, shipped()), mixed)
    settled = set(range(len(rows))) - set(before) - {row for fits in before.values() for row in fits}
    assert {frozenset(order[at] for at in fits) for fits in after.values()} == {
        frozenset(one) for one in before.values()
    }
    assert {int(order[at]) for at in after} == set(before)
    for label in set(again) - {-1}:
        group = frozenset(int(order[at]) for at, one in enumerate(again) if one == label)
        assert group in groups or not group & settled


@pytest.mark.parametrize("seed", range(6))
def test_nobody_in_doubt_would_lose_by_the_other_place(seed: int) -> None:
    """By brute force, of incidents of two lists: every exchange or move that loses nothing is found, and no other."""
    reports = sample(120, seed, days=1)
    reports = reports.take(np.flatnonzero((reports.cardinality == INCIDENTS) & (reports.source < 2)))
    reports = replace(reports, entry=np.arange(len(reports)), origin=np.zeros(len(reports), dtype=np.int64))
    weighed = weigh(reports, shipped())
    found = cluster(reports, weighed)
    partner = {a: b for one in found.members if len(one) == 2 for a, b in (one.tolist(), one.tolist()[::-1])}
    weight = dict(
        zip(
            zip(weighed.pairs.left.tolist(), weighed.pairs.right.tolist(), strict=True),
            weighed.weight.tolist(),
            strict=True,
        )
    )
    weight |= {(b, a): value for (a, b), value in weight.items()}
    usable = {
        pair
        for pair, good in zip(
            zip(weighed.pairs.left.tolist(), weighed.pairs.right.tolist(), strict=True),
            weighed.usable.tolist(),
            strict=True,
        )
        if good
    }
    usable |= {(b, a) for a, b in usable}
    expected = set()
    for a, b in partner.items():
        for c in range(len(reports)):
            if (a, c) not in usable or c == b:
                continue
            if c not in partner:
                expected |= {a} if weight[a, c] >= weight[a, b] else set()
            else:
                d = partner[c]
                other = weight.get((d, b), -1)
                if other > 0 and weight[a, c] + other >= weight[a, b] + weight[d, c]:
                    expected |= {a, d}
    assert set(doubtful(reports, weighed, found, NOTHING_JUDGED, str)) == expected


def small(*rows: tuple[int, int], kinds: Sequence[int] = (), origins: Sequence[int] = ()) -> Columns:
    """Return reports as (source, number of what it says); by default each is a row of a list."""
    base = sample(40, 1, days=1)
    found = base.take(np.repeat(np.flatnonzero(base.placed)[:1], len(rows)))
    return replace(
        found,
        entry=np.arange(len(rows)),
        source=np.array([source for source, _ in rows]),
        cardinality=np.array(kinds or [INCIDENTS] * len(rows)),
        origin=np.array(origins or [0] * len(rows)),
    )


def weighed_as(weights: dict[tuple[int, int], int]) -> Weighed:
    left, right = np.array(list(weights), dtype=np.int64).T
    weight = np.array(list(weights.values()), dtype=np.int64)
    return Weighed(Pairs(left, right), weight, weight > 0)


def in_doubt_of(
    reports: Columns, weights: dict[tuple[int, int], int], says: str = "", judged: Judged = NOTHING_JUDGED
) -> set[int]:
    """Return the rows in doubt; *says* has a letter for what each row says, each its own where it has none."""
    weighed = weighed_as(weights)
    found = cluster(reports, weighed, judged)
    return set(doubtful(reports, weighed, found, judged, lambda row: says[row] if says else str(row)))


EVEN = {(0, 2): 9, (0, 3): 9, (1, 2): 9, (1, 3): 9}
TWO_LISTS = ((0, 0), (0, 1), (1, 2), (1, 3))


def test_two_that_change_places_and_say_the_same_are_no_doubt() -> None:
    assert in_doubt_of(small(*TWO_LISTS), EVEN) == {0, 1, 2, 3}
    assert in_doubt_of(small(*TWO_LISTS), EVEN, "aabc") == set(), "which of two equal rows stands where does not matter"
    assert in_doubt_of(small(*TWO_LISTS), EVEN, "abcc") == set(), "nor beside which of two equal rows one stands"


def test_the_same_words_of_another_source_are_another_account() -> None:
    lists = small((0, 0), (1, 1), (2, 2))
    both = {(0, 1): -5_000, (0, 2): 9, (1, 2): 9}
    assert in_doubt_of(lists, both, "aab") == {2}
    assert in_doubt_of(small((0, 0), (0, 1), (2, 2)), {(0, 2): 9, (1, 2): 9}, "aab") == set()


def test_who_may_not_change_places_is_in_no_doubt() -> None:
    apart = Judged(apart=frozenset({(1, 2)}))
    assert in_doubt_of(small(*TWO_LISTS), EVEN, judged=apart) == set(), "1 may not go to 2, so 0 stays there"
    apart = Judged(apart=frozenset({(0, 3)}))
    assert in_doubt_of(small(*TWO_LISTS), EVEN, judged=apart) == set()


def test_a_place_at_which_one_would_not_be_taken_is_none() -> None:
    """0 came to 1, whom 2 fits and 0 does not. It fits 3 and 4 a little less badly, which is no reason to go there."""
    reports = small((0, 0), (1, 1), (2, 2), (1, 3), (2, 4), (0, 5), (0, 6))
    weights = {(0, 1): 9_000, (1, 2): 30_000, (0, 3): 100, (0, 4): -900, (3, 4): 30_000, (1, 5): 1, (1, 6): 1}
    assert in_doubt_of(reports, weights) == set()
    assert in_doubt_of(reports, weights | {(0, 4): 100}) == {0}


def test_what_was_never_compared_weighs_against_an_incident() -> None:
    """2 stands with 0 and 1; with 1 it was never compared, so it is no better off than at 3."""
    reports = small((0, 0), (1, 1), (2, 2), (0, 3))
    never = {(0, 1): 30_000, (0, 2): 16_000, (2, 3): 3_000}
    assert in_doubt_of(reports, never) == {2}
    assert in_doubt_of(reports, never | {(1, 2): 16_000}) == set()


def test_of_posts_a_source_has_as_many_as_it_likes() -> None:
    """A post of the same channel there is nobody's place."""
    reports = small((0, 0), (0, 1), (1, 2), (1, 3), kinds=(INCIDENTS, INCIDENTS, POSTS, POSTS))
    even = {(0, 2): 9, (1, 2): 9, (1, 3): 12}
    assert in_doubt_of(reports, even) == {2}


def test_who_is_not_in_doubt_stays_where_it_is() -> None:
    reports = small((0, 0), (0, 1), (1, 2), (2, 3), (2, 4))
    weighed = weighed_as({(0, 2): 9, (1, 2): 9, (0, 3): 12, (1, 4): 12, (2, 3): 9, (2, 4): 9})
    found = cluster(reports, weighed)
    after = alone(reports, weighed, found, doubtful(reports, weighed, found, NOTHING_JUDGED, str), NOTHING_JUDGED)
    assert sorted(one.tolist() for one in after.members) == [[0, 3], [1, 4], [2]]


def test_a_post_that_fits_two_rows_goes_to_neither() -> None:
    reports = sample(40, 1, days=1)
    exact = np.flatnonzero((reports.end - reports.start == 60) & reports.placed)[:1]
    same = reports.take(np.repeat(exact, 3))
    same = replace(
        same,
        entry=np.arange(3),
        source=np.array([0, 0, 1]),
        cardinality=np.array([INCIDENTS, INCIDENTS, POSTS]),
        origin=np.zeros(3, dtype=np.int64),
    )
    rows, in_doubt = labels(weigh(same, shipped()), same)
    assert in_doubt == {2: (0, 1)} and len(set(rows)) == 3
