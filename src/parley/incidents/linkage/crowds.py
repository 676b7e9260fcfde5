"""Crowds: reports so near each other that comparing all with all would take memory by the square of their number.

A crowd is parted, by what its reports say, and only reports of one part are compared; what is left out is counted. How
it is parted depends on nothing but the reports: neither on who says it nor on when it came. A report that is in no
crowd is compared with all that are near, whoever they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import INCIDENTS, NOWHERE, Columns, Ints
from parley.incidents.linkage.grid import Grid
from parley.incidents.linkage.runs import changes, since

MOST_NEAR = 4096
"""A report is in a crowd where it is near more reports than this, itself and those of its own list included."""
PART = 256
"""So many reports of a crowd are compared all with all."""


@dataclass(frozen=True)
class Crowd:
    """The reports of a crowd in one cell of the map, or of one place's name where they give no point.

    Args:
        rows: the reports, in order of what they say.
        compared, left_out: pairs of them that were compared, and that were not, two rows of one list aside.
    """

    rows: Ints
    compared: int
    left_out: int


@dataclass(frozen=True)
class Crowds:
    """For each row the number of its part; -1 where it is in no crowd."""

    part: Ints
    crowds: tuple[Crowd, ...] = ()

    @property
    def inside(self) -> NDArray[np.bool_]:
        there: NDArray[np.bool_] = self.part >= 0
        return there


def part_crowds(reports: Columns, near: Ints, height: int, most: int = MOST_NEAR, size: int = PART) -> Crowds:
    """Return the crowds among *reports*, parted.

    Equal reports of several lists stay together: the first of each list, then the second of each.

    Args:
        near: how many reports each is near.
        height: that of a cell, in millionths of a degree of arc.
    """
    part = np.full(len(reports), -1, dtype=np.int64)
    rows = np.flatnonzero(near > most)
    if not len(rows):
        return Crowds(part)
    cell = _cells(reports, rows, height)
    order, equal = _by_what_they_say(reports, rows, cell)
    rows, cell = rows[order], cell[order]
    found = []
    for begin, end in zip(*_runs(cell), strict=True):
        part[rows[begin:end]] = part.max() + 1 + _parts(equal[begin:end], size)
        found.append(_crowd(reports, rows[begin:end], part))
    return Crowds(part, tuple(found))


def _cells(reports: Columns, rows: Ints, height: int) -> Ints:
    """Return the number of the cell of each of *rows*; of those that give no point, one for each name, or area."""
    placed = reports.lat[rows] != NOWHERE
    named = np.where(reports.names[rows, 0] > 0, reports.names[rows, 0], reports.area[rows])
    at = np.where(placed, Grid(height).cells(np.where(placed, reports.lat[rows], 0), reports.lon[rows]), named)
    return np.unique(np.stack([placed, at], axis=1), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _by_what_they_say(reports: Columns, rows: Ints, cell: Ints) -> tuple[Ints, Ints]:
    """Return the order of *rows* by cell and by what they say, and in that order a number for those that are equal.

    Of equal rows of one list the first is equal to the first of another list, and so on.
    """
    keys = [cell, *(key[rows] for key in _keys(reports))]
    source = reports.source[rows]
    first = np.lexsort([np.arange(len(rows)), source, *reversed(keys)])
    again = since(changes(*(key[first] for key in (*keys, source))))
    number = np.empty_like(again)
    number[first] = again
    order = np.lexsort([np.arange(len(rows)), number, *reversed(keys)])
    return order, np.cumsum(changes(*(key[order] for key in (*keys, number))))


def _keys(reports: Columns) -> list[Ints]:
    keys = [reports.start, reports.end, reports.lat, reports.lon, reports.radius, *reports.names.T, reports.area]
    keys += [bound for number in reports.ranges.values() for bound in (number.low, number.high)]
    return [*keys, *reports.terms.values(), reports.link, reports.cardinality]


def _runs(values: Ints) -> tuple[list[int], list[int]]:
    begin = np.flatnonzero(changes(values)).tolist()
    return begin, [*begin[1:], len(values)]


def _parts(equal: Ints, size: int) -> Ints:
    """Return the number of the part of each row, from 0: *size* rows or fewer, of equal ones all if there is room."""
    parts = np.zeros(len(equal), dtype=np.int64)
    number, room = -1, 0
    for begin, end in zip(*_runs(equal), strict=True):
        if end - begin > room:
            number, room = number + 1, size
        while end - begin > room:
            parts[begin : begin + room] = number
            begin, number, room = begin + room, number + 1, size
        parts[begin:end] = number
        room -= end - begin
    return parts


def _crowd(reports: Columns, rows: Ints, part: Ints) -> Crowd:
    _, parts = np.unique(part[rows], return_inverse=True)
    every = _pairs(reports, rows, np.zeros_like(rows))
    compared = _pairs(reports, rows, parts.reshape(-1).astype(np.int64))
    return Crowd(rows, compared, every - compared)


def _pairs(reports: Columns, rows: Ints, group: Ints) -> int:
    """Return how many pairs of *rows* are of one *group*, two rows of one list of incidents aside."""

    def twos(counts: NDArray[np.int64]) -> int:
        return int((counts * (counts - 1) // 2).sum())

    listed = reports.cardinality[rows] == INCIDENTS
    both = np.stack([group[listed], reports.source[rows][listed]], axis=1)
    return twos(np.bincount(group)) - twos(np.unique(both, axis=0, return_counts=True)[1])
