"""Which reports fit two incidents equally, so that nothing said decides where they belong.

A report is in doubt where another incident would have it and nothing would be lost: one that holds no row of its list,
or one whose row of its list would go the other way. Who says a thing decides nothing, nor does what came first. Of
rivals that say the same in every word it does not matter which is taken: there is no doubt. That three reports or more
might change places in a ring is not looked for.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.assignment import FLOOR, Judged, Member, Weigh, against, pair
from parley.incidents.linkage.clusters import Clusters, Weighed, members_of, order_of, weigh_by
from parley.incidents.linkage.columns import INCIDENTS, Columns


def doubtful(
    reports: Columns, weighed: Weighed, clusters: Clusters, judged: Judged, says: Callable[[int], Hashable]
) -> dict[int, tuple[int, ...]]:
    """Return the rows in doubt, each with the rows of the incidents that it fits equally.

    Args:
        says: what a report says in all its words, whoever says it.
    """
    asked = np.flatnonzero(_perhaps(reports, weighed, clusters))
    if not len(asked):
        return {}
    # What a row in doubt is weighed against are the incidents of rows that it may be brought together with.
    pairs, of = weighed.pairs, clusters.incident
    near = np.zeros(len(clusters.members) + 1, dtype=bool)  # the last is of wider reports, which have no incident
    near[of[asked]] = True
    beside = weighed.usable & (near[of[pairs.left]] | near[of[pairs.right]])
    near[of[pairs.left[beside]]] = near[of[pairs.right[beside]]] = True
    near[-1] = False
    inside = near[of[pairs.left]] & near[of[pairs.right]]
    rows = np.flatnonzero(near[of])
    told: dict[int, list[Member]] = {}
    for member in members_of(reports, rows, order_of(reports)):
        told.setdefault(int(of[member.row]), []).append(member)
    number = {row: int(of[row]) for row in rows.tolist()}
    group = {row: at for at, together in enumerate(judged.together) for row in together}
    places = _Places(told, number, weigh_by(weighed.take(inside)), judged, group, says)
    found: dict[int, set[int]] = {}
    for row in asked.tolist():
        for in_doubt, fits in places.exchanges(row):
            found.setdefault(in_doubt, set()).update(fits)
    return {row: tuple(sorted(fits)) for row, fits in sorted(found.items())}


def _perhaps(reports: Columns, weighed: Weighed, clusters: Clusters) -> NDArray[np.bool_]:
    """Say of each row whether any one report of another incident is as near to it as the farthest of its own."""
    of, pairs = clusters.incident, weighed.pairs
    size = np.bincount(of[of >= 0], minlength=1)
    most = np.full(len(reports), FLOOR, dtype=np.int64)
    least = np.full(len(reports), -FLOOR, dtype=np.int64)
    compared = np.zeros(len(reports), dtype=np.int64)
    core = (of[pairs.left] >= 0) & (of[pairs.right] >= 0)
    own = core & (of[pairs.left] == of[pairs.right])
    other = core & ~own & weighed.usable
    for side in (pairs.left, pairs.right):
        np.maximum.at(most, side[other], weighed.weight[other])
        np.minimum.at(least, side[own], weighed.weight[own])
        np.add.at(compared, side[own], 1)
    least[compared < size[of] - 1] = FLOOR
    found: NDArray[np.bool_] = (of >= 0) & (size[of] > 1) & (most > 0) & (most >= least)
    return found


@dataclass(frozen=True)
class _Places:
    """Incidents near each other: their reports by their numbers, and of each row the number."""

    told: Mapping[int, Sequence[Member]]
    of: Mapping[int, int]
    weigh: Weigh
    judged: Judged
    group: Mapping[int, int]
    says: Callable[[int], Hashable]

    def exchanges(self, row: int) -> Iterator[tuple[int, list[int]]]:
        """Yield the rows that may leave or take the place of *row*, itself among them, with the rows that each fits."""
        here = self.of[row]
        one, own = self._apart(row)
        if self._tied(one, own):
            return
        gain = against(one, own, self.weigh)
        for there in sorted({self.of[other] for other in self.weigh.likely(row) if other in self.of} - {here}):
            others = self.told[there]
            same_list = [other for other in others if one.cardinality == INCIDENTS and other.source == one.source]
            if not same_list:
                if self._may(one, others) and self._fits(one, others) >= gain and not self._alike(own, others):
                    yield row, [other.row for other in (*own, *others)]
            elif len(same_list) == 1 and len(others) > 1:
                rival, rest = self._apart(same_list[0].row)
                if self._tied(rival, rest) or not (self._may(one, rest) and self._may(rival, own)):
                    continue
                now, then = gain + against(rival, rest, self.weigh), self._fits(one, rest) + self._fits(rival, own)
                if then >= now and not self._alike([one], [rival]) and not self._alike(own, rest):
                    both = [other.row for other in (*own, *rest)]
                    yield row, both
                    yield rival.row, both

    def _apart(self, row: int) -> tuple[Member, list[Member]]:
        """Return *row*, and the others of its incident."""
        told = self.told[self.of[row]]
        (one,) = (member for member in told if member.row == row)
        return one, [member for member in told if member.row != row]

    def _fits(self, one: Member, told: Sequence[Member]) -> int:
        """Return what *one* weighs against *told*; `FLOOR`, with which nothing is as good, where it does not gain."""
        weight = against(one, told, self.weigh)
        return weight if weight > 0 else 2 * FLOOR

    def _tied(self, one: Member, told: Sequence[Member]) -> bool:
        """Say whether people said that *one* is together with any of *told*."""
        group = self.group.get(one.row)
        return group is not None and any(self.group.get(other.row) == group for other in told)

    def _may(self, one: Member, told: Sequence[Member]) -> bool:
        """Say whether nobody told *one* apart from *told*."""
        return not self.judged.apart or not any(pair(one.row, other.row) in self.judged.apart for other in told)

    def _alike(self, told: Sequence[Member], others: Sequence[Member]) -> bool:
        """Say whether the same sources say the same here and there."""
        here, there = (Counter((one.source, self.says(one.row)) for one in side) for side in (told, others))
        return here == there
