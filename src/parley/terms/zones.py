"""Where a place lies: inside a zone, outside it, or undecided because the place or the zone is not exact enough.

Distances are geodesic on WGS 84 and edges are geodesics. They are measured in an azimuthal equidistant projection
centred on the place: distances from its centre are exact there, and edges are first cut into pieces so short (500 m)
that a straight piece is off the geodesic by less than a millimetre near the centre.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from pyproj import Geod, Proj
from shapely import LinearRing, LineString, Point, Polygon
from shapely.validation import explain_validity

from parley.model import Disc, Truth
from parley.terms.language import Zone

_WGS84 = Geod(ellps="WGS84")
_PIECE_M = 500.0
_METRES_PER_DEGREE = 110_500.0  # of latitude, at the least, on WGS 84


@dataclass(frozen=True)
class Measured:
    """What was measured: metres from the place's centre to the zone (0 inside) and to its boundary."""

    inside: bool
    to_boundary_m: float


class Shape:
    """A zone's geometry, ready to be asked."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        points = zone.polygon or zone.line or ()
        self._closed = zone.polygon is not None
        self._points = [*points, points[0]] if self._closed and points and points[0] != points[-1] else list(points)

    @cached_property
    def _pieces(self) -> np.ndarray:
        """Longitudes and latitudes along the edges, at most 500 m apart; shape (n, 2), degrees."""
        track: list[tuple[float, float]] = []
        for (lon1, lat1), (lon2, lat2) in pairwise(self._points):
            length = _WGS84.inv(lon1, lat1, lon2, lat2)[2]
            between = _WGS84.npts(lon1, lat1, lon2, lat2, max(0, int(length // _PIECE_M)))
            track += [(lon1, lat1), *between]
        track.append(self._points[-1])
        return np.array(track)

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        west, south = self._pieces.min(axis=0)
        east, north = self._pieces.max(axis=0)
        return west, south, east, north

    def measure(self, lat: float, lon: float) -> Measured:
        """Measure from the point at *lat*, *lon* (degrees); exact to well under a metre within some 1,000 km."""
        x, y = Proj(proj="aeqd", lat_0=lat, lon_0=lon, ellps="WGS84")(self._pieces[:, 0], self._pieces[:, 1])
        track = np.column_stack([x, y])
        centre = Point(0, 0)
        distance = float(LineString(track).distance(centre))
        return Measured(self._closed and Polygon(track).covers(centre), distance)

    def far_off(self, disc: Disc) -> bool:
        """Say quickly that a disc is certainly outside, by a box; False says nothing."""
        west, south, east, north = self._box
        reach_m = disc.radius_m + self.zone.edge_m + (self.zone.within_m or 0)
        margin = reach_m / _METRES_PER_DEGREE
        return disc.lat < south - margin or disc.lat > north + margin or _beside(disc, west, east, margin)

    def holds(self, disc: Disc) -> Truth:
        """Say whether all of *disc* lies in the zone (true), none of it (false), or neither is certain (unknown)."""
        if self.far_off(disc):
            return "false"
        measured = self.measure(disc.lat, disc.lon)
        slack = disc.radius_m + self.zone.edge_m
        # Metres by which the centre lies inside the zone's boundary; negative outside it.
        depth = measured.to_boundary_m if measured.inside else -measured.to_boundary_m
        depth += self.zone.within_m or 0.0
        if depth >= slack:
            return "true"
        return "false" if depth < -slack else "unknown"


def _beside(disc: Disc, west: float, east: float, margin: float) -> bool:
    """Say that a disc lies west or east of a box beyond doubt; near the poles and the antimeridian never."""
    if abs(disc.lat) + margin > 80 or east - west > 180:
        return False
    wide = margin / float(np.cos(np.radians(abs(disc.lat) + margin)))
    away = [(disc.lon - bound + 180) % 360 - 180 for bound in (west, east)]
    return (away[0] < -wide or away[1] > wide) and not (away[0] >= 0 >= away[1])


def shape_fault(zone: Zone) -> str | None:
    """Return what is wrong with a zone's geometry, as what was expected instead; None where nothing is."""
    if zone.polygon is None and zone.line is None:
        return None
    points = zone.polygon or zone.line or ()
    for (lon1, _), (lon2, _) in pairwise(points):
        if abs(lon1 - lon2) > 180:
            return "edges that do not cross the antimeridian; split the zone in two"
    if zone.polygon is not None:
        ring = LinearRing(zone.polygon)
        if not ring.is_simple or Polygon(ring).area == 0:
            return f"a ring that does not cross itself ({explain_validity(Polygon(ring))})"
    return None


@lru_cache(maxsize=256)
def shape(zone: Zone) -> Shape:
    """Return the geometry of *zone*, made once."""
    return Shape(zone)
