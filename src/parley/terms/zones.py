"""Where a place lies: inside a zone, outside it, or undecided because the place or the zone is not exact enough.

Distances are geodesic on WGS 84 and edges are geodesics. Edges are cut into pieces so short (500 m) that a straight one
is off the geodesic by less than a centimetre. On a sphere, off by less than 0.6 %, one product of matrices says which
pieces can be nearest, and most often that nothing is near. What is near is measured in an azimuthal equidistant
projection centred on the place: distances from its centre are exact there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import shapely
from pyproj import Geod
from shapely import LinearRing, LineString, Point, Polygon
from shapely.validation import explain_validity

from parley.model import Disc, Truth
from parley.terms.language import Zone

_WGS84 = Geod(ellps="WGS84")
_PIECE_M = 500.0
_DRAWN_M = 10_000.0  # pieces of a drawing in degrees, which are off the geodesic by a few metres
_SPHERE_M = 6_371_000.0
_OFF = 0.006  # by how much of itself a distance on the sphere may be off, at the most
_METRES_PER_DEGREE = 110_500.0  # of latitude, at the least, on WGS 84
_MOST_METRES_PER_DEGREE = 111_700.0
_FEW = 8  # so few places are measured one by one
_AS_BITS = {"true": 1, "false": 2, "unknown": 3}
_CLOSE_M = 1.0  # nearer than that to a boundary, on which side a place lies is asked in the projection


@dataclass(frozen=True)
class Measured:
    """What was measured: whether the place's centre is inside, and metres from it to the zone's boundary."""

    inside: bool
    to_boundary_m: float


class Shape:
    """A zone's geometry, ready to be asked."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        points = _corners(zone)
        self._closed = zone.polygon is not None
        self._points = [*points, points[0]] if self._closed and points and points[0] != points[-1] else list(points)

    @cached_property
    def _pieces(self) -> np.ndarray:
        """Longitudes and latitudes along the edges, at most 500 m apart; shape (n, 2), degrees."""
        return np.array(self._track(_PIECE_M))

    def _track(self, piece_m: float) -> list[tuple[float, float]]:
        """Return longitudes and latitudes along the edges, at most *piece_m* metres apart."""
        track: list[tuple[float, float]] = []
        for (lon1, lat1), (lon2, lat2) in pairwise(self._points):
            length = _WGS84.inv(lon1, lat1, lon2, lat2)[2]
            track.append((lon1, lat1))
            if pieces := int(length // piece_m):  # a shorter edge is a piece by itself; npts wants one point at least
                track += _WGS84.npts(lon1, lat1, lon2, lat2, pieces)
        track.append(self._points[-1])
        return track

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        west, south = self._pieces.min(axis=0)
        east, north = self._pieces.max(axis=0)
        return west, south, east, north

    @cached_property
    def _vectors(self) -> np.ndarray:
        """The pieces' ends on the unit sphere, shape (n, 3)."""
        return _on_sphere(self._pieces[:, 1], self._pieces[:, 0])

    @cached_property
    def _ring(self) -> Polygon | None:
        """The ring in degrees, for places that are not close to it."""
        if not self._closed:
            return None
        ring = Polygon(self._pieces)
        shapely.prepare(ring)
        return ring

    def _roughly(self, lat: float, lon: float) -> np.ndarray:
        """Return metres to the end of each piece, each off by `_OFF` of itself at the most; shape (n,)."""
        chords = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * (self._vectors @ _on_sphere(lat, lon))))
        return np.asarray(2.0 * _SPHERE_M * np.arcsin(np.minimum(1.0, chords / 2.0)))

    def measure(self, lat: float, lon: float) -> Measured:
        """Measure from the point at *lat*, *lon* (degrees); exact to well under a metre within some 1,000 km."""
        return self._measure(lat, lon, self._roughly(lat, lon))

    def _measure(self, lat: float, lon: float, rough: np.ndarray) -> Measured:
        reach = (rough.min() * (1 + _OFF) + _PIECE_M) / (1 - _OFF)
        near = rough <= reach
        pieces = np.flatnonzero(near[:-1] | near[1:])
        chosen = np.union1d(pieces, pieces + 1)
        ends = _around(lat, lon, self._pieces[chosen])
        first = ends[np.searchsorted(chosen, pieces)]
        distance = _from_origin(first, ends[np.searchsorted(chosen, pieces + 1)])
        if not self._closed:
            return Measured(False, distance)
        if distance < _CLOSE_M:
            return Measured(Polygon(_around(lat, lon, self._pieces)).covers(Point(0, 0)), distance)
        return Measured(self._holds_point(lat, lon), distance)

    def _holds_point(self, lat: float, lon: float) -> bool:
        return self._ring is not None and bool(shapely.intersects_xy(self._ring, lon, lat))

    def hold_many(self, lat: np.ndarray, lon: np.ndarray, radius_m: np.ndarray) -> np.ndarray:
        """Return 0 (outside), 1 (perhaps), 2 (inside) for many discs, as `holds` says.

        Most places lie so far from the edge that a straight drawing in degrees is enough; the others are measured.
        """
        found = np.zeros(len(lat), np.int8)
        drawn, off_m = self._drawn
        reach_m = radius_m + self.zone.edge_m + (self.zone.within_m or 0) + off_m
        west, south, east, north = self._box
        turned = (lon - self._middle + 180) % 360 - 180 + self._middle  # the turn of the globe on which the zone lies
        margin = reach_m / _METRES_PER_DEGREE
        shrunk = np.cos(np.radians(np.minimum(np.maximum(np.abs(lat), self._farthest_north) + 1, 89)))
        near = (lat >= south - margin) & (lat <= north + margin)
        near &= (turned >= west - margin / shrunk) & (turned <= east + margin / shrunk)
        rows = np.flatnonzero(near)
        places = shapely.points(turned[rows] * self._narrow, lat[rows])
        edge = drawn.boundary if self._closed else drawn
        away = shapely.distance(places, edge)
        shortest, longest = self._stretched(np.abs(lat[rows]))
        sure_m = away * _METRES_PER_DEGREE * shortest
        least_m = np.maximum(sure_m - off_m, 0.0)
        most_m = away * _MOST_METRES_PER_DEGREE * longest + off_m
        slack_m = radius_m[rows] + self.zone.edge_m
        # Metres by which the centre lies inside, at the least and at the most; what both leave the same is decided.
        if self._closed:
            inside = shapely.contains(drawn, places)
            low, high = np.where(inside, least_m, -most_m), np.where(inside, most_m, -least_m)
            low = np.where(sure_m > off_m, low, -most_m)  # on which side is not sure
        else:
            low, high = (self.zone.within_m or 0.0) - most_m, (self.zone.within_m or 0.0) - least_m
        found[rows] = 1
        found[rows[low >= slack_m]] = 2
        found[rows[high < -slack_m]] = 0
        far = (low >= slack_m) | (high < -slack_m) | ((low > -slack_m) & (high < slack_m))
        words = {"false": 0, "unknown": 1, "true": 2}
        for row in rows[~far]:
            disc = Disc(lat=float(lat[row]), lon=float(lon[row]), radius_m=int(radius_m[row]))
            found[row] = words[self.holds(disc)]
        return found

    def hold_all(self, discs: Sequence[Disc]) -> list[int]:
        """Return for each of *discs* where it lies, as two bits: 1 inside, 2 outside, 3 where neither is certain."""
        if len(discs) < _FEW:
            return [_AS_BITS[self.holds(disc)] for disc in discs]
        columns = ([disc.lat for disc in discs], [disc.lon for disc in discs], [disc.radius_m for disc in discs])
        found = self.hold_many(*(np.array(column, float) for column in columns))
        return [(2, 3, 1)[one] for one in found.tolist()]

    @cached_property
    def _drawn(self) -> tuple[Polygon | LineString, float]:
        """The zone with straight edges in degrees, and by how many metres these may be off the geodesics.

        Longitudes are narrowed by the cosine of the middle latitude, so that a degree is about as long both ways.
        """
        track = [(lon * self._narrow, lat) for lon, lat in self._track(_DRAWN_M)]
        drawn = Polygon(track) if self._closed else LineString(track)
        shapely.prepare(drawn)
        edge = drawn.boundary if self._closed else drawn
        off = float(shapely.distance(shapely.points(self._pieces * (self._narrow, 1.0)), edge).max())
        return drawn, off * _MOST_METRES_PER_DEGREE * float(self._stretched(np.array(0.0))[1])

    @cached_property
    def _narrow(self) -> float:
        return float(np.cos(np.radians((self._box[1] + self._box[3]) / 2)))

    def _stretched(self, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how long, at the least and at the most, a degree of the drawing is from *latitude* to the zone.

        As a share of a degree of latitude; *latitude* without its sign.
        """
        north, south = np.maximum(latitude, self._farthest_north), np.minimum(latitude, self._nearest_equator)
        least, most = (np.cos(np.radians(np.minimum(one, 89.0))) / self._narrow for one in (north, south))
        return np.minimum(least, 1.0), np.maximum(most, 1.0)

    @cached_property
    def _middle(self) -> float:
        return (self._box[0] + self._box[2]) / 2

    @cached_property
    def _farthest_north(self) -> float:
        return float(np.abs(self._pieces[:, 1]).max())

    @cached_property
    def _nearest_equator(self) -> float:
        _, south, _, north = self._box
        return 0.0 if south <= 0.0 <= north else float(np.abs(self._pieces[:, 1]).min())

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
        slack, within = disc.radius_m + self.zone.edge_m, self.zone.within_m or 0.0
        rough = self._roughly(disc.lat, disc.lon)
        if rough.min() * (1 - _OFF) - _PIECE_M > slack + within:
            return "true" if self._holds_point(disc.lat, disc.lon) else "false"
        measured = self._measure(disc.lat, disc.lon, rough)
        # Metres by which the centre lies inside the zone's boundary; negative outside it.
        depth = (measured.to_boundary_m if measured.inside else -measured.to_boundary_m) + within
        if depth >= slack:
            return "true"
        return "false" if depth < -slack else "unknown"


def _corners(zone: Zone) -> tuple[tuple[float, float], ...]:
    """Return the corners of *zone*; a line that it only names is put in place by `Terms`."""
    return zone.polygon or (zone.line if isinstance(zone.line, tuple) else ()) or ()


def _around(lat: float, lon: float, places: np.ndarray) -> np.ndarray:
    """Return *places* (longitude, latitude) in metres east and north of a centre, azimuthal equidistant."""
    here = np.full(len(places), lon), np.full(len(places), lat)
    azimuth, _, distance = _WGS84.inv(*here, places[:, 0], places[:, 1])
    turn = np.radians(azimuth)
    return np.column_stack([distance * np.sin(turn), distance * np.cos(turn)])


def _on_sphere(lat: float | np.ndarray, lon: float | np.ndarray) -> np.ndarray:
    """Return unit vectors for degrees; shape (3,) or (n, 3)."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], axis=-1)


def _from_origin(first: np.ndarray, last: np.ndarray) -> float:
    """Return the distance from (0, 0) to the nearest of straight pieces; both of shape (n, 2)."""
    along = last - first
    squared = (along**2).sum(axis=1)
    share = np.clip(-(first * along).sum(axis=1) / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
    return float(np.hypot(*(first + share[:, None] * along).T).min())


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
    points = _corners(zone)
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
