"""Under which keys a kept report is found, and under which a report looks for others: `finders` one by one.

Whether one of two may be a part of what the other tells makes a difference to how near they must be to gain; so each
report is found under two sets of keys, by its kind.
"""

from collections.abc import Iterator

import numpy as np

from parley.incidents.linkage.columns import AGGREGATE, NOWHERE, VAGUE, Columns
from parley.incidents.linkage.gains import gaining_limits
from parley.incidents.linkage.limits import Limits, Rungs, cut_short
from parley.incidents.linkage.weights import Weights
from parley.incidents.linkage.window import Window, days_of

_OF_RUNG, _TO_RUNG, _NAME, _ADDRESS, _AREA, _AREA_OF_LOST = range(6)
Key = tuple[int, int]
"""A key, and by how many days the times of two that share it may miss each other."""


class Keys:
    """Keys by the limits within which a pair may gain; numbers that fall together only make more candidates."""

    def __init__(self, weights: Weights, window: Window) -> None:
        self._weights, self._window, self._rungs = weights, window, Rungs(window)

    def of(self, reports: Columns) -> Iterator[tuple[int, int, int]]:
        """Yield (key, day, entry) for every key and day of each of *reports*."""
        cells = np.array([grid.cells(reports.lat, reports.lon) for grid in self._rungs.grids])
        first, last = days_of(reports, self._window)
        late = cut_short(reports, self._window)
        told = np.flatnonzero(reports.cardinality != VAGUE).tolist()
        for crossing in (False, True):
            rungs = self._rungs.of(self.limits(reports, crossing).arc)
            for row in told:
                group = _group(crossing, bool(reports.cardinality[row] == AGGREGATE))
                for key, slack in self._held(reports, row, group, int(rungs[row]), cells[:, row].tolist()):
                    for day in range(int(first[row]), int(last[row]) + 1 + (slack if late[row] else 0)):
                        yield key, day, int(reports.entry[row])

    def asked(self, report: Columns, wider: bool, crossing: bool) -> Iterator[tuple[int, int, int]]:
        """Yield (key, first day, last day) under which all of a kind, *wider* or not, stand with which one may gain.

        *crossing* says whether one of two may be a part of what the other tells.
        """
        if report.cardinality[0] == VAGUE:
            return
        limits, group = self.limits(report, crossing), _group(crossing, wider)
        first, last = (int(day[0]) for day in days_of(report, self._window))
        for key, slack in self._looks(report, group, limits):
            days = min(slack, int(limits.days[0]))
            yield key, first - days, last + days

    def limits(self, reports: Columns, crossing: bool) -> Limits:
        """Return how near *reports* must be to others to gain: of their own kind, or where one may be a part."""
        return gaining_limits(reports, self._weights, self._window, crossing)

    def _held(self, reports: Columns, row: int, group: int, rung: int, cells: list[int]) -> list[Key]:
        keys = self._shared(reports, row, group) + self._of_area(reports, row, group, _AREA)
        if reports.lat[row] == NOWHERE:
            return keys + self._of_area(reports, row, group, _AREA_OF_LOST)
        near = [_key(_OF_RUNG, group, rung, cells[rung])]
        near += [_key(_TO_RUNG, group, wide, cells[wide]) for wide in range(rung, len(cells))]
        return keys + [(key, self._window.days) for key in near]

    def _looks(self, report: Columns, group: int, limits: Limits) -> Iterator[Key]:
        lost = bool(report.lat[0] == NOWHERE)
        yield from self._shared(report, 0, group)
        yield from self._of_area(report, 0, group, _AREA if lost or self._window.by_area else _AREA_OF_LOST)
        own = len(self._rungs.grids) if lost else int(self._rungs.of(limits.arc)[0])
        for rung, grid in enumerate(self._rungs.grids[own:], own):
            kind = _TO_RUNG if rung == own else _OF_RUNG
            for _, cells in grid.around(report.lat, report.lon):
                for cell in cells.tolist():
                    yield _key(kind, group, rung, cell), self._window.days

    def _shared(self, reports: Columns, row: int, group: int) -> list[Key]:
        window = self._window
        keys = [(_key(_NAME, group, 0, word), window.named_days) for word in reports.names[row].tolist() if word]
        if link := int(reports.link[row]):
            keys.append((_key(_ADDRESS, group, 0, link), window.cited_days))
        return keys

    def _of_area(self, reports: Columns, row: int, group: int, kind: int) -> list[Key]:
        area = int(reports.area[row])
        return [(_key(kind, group, 0, area), self._window.area_days)] if area else []


def _group(crossing: bool, wider: bool) -> int:
    return 2 * crossing + wider


def _key(kind: int, group: int, rung: int, number: int) -> int:
    return kind << 60 | group << 58 | (number * 8 + rung) % (1 << 58)
