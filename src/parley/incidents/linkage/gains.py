"""How near two reports must be for their pair to weigh more than 0 at all, whatever else both say.

Worked out from the table of weights alone: with all other fields at their best, how far apart in place and time a pair
may be and still gain. So what it keeps finders from looking at is never of use, and nothing that could gain is missed.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import MINUTES_OF_DAY, NOWHERE, SILENT, Columns, Ints, Range
from parley.incidents.linkage.comparison import (
    ALIKE,
    FAR,
    GAPS,
    LEAST_DOUBT,
    LENGTHS,
    MOST_SHARED,
    PLACE_TIMES,
    RANGE_LEVELS,
    TIME_BOUNDS,
    doubt_enough,
)
from parley.incidents.linkage.limits import Limits, cut_short
from parley.incidents.linkage.weights import Weights
from parley.incidents.linkage.window import Window, square_apart

_GAPS_BY_DAYS = ((0, 1, 2), (1, 2, 3), (3, 4), (4,))
"""Which of `GAPS` two times may have whose days are the same, the next, two apart, and more."""


def gaining_limits(reports: Columns, weights: Weights, window: Window, crossing: bool = True) -> Limits:
    """Return the limits within which a pair of *reports* may weigh more than 0 by *weights*.

    *crossing* says whether there are wider reports and others, of which one may be a part of the other.
    """
    place = np.array(weights.fields["place"], dtype=np.int64)
    rest = weights.start + sum(_most(reports, field, table, crossing) for field, table in weights.fields.items())
    sums = rest + _times(reports, weights)  # by days apart
    farthest = np.zeros_like(sums)
    for level, weight in enumerate(place[1:], 1):
        farthest = np.where(sums + weight > 0, level, farthest)
    without = sums + place[0] > 0
    doubt = np.sqrt(2.0 * (reports.radius.astype(np.float64) ** 2 + LEAST_DOUBT**2))
    bounds = np.array([0, *PLACE_TIMES, 0]) / 100
    level = farthest.max(axis=0)
    arc = np.where(level == len(place) - 1, window.most, np.ceil(doubt * bounds[level]).astype(np.int64) + (level > 0))
    some = (farthest > 0) | without
    days = np.max([np.where(some[gap], slack, 0) for gap, slack in enumerate((0, 1, 2, max(window.slacks)))], axis=0)
    days = np.where(cut_short(reports, window), max(window.slacks), days)
    reach = window.reach(reports.radius, reports.radius)
    return Limits(np.minimum(arc, reach), days, partial(_may_gain, reports, farthest, without))


def _may_gain(
    reports: Columns, farthest: Ints, without: NDArray[np.bool_], left: Ints, right: Ints
) -> NDArray[np.bool_]:
    """Say of pairs whether they may weigh more than 0, by how far they are apart in place and in days.

    Args:
        farthest: for each number of days apart and each report the last level of place at which it may; 0 for none.
        without: the same where one of the two gives no point.
    """
    first, last = reports.start // MINUTES_OF_DAY, (reports.end - 1) // MINUTES_OF_DAY
    gap = np.maximum(first[left], first[right]) - np.minimum(last[left], last[right])
    gap = np.clip(gap, 0, len(_GAPS_BY_DAYS) - 1)
    level = np.minimum(farthest[gap, left], farthest[gap, right])
    given = (reports.lat[left] != NOWHERE) & (reports.lat[right] != NOWHERE)
    found: NDArray[np.bool_] = np.where(given, level > 0, without[gap, left] & without[gap, right])
    asked = np.flatnonzero(given & (level > 0) & (level <= len(PLACE_TIMES)))
    one, other = left[asked], right[asked]
    scale = reports.radius[one] ** 2 + reports.radius[other] ** 2 + 2 * LEAST_DOUBT**2
    times = np.array([0, *PLACE_TIMES])[level[asked]]
    enough = np.array([0, *map(doubt_enough, PLACE_TIMES)])[level[asked]]
    square = np.minimum(square_apart(reports, one, other), FAR * FAR)
    found[asked] = square * 10_000 <= times * times * np.minimum(scale, enough)
    return found


def _most(reports: Columns, field: str, table: tuple[int, ...], crossing: bool) -> Ints | int:
    """Return the most that *field* can add to a pair of each report; place and time are asked for apart."""
    weight = np.array(table, dtype=np.int64)
    if field in reports.ranges:
        return _most_of_range(reports.ranges[field], weight, crossing)
    if field in reports.texts:
        return _most_of_text(reports.texts[field], weight)
    if field in reports.terms:
        given = reports.terms[field] >= 0
    elif field == "name":
        given = reports.names.max(axis=1) > 0
    elif field == "link":
        given = reports.link > 0
    else:
        return 0
    most: Ints = np.where(given, weight.max(), weight[0])
    return most


def _most_of_range(number: Range, weight: Ints, crossing: bool) -> Ints:
    possible = np.ones((len(number.low), len(RANGE_LEVELS)), dtype=bool)
    possible[:, 1] = number.high == 0
    possible[:, 3] = (number.low == number.high) & (number.low > 0)
    possible[:, ALIKE:] = crossing
    most: Ints = np.where(possible, weight, weight.min()).max(axis=1)
    return np.where(number.low == SILENT, weight[0], most)


def _most_of_text(text: Ints, weight: Ints) -> Ints:
    """Return the most that words in common can add: no more are in common than a text has."""
    possible = [*(weight[: 2 + count].max() for count in range(MOST_SHARED)), weight.max()]
    telling = np.bitwise_count(text[:, 1:]).sum(axis=1, dtype=np.int64)
    most: Ints = np.array(possible, dtype=np.int64)[np.minimum(telling, MOST_SHARED)]
    return most


def _times(reports: Columns, weights: Weights) -> Ints:
    """Return the most that the times can add to a pair of each report, by how many days it is apart: (4, reports)."""
    table = np.array(weights.fields["time"], dtype=np.int64).reshape(len(GAPS), len(LENGTHS))
    # The longer of two times decides: so exact as this report's at most.
    length = sum(((reports.end - reports.start) > bound).astype(np.int64) for bound in TIME_BOUNDS)
    of_length = np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1][:, length]
    return np.array([of_length[list(gaps)].max(axis=0) for gaps in _GAPS_BY_DAYS])
