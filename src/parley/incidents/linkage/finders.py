"""What finds pairs without asking all: indices of cells and days, of names, addresses and areas, of parts of crowds.

A finder gives raw hits (pairs of rows, some of them twice or the wrong way round), and says beforehand how many.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import NOWHERE, VAGUE, Columns, Ints
from parley.incidents.linkage.crowds import Crowds
from parley.incidents.linkage.grid import Grid
from parley.incidents.linkage.limits import Limits, Rungs, cut_short
from parley.incidents.linkage.window import Window, compared, days_of, square_apart


class _Index:
    """Rows by an integer key, found by ranges of keys."""

    def __init__(self, key: Ints, row: Ints) -> None:
        order = np.argsort(key, kind="stable")
        self.key, self.row = key[order], row[order]

    def count(self, first: Ints, last: Ints) -> Ints:
        """Return how many rows have a key in each range, both ends included."""
        found: Ints = np.searchsorted(self.key, last, "right") - np.searchsorted(self.key, first, "left")
        return found

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
        self._cut_short = cut_short(reports, window)

    def each(self, rows: Ints, slack: int) -> tuple[Ints, Ints]:
        """Return (row, day) for every day of every row under which it is found.

        A time that is cut short is found by *slack* days more: who asks may overlap what is cut.
        """
        length = self.last[rows] + slack * self._cut_short[rows] - self.first[rows] + 1
        which = np.repeat(rows, length)
        offset = np.arange(len(which), dtype=np.int64) - np.repeat(np.cumsum(length) - length, length)
        return which, np.minimum(self.first[which] + offset, self.count - 1)

    def around(self, rows: Ints, slack: Ints) -> tuple[Ints, Ints]:
        """Return the first and the last day that each of *rows* asks for."""
        slack = slack[rows]
        return np.maximum(self.first[rows] - slack, 0), np.minimum(self.last[rows] + slack, self.count - 1)

    def gap(self, left: Ints, right: Ints) -> Ints:
        """Return how many days lie between, 0 or less where a day is shared."""
        gap: Ints = np.maximum(self.first[left], self.first[right]) - np.minimum(self.last[left], self.last[right])
        return gap


class Near:
    """Pairs near in space and time, of *asking* with *among*; two rows meet in the coarser of their grids."""

    def __init__(
        self,
        reports: Columns,
        window: Window,
        limits: Limits,
        days: _Days,
        asking: NDArray[np.bool_],
        among: NDArray[np.bool_],
    ) -> None:
        self._reports, self._window, self._days = reports, window, days
        self._slack = np.minimum(limits.days, window.days)
        rungs = Rungs(window)
        placed = reports.lat != NOWHERE
        rung = rungs.of(limits.arc)
        self._meetings: list[tuple[NDArray[np.bool_], Grid, _Index]] = []  # (who looks, in which grid, among whom)
        for number, grid in enumerate(rungs.grids):
            here, finer = placed & (rung == number), placed & (rung < number)
            self._meet(here & asking, grid, (here | finer) & among)
            self._meet(finer & asking, grid, here & among)

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        left, right = (np.concatenate(side) for side in zip(*self._around(rows), strict=True))
        ahead = left < right
        left, right = left[ahead], right[ahead]
        near = self._is_near(left, right)
        return left[near], right[near]

    def hits(self, rows: Ints) -> Ints:
        """Return how many raw hits each of *rows* has."""
        found = np.zeros(len(rows), dtype=np.int64)
        for members, grid, index in self._meetings:
            here = np.flatnonzero(members[rows])
            for which, first, last in self._ranges(rows[here], grid):
                found[here[which]] += index.count(first, last)
        return found

    most_hits = hits

    def _meet(self, asking: NDArray[np.bool_], grid: Grid, among: NDArray[np.bool_]) -> None:
        if asking.any() and among.any():
            row, day = self._days.each(np.flatnonzero(among), self._window.days)
            cell = grid.cells(self._reports.lat[row], self._reports.lon[row])
            self._meetings.append((asking, grid, _Index(cell * self._days.count + day, row)))

    def _around(self, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        yield rows[:0], rows[:0]
        for members, grid, index in self._meetings:
            yield from self._beside(rows[members[rows]], grid, index)

    def _beside(self, rows: Ints, grid: Grid, index: _Index) -> Iterator[tuple[Ints, Ints]]:
        """Yield what *index* holds in the cells of *rows* and the eight around each."""
        for which, first, last in self._ranges(rows, grid):
            asked, found = index.between(first, last)
            yield rows[which][asked], found

    def _ranges(self, rows: Ints, grid: Grid) -> Iterator[tuple[NDArray[np.bool_], Ints, Ints]]:
        """Yield (which of *rows*, first key, last key) for the cells of *rows* and the eight around each."""
        first, last = self._days.around(rows, self._slack)
        for which, cell in grid.around(self._reports.lat[rows], self._reports.lon[rows]):
            base = cell * self._days.count
            yield which, base + first[which], base + last[which]

    def _is_near(self, left: Ints, right: Ints) -> NDArray[np.bool_]:
        reach = self._window.reach(self._reports.radius[left], self._reports.radius[right])
        near: NDArray[np.bool_] = square_apart(self._reports, left, right) <= reach * reach
        return near & (self._days.gap(left, right) <= self._window.days)


class Sharing:
    """Pairs that share a key, some days apart at most: rows of *asking* with rows of *among*.

    For every pair to be found from either of its rows, somebody must ask among those who ask for him.
    """

    def __init__(
        self,
        keys: Ints,
        limits: Limits,
        days: _Days,
        slack: int,
        asking: NDArray[np.bool_],
        among: NDArray[np.bool_],
    ) -> None:
        self._days, self._most, self._asking, self._there = days, slack, asking, keys > 0
        self._slack = np.minimum(limits.days, slack)
        _, number = np.unique(keys, return_inverse=True)
        self._number = number.reshape(keys.shape).astype(np.int64)
        self._words = keys.shape[1]
        row, day = days.each(np.flatnonzero(among), slack)
        words = range(keys.shape[1])
        there = np.concatenate([self._there[row, word] for word in words])
        key = np.concatenate([self._number[row, word] * days.count + day for word in words])
        self._index = _Index(key[there], np.tile(row, keys.shape[1])[there])

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        lefts, rights = [rows[:0]], [rows[:0]]
        for where, first, last in self._ranges(rows):
            which, found = self._index.between(first, last)
            lefts.append(rows[where][which])
            rights.append(found)
        left, right = np.concatenate(lefts), np.concatenate(rights)
        soon = self._days.gap(left, right) <= self._most
        return left[soon], right[soon]

    def hits(self, rows: Ints) -> Ints:
        """Return how many raw hits each of *rows* has."""
        found: Ints = self._counts(rows).sum(axis=0)
        return found

    def most_hits(self, rows: Ints) -> Ints:
        """Return how many rows share the key of each of *rows* that most share."""
        found: Ints = self._counts(rows).max(axis=0, initial=0)
        return found

    def _counts(self, rows: Ints) -> Ints:
        found = np.zeros((self._words, len(rows)), dtype=np.int64)
        for counts, (where, first, last) in zip(found, self._ranges(rows), strict=True):
            counts[where] = self._index.count(first, last)
        return found

    def _ranges(self, rows: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Yield for each word of the keys (which of *rows* have it, first key, last key)."""
        for number, there in zip(self._number.T, self._there.T, strict=True):
            where = np.flatnonzero(there[rows] & self._asking[rows])
            mine = rows[where]
            base = number[mine] * self._days.count
            first, last = self._days.around(mine, self._slack)
            yield where, base + first, base + last


