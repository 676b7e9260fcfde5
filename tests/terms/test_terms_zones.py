"""Zones: the quick way to measure gives what the long way gives."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Proj
from shapely import LineString, Point, Polygon

from parley.model import Disc
from parley.terms.language import Zone
from parley.terms.zones import Shape

CORNERS = ((36.0, 35.0), (37.5, 34.2), (39.0, 35.3), (38.2, 36.9), (36.4, 36.6))
RING = Shape(Zone(id="ring", name="ring", polygon=CORNERS))
BELT = Shape(Zone(id="belt", name="belt", line=CORNERS, within_m=30_000))
WGS84 = Geod(ellps="WGS84")

places = st.tuples(st.floats(32.0, 39.0), st.floats(33.0, 42.0))


def by_all_pieces(lat: float, lon: float, closed: bool) -> tuple[bool, float]:
    """Measure from every edge, cut into short pieces, in one projection."""
    corners = [*CORNERS, CORNERS[0]] if closed else list(CORNERS)
    track = [corners[0]]
    for first, last in pairwise(corners):
        track += [*WGS84.npts(*first, *last, 500), last]
    x, y = Proj(proj="aeqd", lat_0=lat, lon_0=lon, ellps="WGS84")(*np.array(track).T)
    line = np.column_stack([x, y])
    return closed and Polygon(line).covers(Point(0, 0)), float(LineString(line).distance(Point(0, 0)))


@settings(max_examples=60, deadline=None)
@given(places)
def test_a_ring_is_measured_alike_by_its_near_pieces_and_by_all(place: tuple[float, float]) -> None:
    inside, distance = by_all_pieces(*place, closed=True)
    measured = RING.measure(*place)
    assert abs(measured.to_boundary_m - distance) < 0.05 + distance * 1e-6
    assert measured.inside == inside


@settings(max_examples=60, deadline=None)
@given(places, st.integers(0, 40_000))
def test_a_disc_is_in_a_zone_where_all_of_it_is_out_where_none_is_and_open_between(
    place: tuple[float, float], radius_m: int
) -> None:
    disc = Disc(lat=place[0], lon=place[1], radius_m=radius_m)
    for zone, closed, within in ((RING, True, 0), (BELT, False, 30_000)):
        inside, distance = by_all_pieces(*place, closed=closed)
        depth = (distance if inside else -distance) + within
        if abs(abs(depth) - radius_m) > 1:  # away from the edge of the answer itself
            assert zone.holds(disc) == ("true" if depth >= radius_m else "false" if depth < -radius_m else "unknown")
