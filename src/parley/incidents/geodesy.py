"""Distances on the ellipsoid, and a grid whose cells find what may lie within a distance.

Cells are 0.25° high. Each row has so many of them that they are about as wide as high at every latitude: one at the
poles, 1,440 at the equator; so neither the poles nor the antimeridian is a special case.
"""

import math
from collections.abc import Iterator

from pyproj import Geod

from parley.model import Disc

Cell = tuple[int, int]
"""Row, counted from the south pole, and column, counted eastward from the antimeridian."""

_WGS84 = Geod(ellps="WGS84")
_HEIGHT = 0.25  # degrees of latitude
_ROWS = round(180 / _HEIGHT)
# No radius of curvature of WGS 84 is smaller (6,335,439 m along the meridian at the equator), so on a sphere of this
# radius no two points are farther apart than on the ellipsoid.
_LEAST_RADIUS_M = 6_335_000.0


def distance_m(first: Disc, second: Disc) -> float:
    """Return the geodesic distance of two centres in metres."""
    return float(_WGS84.inv(first.lon, first.lat, second.lon, second.lat)[2])


def cell_of(disc: Disc) -> Cell:
    """Return the cell in which the centre of *disc* lies."""
    row = min(math.floor((disc.lat + 90) / _HEIGHT), _ROWS - 1)
    columns = _columns(row)
    return row, math.floor((disc.lon + 180) / 360 * columns) % columns


def cells_within(disc: Disc, reach_m: float) -> Iterator[Cell]:
    """Yield every cell that has a point within *reach_m* of the centre of *disc*, each once; a few more beside."""
    reach = min(reach_m / _LEAST_RADIUS_M, math.pi)  # the angle at the centre of the sphere
    high = math.degrees(reach)
    wide = 180.0
    if abs(disc.lat) + high < 90:
        wide = math.degrees(math.asin(math.sin(reach) / math.cos(math.radians(disc.lat)))) + 1e-9
    first_row = max(math.floor((disc.lat - high + 90) / _HEIGHT), 0)
    last_row = min(math.floor((disc.lat + high + 90) / _HEIGHT), _ROWS - 1)
    for row in range(first_row, last_row + 1):
        columns = _columns(row)
        first = math.floor((disc.lon - wide + 180) / 360 * columns)
        last = math.floor((disc.lon + wide + 180) / 360 * columns)
        for column in range(first, min(last, first + columns - 1) + 1):
            yield row, column % columns


def _columns(row: int) -> int:
    middle = (row + 0.5) * _HEIGHT - 90
    return max(1, round(360 / _HEIGHT * math.cos(math.radians(middle))))
