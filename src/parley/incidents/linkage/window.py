"""When two reports are near enough to be compared: the definition; `blocking` finds such pairs without asking all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import INCIDENTS, MINUTES_OF_DAY, NOWHERE, UDEG_PER_M, VAGUE, Columns, Ints
from parley.incidents.linkage.grid import FULL_CIRCLE

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

    @property
    def slacks(self) -> tuple[int, int, int, int]:
        """By how many days times may miss each other, for each way of being found."""
        return self.days, self.named_days, self.cited_days, self.area_days

    @property
    def least(self) -> int:
        """`least_m` in millionths of a degree of arc."""
        return round(self.least_m * UDEG_PER_M)

    @property
    def most(self) -> int:
        """`most_m` in millionths of a degree of arc."""
        return round(self.most_m * UDEG_PER_M)


WINDOW = Window()


def compared(reports: Columns, left: Ints, right: Ints, window: Window = WINDOW) -> NDArray[np.bool_]:
    """Say of any pairs whether `candidates` would find them, crowds aside: the definition, by asking every pair."""
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
