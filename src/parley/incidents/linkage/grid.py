"""A grid of cells about as wide as high at every latitude, so that poles and antimeridian are no special case."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import Ints

FULL_CIRCLE = 360_000_000
"""Millionths of a degree."""


class Grid:
    """Cells numbered from 0, row by row from the south pole, eastward from the antimeridian.

    What lies within *height* (millionths of a degree of arc) of a point lies in its cell or in one of the eight around.
    """

    def __init__(self, height: int) -> None:
        self._height = height
        self._rows = -(-180_000_000 // height)
        middle = np.arange(self._rows, dtype=np.int64) * height + height // 2 - 90_000_000
        # As many as are nowhere narrower than the height, not even at the far edge of the next row towards the pole:
        # reports there look into this row too.
        edge = np.minimum(90, (np.abs(middle) + 1.5 * height) / 1e6)
        self._columns = np.maximum(1, np.floor(np.cos(np.radians(edge)) * (FULL_CIRCLE / height))).astype(np.int64)
        self._before = np.cumsum(self._columns) - self._columns

    @property
    def bands(self) -> tuple[Ints, Ints]:
        """For each row from the south pole: how many cells it has, and how many lie before it."""
        return self._columns, self._before

    def cells(self, lat: Ints, lon: Ints) -> Ints:
        """Return the cell of each point."""
        return self._cell(self._row(lat), lon, 0)

    def around(self, lat: Ints, lon: Ints) -> Iterator[tuple[NDArray[np.bool_], Ints]]:
        """Yield (which points, a cell for each of those) until every point has had each cell around it once."""
        own = self._row(lat)
        for up in (-1, 0, 1):
            beside = own + up
            there = (beside >= 0) & (beside < self._rows)
            row = np.where(there, beside, own)
            seen: list[Ints] = []
            for aside in (-1, 0, 1):
                cell = self._cell(row, lon, aside)
                new = there.copy()
                for other in seen:  # near a pole a row has fewer than three cells
                    new &= cell != other
                seen.append(cell)
                yield new, cell[new]

    def _row(self, lat: Ints) -> Ints:
        row: Ints = np.clip((lat + 90_000_000) // self._height, 0, self._rows - 1)
        return row

    def _cell(self, row: Ints, lon: Ints, aside: int) -> Ints:
        columns = self._columns[row]
        cell: Ints = self._before[row] + ((lon + FULL_CIRCLE // 2) * columns // FULL_CIRCLE + aside) % columns
        return cell
