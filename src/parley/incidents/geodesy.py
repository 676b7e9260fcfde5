"""Distances on the ellipsoid (WGS 84), in metres, and planes that touch it."""

from math import atan2, degrees, hypot

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from parley.model import Disc

_WGS84 = Geod(ellps="WGS84")

Floats = NDArray[np.float64]
Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def distance_m(first: Disc, second: Disc) -> float:
    """Return the geodesic distance of two centres in metres."""
    return float(_WGS84.inv(first.lon, first.lat, second.lon, second.lat)[2])


def seen_from(middle: Point, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Return how far east and north of *middle* points lie, in metres; the inverse of `gone_from`.

    They lie on the plane on which bearings and distances from *middle* are true (azimuthal, equidistant).
    """
    lats, lons = (np.full(len(lat), part) for part in middle)
    bearing, _, distance = _WGS84.inv(lons, lats, lon, lat)
    return distance * np.sin(np.radians(bearing)), distance * np.cos(np.radians(bearing))


def gone_from(middle: Point, east: float, north: float) -> Point:
    """Return the point that lies so many metres east and north of *middle*; the inverse of `seen_from`."""
    lon, lat, _ = _WGS84.fwd(middle[1], middle[0], degrees(atan2(east, north)), hypot(east, north))
    return lat, lon
