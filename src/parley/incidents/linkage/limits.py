"""How near two reports must be to be looked at, report by report, and the grids in which those that are near meet."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import MINUTES_OF_DAY, Columns, Ints
from parley.incidents.linkage.grid import Grid
from parley.incidents.linkage.window import Window


def _any(left: Ints, right: Ints) -> NDArray[np.bool_]:
    return np.ones(len(left), dtype=bool)


@dataclass(frozen=True)
class Limits:
    """Of each report how near another must be; a pair must keep the wider of two distances, the lesser of two days.

    Args:
        arc: so far away at most, in millionths of a degree of arc: for another that is no vaguer and says no more.
        days: so many days apart at most.
        may: says of pairs (rows, rows) that keep both whether they are worth comparing.
    """

    arc: Ints
    days: Ints
    may: Callable[[Ints, Ints], NDArray[np.bool_]] = _any


def window_limits(reports: Columns, window: Window) -> Limits:
    """Return the limits of *window* alone, for whoever asks for pairs that gain nothing too."""
    none = np.zeros(len(reports), dtype=np.int64)
    return Limits(window.reach(reports.radius, reports.radius), none + max(window.slacks))


def cut_short(reports: Columns, window: Window) -> NDArray[np.bool_]:
    """Say of each report whether its time is longer than the days that count of it: another may overlap what is cut."""
    last = (reports.end - 1) // MINUTES_OF_DAY
    found: NDArray[np.bool_] = last - reports.start // MINUTES_OF_DAY >= window.longest_days
    return found


class Rungs:
    """Grids from fine to coarse; two reports meet in the coarser one of theirs."""

    def __init__(self, window: Window) -> None:
        heights = sorted({max(1, window.least // part) for part in (8, 4, 2, 1)} | {window.most})
        self.grids = tuple(Grid(height) for height in heights)
        self._heights = np.array(heights)

    def of(self, arc: Ints) -> Ints:
        """Return the number of the finest grid that is no narrower than *arc*."""
        found: Ints = np.minimum(np.searchsorted(self._heights, arc), len(self._heights) - 1)
        return found
