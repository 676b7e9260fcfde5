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
from parley.incidents.linkage.window import WINDOW, Window


@dataclass(frozen=True)
class Pairs:
    """Rows of `Columns` that are compared; `left` < `right`, in order, each pair once."""

    left: Ints
    right: Ints

    def __len__(self) -> int:
        return len(self.left)

    def take(self, which: NDArray[np.bool_] | Ints) -> "Pairs":
        return Pairs(self.left[which], self.right[which])


def candidates(
    reports: Columns, window: Window = WINDOW, most: int = 500_000, parted: Crowds | None = None
) -> Iterator[Pairs]:
    """Yield all pairs to be compared, in batches made of about *most* raw hits, each sorted; every pair in one batch.

    A vague report is in no pair, and two rows of one list of incidents are in none. Reports of one crowd are compared
    with those of their part of it only: *parted*, by default what `crowds` gives.
    """
    finders = finders_of(reports, window, crowds(reports, window) if parted is None else parted)
    for rows in _batches(_hits(reports, finders), most):
        hits = [finder.of(rows) for finder in finders]
        left, right = (np.concatenate(side) for side in zip(*hits, strict=True))
        left, right = left[left < right], right[left < right]  # the other way round it is another row's pair
        kinds, source = reports.cardinality, reports.source
        apart = (source[left] != source[right]) | (kinds[left] != INCIDENTS) | (kinds[right] != INCIDENTS)
        key = np.unique((left * len(reports) + right)[apart])
        yield Pairs(key // len(reports), key % len(reports))


def crowds(reports: Columns, window: Window = WINDOW) -> Crowds:
    """Return the reports that are near too many others to be compared with all of them."""
    near = np.zeros(len(reports), dtype=np.int64)
    for finder in finders_of(reports, window, Crowds(np.full(len(reports), -1, dtype=np.int64))):
        near = np.maximum(near, finder.most_hits(np.arange(len(reports), dtype=np.int64)))
    return part_crowds(reports, near, window.least)


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