class Within:
    """Pairs of one part of a crowd that the definition names."""

    def __init__(self, reports: Columns, window: Window, parted: Crowds) -> None:
        self._reports, self._window, self._part = reports, window, parted.part
        inside = np.flatnonzero(parted.inside)
        self._index = _Index(parted.part[inside], inside)

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        mine = rows[self._part[rows] >= 0]
        which, right = self._index.between(self._part[mine], self._part[mine])
        left = mine[which]
        ahead = left < right
        left, right = left[ahead], right[ahead]
        found = compared(self._reports, left, right, self._window)
        return left[found], right[found]

    def hits(self, rows: Ints) -> Ints:
        """Return how many raw hits each of *rows* has."""
        part = self._part[rows]
        return np.where(part >= 0, self._index.count(part, part), 0)

    most_hits = hits


Finder = Near | Sharing | Within


def finders_of(reports: Columns, window: Window, limits: Limits, parted: Crowds) -> tuple[Finder, ...]:
    """Return what finds all pairs: who is in no crowd asks among all, who is in a crowd among all that are in none."""
    days = _Days(reports, window)
    told = reports.cardinality != VAGUE
    crowded = parted.inside
    if not crowded.any():
        return tuple(_asking(reports, window, limits, days, told, told))
    alone = told & ~crowded
    return (
        *_asking(reports, window, limits, days, alone, told),
        *_asking(reports, window, limits, days, told & crowded, alone),
        Within(reports, window, parted),
    )


def _asking(
    reports: Columns,
    window: Window,
    limits: Limits,
    days: _Days,
    asking: NDArray[np.bool_],
    among: NDArray[np.bool_],
) -> Iterator[Near | Sharing]:
    yield Near(reports, window, limits, days, asking, among)
    yield Sharing(reports.names, limits, days, window.named_days, asking, among)
    yield Sharing(reports.link[:, None], limits, days, window.cited_days, asking, among)
    lost = np.full(len(reports), window.by_area) | (reports.lat == NOWHERE)
    area = reports.area[:, None]
    yield Sharing(area, limits, days, window.area_days, asking & lost, among)
    yield Sharing(area, limits, days, window.area_days, asking & ~lost, among & lost)
