"""How alike two reports are: for each field a level, a small integer, so that a table of weights does the rest.

Integers only: the same pair has the same levels in numpy, in DuckDB and on Spark.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from parley.incidents.linkage.blocking import Pairs, gap_minutes, square_apart
from parley.incidents.linkage.columns import MINUTES_OF_DAY, NOWHERE, SILENT, UDEG_PER_M, Columns, Ints

PLACE_TIMES = (15, 40, 80, 150, 300, 600, 1500)
"""Bounds of the distance in hundredths of what both reports are in doubt (root of the squares of their radii)."""
LEAST_DOUBT = round(700 * UDEG_PER_M)
"""Added to every radius, as root of squares: two who say "exact" still differ so much (half of them by 0.6 km)."""
FAR = 3_000_000
"""Millionths of a degree of arc; what is farther is as far."""

TIME_BOUNDS = (6 * 60, MINUTES_OF_DAY + 60, 3 * MINUTES_OF_DAY + 60)
"""Minutes: how exactly a time is told."""

LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "place": (
            "a place is not given",
            *(f"within {bound / 100:g} times the stated doubt" for bound in PLACE_TIMES),
            f"more than {PLACE_TIMES[-1] / 100:g} times the stated doubt apart",
        ),
        "time": tuple(
            f"{gap}, {length}"
            for gap in ("times overlap", "within two hours", "on the next day", "two days apart", "more days apart")
            for length in ("told to a few hours", "told to the day", "told to three days", "told to more days")
        ),
        "name": (
            "a place's name is not given",
            "no word of the place's name in common",
            "a word of the place's name in common",
            "the words of one place's name stand in the other",
            "the same place's name",
        ),
        "link": ("no address in common", "the same address cited"),
    }
)
"""What the levels of the fields that every report has mean, in words."""

RANGE_LEVELS = (
    "not given by both",
    "both none",
    "none, and some",
    "the same number",
    "ranges that overlap",
    "apart by a factor of 1.5 at most",
    "apart by a factor of 3 at most",
    "apart by more",
)
TERM_LEVELS = ("not given by both", "different", "the same")


def words(reports: Columns, field: str, level: int) -> str:
    """Return what *level* of *field* means."""
    if field in LEVELS:
        return LEVELS[field][level]
    return (RANGE_LEVELS if field in reports.ranges else TERM_LEVELS)[level]


def levels(reports: Columns, pairs: Pairs) -> dict[str, Ints]:
    """Return the level of every pair for each field: "place", "time", "name", "link", and the further ones by name."""
    left, right = pairs.left, pairs.right
    found = {name: compare(reports, left, right) for name, compare in _ALWAYS.items()}
    for name, number in reports.ranges.items():
        found[name] = _ranges(number.low[left], number.high[left], number.low[right], number.high[right])
    for name, term in reports.terms.items():
        found[name] = np.where((term[left] < 0) | (term[right] < 0), 0, 1 + (term[left] == term[right]))
    return found


def _place(reports: Columns, left: Ints, right: Ints) -> Ints:
    given = (reports.lat[left] != NOWHERE) & (reports.lat[right] != NOWHERE)
    square = np.full(len(left), FAR * FAR)
    square[given] = np.minimum(square_apart(reports, left[given], right[given]), FAR * FAR)
    scale = reports.radius[left] ** 2 + reports.radius[right] ** 2 + 2 * LEAST_DOUBT**2
    level = np.ones(len(left), dtype=np.int64)
    for bound in PLACE_TIMES:
        level += square * 10_000 > bound * bound * np.minimum(scale, doubt_enough(bound))
    level[~given] = 0
    return level


def doubt_enough(bound: int) -> int:
    """Return a squared doubt of which nothing is more than *bound* hundredths away; larger ones would overflow."""
    return FAR * FAR * 10_000 // (bound * bound) + 1


def _time(reports: Columns, left: Ints, right: Ints) -> Ints:
    gap = gap_minutes(reports, left, right)
    meet = np.maximum(reports.start[left], reports.start[right]) < np.minimum(reports.end[left], reports.end[right])
    first, second = reports.end[left] - reports.start[left], reports.end[right] - reports.start[right]
    whole_days = np.minimum(first, second) >= 20 * 60
    soon = (gap <= 120) & ~whole_days
    later = np.where(gap < MINUTES_OF_DAY, 2, np.where(gap < 2 * MINUTES_OF_DAY, 3, 4))
    missed = np.where(meet, 0, np.where(soon, 1, later))
    longest = np.maximum(first, second)
    # A day has 25 hours where clocks go back.
    length = sum((longest > bound).astype(np.int64) for bound in TIME_BOUNDS)
    level: Ints = missed * (len(TIME_BOUNDS) + 1) + length
    return level


def _name(reports: Columns, left: Ints, right: Ints) -> Ints:
    first, second = reports.names[left], reports.names[right]
    shared = np.zeros(len(left), dtype=np.int64)
    for word in range(first.shape[1]):
        shared += ((first[:, word, None] == second) & (second > 0)).any(axis=1)
    many, few = (first > 0).sum(axis=1), (second > 0).sum(axis=1)
    level: Ints = (
        1 + (shared > 0) + ((shared > 0) & (shared == np.minimum(many, few))) + ((shared == many) & (many == few))
    )
    level[(many == 0) | (few == 0)] = 0
    return level


def _link(reports: Columns, left: Ints, right: Ints) -> Ints:
    same: Ints = ((reports.link[left] > 0) & (reports.link[left] == reports.link[right])).astype(np.int64)
    return same


def _ranges(low: Ints, high: Ints, other_low: Ints, other_high: Ints) -> Ints:
    least, most = np.maximum(low, other_low), np.minimum(high, other_high)  # apart where least > most
    meet = least <= most
    same = (low == other_low) & (high == other_high) & (low == high)
    level: Ints = np.where(meet, 4, np.where(least * 2 <= most * 3 + 1, 5, np.where(least <= most * 3 + 1, 6, 7)))
    level = np.where(~meet & (most == 0), 2, level)
    level = np.where(meet & (np.maximum(high, other_high) == 0), 1, np.where(same & (high > 0), 3, level))
    level[(low == SILENT) | (other_low == SILENT)] = 0
    return level


_ALWAYS: Mapping[str, Callable[[Columns, Ints, Ints], Ints]] = MappingProxyType(
    {"place": _place, "time": _time, "name": _name, "link": _link}
)
