"""Distances on the ellipsoid."""

from pyproj import Geod

from parley.model import Disc

_WGS84 = Geod(ellps="WGS84")


def distance_m(first: Disc, second: Disc) -> float:
    """Return the geodesic distance of two centres in metres (WGS 84)."""
    return float(_WGS84.inv(first.lon, first.lat, second.lon, second.lat)[2])
