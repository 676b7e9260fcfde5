"""How alike two reports are: for each field a level, a small integer, so that a table of weights does the rest.

Integers only: the same pair has the same levels in numpy, in DuckDB and on Spark.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.columns import (
    AGGREGATE,
    MINUTES_OF_DAY,
    NOWHERE,
    SILENT,
    UDEG_PER_M,
    Columns,
    Ints,
)
from parley.incidents.linkage.window import gap_minutes, square_apart

PLACE_TIMES = (5, 15, 40, 80, 150, 300, 600, 1500)
"""Bounds of the distance in hundredths of what both reports are in doubt (root of the squares of their radii)."""
LEAST_DOUBT = round(700 * UDEG_PER_M)
"""Added to every radius, as root of squares: two who say "exact" still differ so much (half of them by 0.6 km)."""
FAR = 3_000_000
"""Millionths of a degree of arc; what is farther is as far."""

TIME_BOUNDS = (6 * 60, MINUTES_OF_DAY + 60, 3 * MINUTES_OF_DAY + 60)
"""Minutes: how exactly a time is told."""

GAPS = ("times overlap", "within two hours", "on the next day", "two days apart", "more days apart")
LENGTHS = ("told to a few hours", "told to the day", "told to three days", "told to more days")

LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "place": (
            "a place is not given",
            *(f"within {bound / 100:g} times the stated doubt" for bound in PLACE_TIMES),
            f"more than {PLACE_TIMES[-1] / 100:g} times the stated doubt apart",
        ),
        "time": tuple(f"{gap}, {length}" for gap in GAPS for length in LENGTHS),
        "name": (
            "a place's name is not given",
            "no word of the place's name in common",
            "a word of the place's name in common",
            "the words of one place's name stand in the other",
            "the same place's name",
        ),
        "link": ("an address is not given", "no address in common", "the same address cited"),
        "words": (
            "no telling words in one script given by both",
            "no telling word in common",
            "a telling word in common",
            "two telling words in common",
            "three telling words or more in common",
            "most telling words in common",
        ),
    }
)
"""What the levels of the fields that every report may have mean, in words."""

NO_WORD = 1
"""The level of two names that have no word in common; the higher ones have some."""
PART_BOUNDS = (1, 2, 3, 5)
"""A number that may be a part of what a wider report counts tells more the larger it is: classes of its lower bound."""
_COUNTED = ("none", "1", "2", "3 or 4", "5 or more")
AGAINST_WIDER = (
    "the same number",
    "ranges that overlap",
    "the wider report counts more, by a factor of 1.5 at most",
    "the wider report counts more, by a factor of 3 at most",
    "the wider report counts more",
    "the wider report counts none",
    "the wider report counts fewer, by a factor of 1.5 at most",
    "the wider report counts fewer, by a factor of 3 at most",
    "the wider report counts fewer",
)
RANGE_LEVELS = (
    "not given by both",
    "both none",
    "none, and some",
    "the same number",
    "ranges that overlap",
    "apart by a factor of 1.5 at most",
    "apart by a factor of 3 at most",
    "apart by more",
    *(f"{part} here: {against}" for part in _COUNTED for against in AGAINST_WIDER),
)
"""The first eight are of two reports of a kind, the others of one that may be a part of what a wider one counts."""
ALIKE = len(RANGE_LEVELS) - len(_COUNTED) * len(AGAINST_WIDER)
TERM_LEVELS = ("not given by both", "different", "the same")
MOST_SHARED = 3
"""Of so many words or more in common two thirds of the shorter text are most."""


@dataclass(frozen=True)
class Scale:
    """Levels that are each other's alternatives: what one speaks for is how often it is seen rather than the others.

    Args:
        seen: what it is called in `seen.yaml`.
        groups: the levels, in order, once for each circumstance in which they are asked for (how exactly the times are
            told, how many a part counts); the circumstance alone speaks for nothing. A level in no scale is silence.
    """

    seen: str
    groups: tuple[tuple[int, ...], ...]


def scales(field: str, is_range: bool) -> tuple[Scale, ...]:
    """Return the scales of *field*, which is one of `LEVELS`, a range or a term."""
    if field == "time":
        lengths = range(len(LENGTHS))
        return (Scale("time", tuple(tuple(range(one, len(LEVELS["time"]), len(LENGTHS))) for one in lengths)),)
    if field in LEVELS:
        return (Scale(field, (tuple(range(1, len(LEVELS[field]))),)),)
    if not is_range:
        return (Scale("terms", ((1, 2),)),)
    parts = tuple(
        tuple(range(first, first + len(AGAINST_WIDER))) for first in range(ALIKE, len(RANGE_LEVELS), len(AGAINST_WIDER))
    )
    return Scale("ranges", (tuple(range(1, ALIKE)),)), Scale("parts", parts)


def levels_of(field: str, is_range: bool) -> tuple[str, ...]:
    """Return what the levels of *field* mean, in words."""
    return LEVELS.get(field) or (RANGE_LEVELS if is_range else TERM_LEVELS)


def words(reports: Columns, field: str, level: int) -> str:
    """Return what *level* of *field* means."""
    return levels_of(field, field in reports.ranges)[level]


def levels(reports: Columns, pairs: Pairs) -> dict[str, Ints]:
    """Return the level of every pair for each field: "place", "time", "name", "link", and the further ones by name, of
    which "words" is one where texts are given."""
    left, right = pairs.left, pairs.right
    found = {name: compare(reports, left, right) for name, compare in _ALWAYS.items()}
    wider = reports.cardinality == AGGREGATE
    crossing = [
        (np.flatnonzero(~wider[part] & wider[whole]), part, whole) for part, whole in ((left, right), (right, left))
    ]
    for name, number in reports.ranges.items():
        found[name] = _ranges(number.low[left], number.high[left], number.low[right], number.high[right])
        for where, part, whole in crossing:
            given = where[(number.low[left[where]] != SILENT) & (number.low[right[where]] != SILENT)]
            one, all_ = part[given], whole[given]
            found[name][given] = _parts(number.low[one], number.high[one], number.low[all_], number.high[all_])
    for name, term in reports.terms.items():
        found[name] = np.where((term[left] < 0) | (term[right] < 0), 0, 1 + (term[left] == term[right]))
    for name, text in reports.texts.items():
        found[name] = _words(text[left], text[right])
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
    first, second = reports.link[left], reports.link[right]
    level: Ints = np.where((first == 0) | (second == 0), 0, 1 + (first == second))
    return level


def _words(first: Ints, second: Ints) -> Ints:
    """Return the level of two texts; both of shape (pairs, 1 + WORD_COLUMNS)."""
    in_one_script = (first[:, 0] & second[:, 0]) != 0
    common, left, right = (_count(bits[:, 1:]) for bits in (first & second, first, second))
    most = (common >= MOST_SHARED) & (3 * common >= 2 * np.minimum(left, right))
    level: Ints = np.where(most, 5, 1 + np.minimum(common, 3))
    level[~in_one_script & (common == 0)] = 0
    return level


def _count(bits: Ints) -> Ints:
    count: Ints = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    return count


def _ranges(low: Ints, high: Ints, other_low: Ints, other_high: Ints) -> Ints:
    least, most = np.maximum(low, other_low), np.minimum(high, other_high)  # apart where least > most
    meet = least <= most
    same = (low == other_low) & (high == other_high) & (low == high)
    level: Ints = np.where(meet, 4, 5 + _beyond_factors(least, most))
    level = np.where(~meet & (most == 0), 2, level)
    level = np.where(meet & (np.maximum(high, other_high) == 0), 1, np.where(same & (high > 0), 3, level))
    level[(low == SILENT) | (other_low == SILENT)] = 0
    return level


def _parts(low: Ints, high: Ints, whole_low: Ints, whole_high: Ints) -> Ints:
    """Return the level of a number against that of a wider report, which may count others with it."""
    fewer, more = high < whole_low, low > whole_high
    level: Ints = np.where((low == whole_low) & (high == whole_high) & (low == high), 0, 1)
    level = np.where(fewer, 2 + _beyond_factors(whole_low, high), level)
    level = np.where(more, 6 + _beyond_factors(low, whole_high), level)
    level[more & (whole_high == 0)] = 5
    part = sum((low >= bound).astype(np.int64) for bound in PART_BOUNDS)
    found: Ints = ALIKE + part * len(AGAINST_WIDER) + level
    return found


def _beyond_factors(more: Ints, fewer: Ints) -> Ints:
    """Return 0 where *more* is at most one and a half times *fewer*, 1 where at most three times, else 2."""
    beyond: Ints = (more * 2 > fewer * 3 + 1).astype(np.int64) + (more > fewer * 3 + 1)
    return beyond


_ALWAYS: Mapping[str, Callable[[Columns, Ints, Ints], Ints]] = MappingProxyType(
    {"place": _place, "time": _time, "name": _name, "link": _link}
)
