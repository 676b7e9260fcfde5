"""Which pairs of reports are compared at all: near in space and time; or alike in the place's name and the day; or
citing one address; or, where one gives no point, in one area on one day.

Never by the actor: that is what is disputed. Each finds pairs that the others miss: coordinates alone lose a sixth of
the true pairs of a real war's data (measured on the lists of 2017 that bench/matching.py reads), since many reports
have none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import INCIDENTS, Columns, Ints
from parley.incidents.linkage.crowds import Crowds, part_crowds
from parley.incidents.linkage.finders import Finder, finders_of
from parley.incidents.linkage.limits import Limits, window_limits
from parley.incidents.linkage.window import WINDOW, Window


@dataclass(frozen=True)
class Pairs:
    """Rows of `Columns` that are compared; `left` < `right`, in order, each pair once."""

    left: Ints
    right: Ints

    def __len__(self) -> int:
        return len(self.left)

    def take(self, which: NDArray[np.bool_] | Ints | slice) -> "Pairs":
        return Pairs(self.left[which], self.right[which])


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Return the pairs of all *parts*, one after the other."""
    return Pairs(np.concatenate([one.left for one in parts]), np.concatenate([one.right for one in parts]))


def candidates(
    reports: Columns,
    window: Window = WINDOW,
    most: int = 500_000,
    parted: Crowds | None = None,
    limits: Limits | None = None,
) -> Iterator[Pairs]:
    """Yield all pairs to be compared, in batches made of about *most* raw hits, each sorted; every pair in one batch.

    A vague report is in no pair, and two rows of one list of incidents are in none. Reports of one crowd are compared
    with those of their part of it only: *parted*, by default what `crowds` gives. Some pairs that lie beyond *limits*,
    by default those of the window, are left out.
    """
    limits = limits or window_limits(reports, window)
    finders = finders_of(reports, window, limits, crowds(reports, window, limits) if parted is None else parted)
    for rows in _batches(_hits(reports, finders), most):
        hits = [finder.of(rows) for finder in finders]
        left, right = (np.concatenate(side) for side in zip(*hits, strict=True))
        left, right = left[left < right], right[left < right]  # the other way round it is another row's pair
        apart = may_be_one(reports, left, right)
        left, right = left[apart], right[apart]
        worth = limits.may(left, right)
        key = np.unique((left * len(reports) + right)[worth])
        yield Pairs(key // len(reports), key % len(reports))


def may_be_one(reports: Columns, left: Ints, right: Ints) -> NDArray[np.bool_]:
    """Say of pairs whether they may be of one event: two rows of one list of incidents never are."""
    kinds, source = reports.cardinality, reports.source
    apart = (source[left] != source[right]) | (kinds[left] != INCIDENTS) | (kinds[right] != INCIDENTS)
    found: NDArray[np.bool_] = apart
    return found


def crowds(reports: Columns, window: Window = WINDOW, limits: Limits | None = None) -> Crowds:
    """Return the reports that are near too many others to be compared with all of them."""
    return part_crowds(reports, near_others(reports, window, limits or window_limits(reports, window)), window.least)


def near_others(reports: Columns, window: Window, limits: Limits) -> Ints:
    """Return how many each report is near, itself and those of its own list included, some of them twice."""
    near = np.zeros(len(reports), dtype=np.int64)
    for finder in finders_of(reports, window, limits, Crowds(np.full(len(reports), -1, dtype=np.int64))):
        near = np.maximum(near, finder.most_hits(np.arange(len(reports), dtype=np.int64)))
    return near


def _hits(reports: Columns, finders: Sequence[Finder]) -> Ints:
    rows = np.arange(len(reports), dtype=np.int64)
    return sum((finder.hits(rows) for finder in finders), np.ones_like(rows))


def _batches(hits: Ints, most: int) -> Iterator[Ints]:
    """Yield all rows, in order, in batches with *most* of *hits* or fewer, but for a row that has more alone."""
    ends = np.cumsum(hits)
    first = 0
    while first < len(hits):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + most, "right")))
        yield np.arange(first, last, dtype=np.int64)
        first = last
