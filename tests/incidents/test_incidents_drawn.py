"""Of reports that hang together only what is drawn otherwise is looked at again, and then all stands as if drawn anew.

Who is together, which wider reports tell of whom, and who is in doubt between whom.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from linkage_samples import sample
from test_linkage_kept import Centre, by_rows, judgements, moves, opened, rows_of

from parley.incidents.drawn import Drawn, draw, drawn_of, otherwise
from parley.incidents.linkage.assignment import Judged
from parley.incidents.linkage.clusters import Weighed, weigh
from parley.incidents.linkage.columns import Columns
from parley.incidents.linkage.weights import shipped
from parley.incidents.reading import ordered


def in_order(reports: Columns) -> tuple[Columns, list[int]]:
    """Return *reports* in the order of what they say, called by their rows, and their entries."""
    columns, order = ordered(reports)
    return columns, reports.entry[order].tolist()


class Drawing(Centre):
    """What stands is drawn anew where it is otherwise alone."""

    drawn = Drawn({}, {})
    asked = 0
    hanging = 0
    doubted = 0

    def _follow(self, touched: set[int], gone: set[int]) -> set[int]:
        part = self.links.component(touched)
        if not part.members | part.wider:
            self._put(gone, Drawn({}, {}))
            return set()
        columns, entries = in_order(self.links.reports(sorted(part.members | part.wider)))
        here = part.members | touched | gone
        away = {wider for group, told in self.drawn.groups.items() if not group & here for wider in told} & part.wider
        found = self._draw(columns, entries, self.links.weighed(columns, entries), self.links.judged(entries), away)
        before = Drawn(
            {left: told for group, told in self.drawn.groups.items() if (left := group.intersection(entries))},
            {entry: fits for entry, fits in self.drawn.in_doubt.items() if entry in entries},
        )
        again, few = otherwise(found, before, touched, set)
        self.asked, self.hanging = self.asked + len(again), self.hanging + len(entries)
        self.doubted += len(few.in_doubt)
        self._put(again | gone, few)
        return again

    def _put(self, again: set[int], few: Drawn) -> None:
        groups = {group: told for group, told in self.drawn.groups.items() if not group & again}
        in_doubt = {entry: fits for entry, fits in self.drawn.in_doubt.items() if entry not in again}
        self.drawn = Drawn(groups | few.groups, in_doubt | few.in_doubt)

    def _draw(
        self, columns: Columns, entries: Sequence[int], weighed: Weighed, judged: Judged, away: set[int]
    ) -> Drawn:
        found = drawn_of(*draw(columns, weighed, judged), entries)
        return replace(found, groups={group: told for group, told in found.groups.items() if not group <= away})

    def prove(self, seed: object) -> None:
        columns, entries = in_order(self.reports)
        called = replace(columns, entry=np.array(entries, dtype=np.int64))
        whole = self._draw(columns, entries, weigh(columns, shipped()), by_rows(self.judged, called), set())
        assert self.drawn == whole, f"seed {seed}"


def history(seed: int) -> Drawing:
    """Prove one seeded history of arrivals, changes, withdrawals and judgements of reports that are close together."""
    dice = Random(seed)
    count = dice.choice([20, 40, 60])
    reports, changed = (sample(count, seed + more, days=dice.choice([2, 8])) for more in (0, 100_000))
    # Rivals that say the same in all but their words fit equally well.
    same = dice.sample(range(count), count // 2)
    for name in ("start", "end", "lat", "lon", "width", "radius", "area"):
        getattr(reports, name)[same[1:]] = getattr(reports, name)[same[0]]
    given = judgements(reports, dice, 8)
    with opened() as base:
        centre = Drawing(base, reports)
        for _ in moves(centre, reports, changed, given, dice):
            centre.prove(seed)
    return centre


def of_all(seeds: range) -> None:
    found = [history(seed) for seed in seeds]
    assert sum(one.doubted for one in found) > len(seeds)
    assert sum(len(told) for one in found for told in one.drawn.groups.values()) > len(seeds)
    assert sum(one.asked for one in found) < sum(one.hanging for one in found)


def test_what_is_drawn_otherwise_is_all_that_changes_in_25_histories() -> None:
    of_all(range(25))


@pytest.mark.slow
def test_what_is_drawn_otherwise_is_all_that_changes_in_1000_histories() -> None:
    of_all(range(1000))


def test_a_report_far_within_what_hangs_together_stays_as_it_is() -> None:
    reports = sample(200, 4, days=8)
    with opened() as base:
        centre = Drawing(base, reports)
        centre.take((), reports.take(np.arange(190)))
        centre.asked = centre.hanging = 0
        for row in range(190, 200):
            centre.take((), reports.take(rows_of(reports, [int(reports.entry[row])])))
        centre.prove(4)
    assert centre.asked < centre.hanging / 2


def drawn(*groups: int, in_doubt: dict[int, set[int]] | None = None) -> Drawn:
    """Return reports that stand each alone, and who is in doubt between whom."""
    doubts = {entry: frozenset(fits) for entry, fits in (in_doubt or {}).items()}
    return Drawn({frozenset({one}): frozenset() for one in groups}, doubts)


def test_who_is_in_another_doubt_than_before_is_looked_at_with_those_that_he_fits() -> None:
    now, before = (drawn(1, 2, 3, 4, in_doubt={1: fits}) for fits in ({2, 3}, {2}))
    again, few = otherwise(now, before, (), set)
    assert (again, few) == ({1, 2, 3}, drawn(1, 2, 3, in_doubt={1: {2, 3}}))


def test_doubts_that_hang_together_are_looked_at_together() -> None:
    """How many hang on a decision is told of each, and which incidents it fits."""
    now = drawn(1, 2, 3, 4, 5, 6, in_doubt={1: {2, 3}, 4: {3, 5}})
    again, few = otherwise(now, drawn(1, 2, 3, 4, 6, in_doubt={1: {2, 3}, 4: {3, 5}}), (), set)
    assert again == {1, 2, 3, 4, 5} and few.in_doubt == now.in_doubt


def test_what_decides_together_with_what_is_looked_at_is_looked_at_too() -> None:
    again, _ = otherwise(
        drawn(1, 2, 3), drawn(1, 2, 3), {1}, lambda entries: {*entries, 2, 99} if 1 in entries else set()
    )
    assert again == {1, 2}
