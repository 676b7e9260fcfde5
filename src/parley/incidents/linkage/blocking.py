"""Which pairs of reports are compared at all: near in space and time; or alike in the place's name and the day; or
citing one address; or, where one gives no point, in one area on one day.

Never by the actor: that is what is disputed. Each finds pairs that the others miss: coordinates alone lose a sixth of
the true pairs of a real war's data (measured on the lists of 2017 that bench/matching.py reads), since many reports
have none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import (
    INCIDENTS,
    MINUTES_OF_DAY,
    NOWHERE,
    UDEG_PER_M,
    VAGUE,
    Columns,
    Ints,
)
from parley.incidents.linkage.grid import FULL_CIRCLE, Grid

SPARE = round(10_000 * UDEG_PER_M)
"""Millionths of a degree of arc: two points may lie so much farther apart than twice what both radii say."""


@dataclass(frozen=True)
class Window:
    """How far apart two reports may lie to be compared.

    Args:
        least_m: at least so far in space; farther by their radii, see `reach`.
        most_m: never farther than this: the height of a coarse cell.
        days: by so many days may their times miss each other where they are near in space.
        named_days: the same where they are alike in name.
        cited_days: the same where they cite one address.
        area_days: the same where they name one area, and one of them gives no point.
        by_area: whether reports that both give a point are compared for their area too: for sparse lists, where a point
            may be far off.
        longest_days: a time longer than this counts by its first days.
    """

    least_m: int = 40_000
    most_m: int = 130_000
    days: int = 2
    named_days: int = 1
    cited_days: int = 7
    area_days: int = 1
    by_area: bool = False
    longest_days: int = 8

    def reach(self, radius: Ints, other: Ints) -> Ints:
        """Return how far apart two points with these radii may lie; all in millionths of a degree of arc."""
        wide = 2 * (radius + other) + SPARE
        found: Ints = np.clip(wide, self.least, self.most)
        return found

    def is_fine(self, radius: Ints) -> NDArray[np.bool_]:
        """Say whether two reports with this radius reach no farther than the least."""
        fine: NDArray[np.bool_] = self.reach(radius, radius) <= self.least
        return fine

    @property
    def least(self) -> int:
        """`least_m` in millionths of a degree of arc."""
        return round(self.least_m * UDEG_PER_M)

    @property
    def most(self) -> int:
        """`most_m` in millionths of a degree of arc."""
        return round(self.most_m * UDEG_PER_M)


WINDOW = Window()


@dataclass(frozen=True)
class Pairs:
    """Rows of `Columns` that are compared; `left` < `right`, in order, each pair once."""

    left: Ints
    right: Ints

    def __len__(self) -> int:
        return len(self.left)

    def take(self, which: NDArray[np.bool_] | Ints) -> "Pairs":
        return Pairs(self.left[which], self.right[which])


def candidates(reports: Columns, window: Window = WINDOW, most: int = 2_000_000) -> Iterator[Pairs]:
    """Yield all pairs to be compared, in batches made of about *most* raw hits, each sorted; every pair in one batch.

    A vague report is in no pair, and two rows of one list of incidents are in none.
    """
    finders = _finders(reports, window)
    step = max(1, most // max(1, round(sum(finder.per_row for finder in finders))))
    for first in range(0, len(reports), step):
        rows = np.arange(first, min(first + step, len(reports)), dtype=np.int64)
        hits = [finder.of(rows) for finder in finders]
        left, right = (np.concatenate(side) for side in zip(*hits, strict=True))
        left, right = left[left < right], right[left < right]  # the other way round it is another row's pair
        kinds, source = reports.cardinality, reports.source
        apart = (source[left] != source[right]) | (kinds[left] != INCIDENTS) | (kinds[right] != INCIDENTS)
        key = np.unique((left * len(reports) + right)[apart])
        yield Pairs(key // len(reports), key % len(reports))


def compared(reports: Columns, left: Ints, right: Ints, window: Window = WINDOW) -> NDArray[np.bool_]:
    """Say of any pairs whether `candidates` would find them: the definition, at the cost of asking every pair."""
    first, last = days_of(reports, window)
    gap = np.maximum(first[left], first[right]) - np.minimum(last[left], last[right])
    placed = (reports.lat[left] != NOWHERE) & (reports.lat[right] != NOWHERE)
    reach = window.reach(reports.radius[left], reports.radius[right])
    near = placed & (gap <= window.days)
    near[near] = square_apart(reports, left[near], right[near]) <= reach[near] ** 2
    named = (reports.names[left][:, :, None] == reports.names[right][:, None, :]) & (
        reports.names[left][:, :, None] > 0
    )
    one_area = (reports.area[left] > 0) & (reports.area[left] == reports.area[right]) & (gap <= window.area_days)
    one_area &= ~placed | window.by_area
    cited = (reports.link[left] > 0) & (reports.link[left] == reports.link[right])
    found = near | named.any(axis=(1, 2)) & (gap <= window.named_days) | one_area | cited & (gap <= window.cited_days)
    kinds = reports.cardinality
    told = (kinds[left] != VAGUE) & (kinds[right] != VAGUE)
    lists = (kinds[left] == INCIDENTS) & (kinds[right] == INCIDENTS) & (reports.source[left] == reports.source[right])
    answer: NDArray[np.bool_] = found & told & ~lists & (left != right)
    return answer


def days_of(reports: Columns, window: Window = WINDOW) -> tuple[Ints, Ints]:
    """Return first and last day of each report, as days since 1970 UTC; of a long time only the first days count."""
    first = reports.start // MINUTES_OF_DAY
    last = np.maximum(first, (reports.end - 1) // MINUTES_OF_DAY)
    return first, np.minimum(last, first + window.longest_days - 1)


def gap_minutes(reports: Columns, left: Ints, right: Ints) -> Ints:
    """Return the minutes between two times, 0 where they overlap or touch."""
    start = np.maximum(reports.start[left], reports.start[right])
    gap: Ints = np.maximum(0, start - np.minimum(reports.end[left], reports.end[right]))
    return gap


def square_apart(reports: Columns, left: Ints, right: Ints) -> Ints:
    """Return the squared distance of two points in square millionths of a degree of arc; both must have one.

    On a plane that is as wide as the mean of the two latitudes: good to a few parts in a thousand within the window,
    and a report's own doubt is larger.
    """
    high = reports.lat[left] - reports.lat[right]
    around = np.abs(reports.lon[left] - reports.lon[right])
    wide = np.minimum(around, FULL_CIRCLE - around) * (reports.width[left] + reports.width[right]) // 2_000_000
    square: Ints = high * high + wide * wide
    return square


class _Index:
    """Rows by an integer key, found by ranges of keys."""

    def __init__(self, key: Ints, row: Ints) -> None:
        order = np.argsort(key, kind="stable")
        self.key, self.row = key[order], row[order]

    def between(self, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Return (which range, row) of every row with a key in a range, both ends included."""
        begin = np.searchsorted(self.key, first, "left")
        count = np.searchsorted(self.key, last, "right") - begin
        which = np.repeat(np.arange(len(first), dtype=np.int64), count)
        offset = np.arange(len(which), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
        return which, self.row[begin[which] + offset]


class _Days:
    """Days of reports as numbers from 0, and keys made of a group and a day of it."""

    def __init__(self, reports: Columns, window: Window) -> None:
        first, last = days_of(reports, window)
        base = int(first.min(initial=0)) - 16
        self.first, self.last = first - base, last - base
        self.count = int(self.last.max(initial=0)) + 16

    def each(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return (row, day) for every day of every row."""
        length = self.last[rows] - self.first[rows] + 1
        which = np.repeat(rows, length)
        offset = np.arange(len(which), dtype=np.int64) - np.repeat(np.cumsum(length) - length, length)
        return which, self.first[which] + offset


class _Near:
    """Pairs near in space and time. Two reports with small radii meet in fine cells, all others in coarse ones."""

    def __init__(self, reports: Columns, window: Window, days: _Days) -> None:
        self._reports, self._window, self._days = reports, window, days
        placed = (reports.lat != NOWHERE) & (reports.cardinality != VAGUE)
        fine_grid, coarse_grid = Grid(window.least), Grid(window.most)
        fine = placed & window.is_fine(reports.radius)
        coarse = placed & ~fine
        self._meetings = [  # (who looks, in which grid, among whom)
            (fine, fine_grid, self._index(fine_grid, fine)),
            (fine, coarse_grid, self._index(coarse_grid, coarse)),
            (coarse, coarse_grid, self._index(coarse_grid, placed)),
        ]
        self.per_row = self._usual()

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        left, right = (np.concatenate(side) for side in zip(*self._around(rows), strict=True))
        ahead = left < right
        left, right = left[ahead], right[ahead]
        near = self._is_near(left, right)
        return left[near], right[near]

    def _usual(self) -> float:
        """Return how many raw hits a row has in a sample."""
        rows = np.arange(0, len(self._reports), max(1, len(self._reports) // 500), dtype=np.int64)
        return 1 + sum(len(left) for left, _ in self._around(rows)) / max(1, len(rows))

    def _index(self, grid: Grid, members: NDArray[np.bool_]) -> _Index:
        row, day = self._days.each(np.flatnonzero(members))
        cell = grid.cells(self._reports.lat[row], self._reports.lon[row])
        return _Index(cell * self._days.count + day, row)

    def _around(self, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        yield rows[:0], rows[:0]
        for members, grid, index in self._meetings:
            if len(index.key):
                yield from self._beside(rows[members[rows]], grid, index)

    def _beside(self, rows: Ints, grid: Grid, index: _Index) -> Iterator[tuple[Ints, Ints]]:
        """Yield what *index* holds in the cells of *rows* and the eight around each."""
        first, last = self._days.first[rows] - self._window.days, self._days.last[rows] + self._window.days
        for which, cell in grid.around(self._reports.lat[rows], self._reports.lon[rows]):
            base = cell * self._days.count
            asked, found = index.between(base + first[which], base + last[which])
            yield rows[which][asked], found

    def _is_near(self, left: Ints, right: Ints) -> NDArray[np.bool_]:
        reach = self._window.reach(self._reports.radius[left], self._reports.radius[right])
        return square_apart(self._reports, left, right) <= reach * reach


class _Sharing:
    """Pairs that share a key, some days apart at most: rows of *asking* with rows of *among*.

    For every pair to be found from either of its rows, somebody must ask among those who ask for him.
    """

    def __init__(
        self, keys: Ints, days: _Days, slack: int, asking: NDArray[np.bool_], among: NDArray[np.bool_]
    ) -> None:
        self._days, self._slack, self._asking, self._there = days, slack, asking, keys > 0
        _, number = np.unique(keys, return_inverse=True)
        self._number = number.reshape(keys.shape).astype(np.int64)
        row, day = days.each(np.flatnonzero(among))
        words = range(keys.shape[1])
        there = np.concatenate([self._there[row, word] for word in words])
        key = np.concatenate([self._number[row, word] * days.count + day for word in words])
        self._index = _Index(key[there], np.tile(row, keys.shape[1])[there])
        sample = np.arange(0, len(keys), max(1, len(keys) // 500), dtype=np.int64)
        self.per_row = len(self.of(sample)[0]) / max(1, len(sample))

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        rows = rows[self._asking[rows]]
        lefts, rights = [rows[:0]], [rows[:0]]
        for number, there in zip(self._number.T, self._there.T, strict=True):
            mine = rows[there[rows]]
            base = number[mine] * self._days.count
            first = np.maximum(self._days.first[mine] - self._slack, 0)
            last = np.minimum(self._days.last[mine] + self._slack, self._days.count - 1)
            which, found = self._index.between(base + first, base + last)
            lefts.append(mine[which])
            rights.append(found)
        return np.concatenate(lefts), np.concatenate(rights)


def _finders(reports: Columns, window: Window) -> tuple["_Near | _Sharing", ...]:
    days = _Days(reports, window)
    told = reports.cardinality != VAGUE
    lost = told & (window.by_area | (reports.lat == NOWHERE))
    return (
        _Near(reports, window, days),
        _Sharing(reports.names, days, window.named_days, told, told),
        _Sharing(reports.link[:, None], days, window.cited_days, told, told),
        _Sharing(reports.area[:, None], days, window.area_days, lost, told),
        _Sharing(reports.area[:, None], days, window.area_days, told & ~lost, lost),
    )
