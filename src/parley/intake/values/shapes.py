"""Geometries of GeoJSON (https://www.rfc-editor.org/rfc/rfc7946, section 3.1) → the smallest simple disc around them.

A point stays a point; of any other shape the disc covers everything that it may contain, on the ellipsoid too.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Any

from parley.intake.faults import Unreadable
from parley.model import listed

Position = tuple[float, float]
"""Longitude and latitude in degrees, in this order, as GeoJSON writes them."""

MOST_POSITIONS = 500_000

_EARTH_M = 6_371_008.8
_FARTHEST_M = 20_100_000
_ELLIPSOID = 1.006
"""How much longer a way can be on WGS 84 than on the sphere of mean radius: less than 0.6 %."""
_STEP_DEGREES = 1.0
_MOST_NESTED = 8
_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}


def positions(geometry: Any, nested: int = 0) -> Iterator[Position]:
    """Yield the positions of *geometry* and, where it has edges, enough between them to follow the edges.

    Raises:
        Unreadable: no geometry, or a position that is none.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection":
        inner = geometry.get("geometries")
        if not isinstance(inner, list) or nested == _MOST_NESTED:
            raise Unreadable("geometry-too-deep", str(inner)[:60])
        for one in inner:
            yield from positions(one, nested + 1)
        return
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise Unreadable("not-a-geometry", str(kind or geometry)[:60], kinds=listed(_DEPTHS))
    has_edges = kind not in ("Point", "MultiPoint")
    for line in _lines(geometry.get("coordinates"), _DEPTHS[kind] - has_edges):
        read = [_position(raw) for raw in line] if has_edges else [_position(line)]
        yield from _along(read)


def _lines(raw: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        if not isinstance(raw, list):
            raise Unreadable("not-coordinates", str(raw)[:60])
        yield raw
        return
    if not isinstance(raw, list):
        raise Unreadable("not-coordinates", str(raw)[:60])
    for inner in raw:
        yield from _lines(inner, depth - 1)


def _position(raw: Any) -> Position:
    numbers = raw[:2] if isinstance(raw, list) else []
    if isinstance(raw, list) and len(raw) > 3:  # as decimal commas make them
        raise Unreadable("too-many-numbers", str(raw)[:60])
    if len(numbers) < 2 or any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        raise Unreadable("not-two-numbers", str(raw)[:60])
    lon, lat = numbers
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise Unreadable("not-finite-numbers", f"{lon}, {lat}")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Unreadable("outside-the-globe", f"{lon}, {lat}", hint=_hint(lon, lat))
    return float(lon), float(lat)


def _hint(lon: float, lat: float) -> str:
    """Return what seems to be wrong with a position, as a word of `wordings.yaml`; "" where nothing seems so."""
    if abs(lon) <= 90 and abs(lat) <= 180:
        return "latitude-first"
    return "metres" if max(abs(lon), abs(lat)) > 360 else ""


def _along(line: list[Position]) -> Iterator[Position]:
    """Yield *line* with steps of at most a degree: its edges are straight in degrees, not on the globe."""
    yield from line[:1]
    for (x0, y0), (x1, y1) in pairwise(line):
        steps = max(1, math.ceil(max(abs(x1 - x0), abs(y1 - y0)) / _STEP_DEGREES))
        for step in range(1, steps + 1):
            yield x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps


def disc_around(points: Iterable[Position]) -> tuple[float, float, int]:
    """Return latitude, longitude and radius in metres of a disc that covers *points* and what lies between them.

    Its centre is that of the smallest box in space around them, so the disc is at most a fraction larger than needed;
    a shape of more than half the globe is covered by all of it.
    """
    vectors = [_vector(lon, lat) for lon, lat in islice(points, MOST_POSITIONS + 1)]
    if len(vectors) > MOST_POSITIONS:
        raise Unreadable("too-many-positions", most=MOST_POSITIONS)
    if not vectors:
        raise Unreadable("no-positions")
    middle = [(min(axis) + max(axis)) / 2 for axis in zip(*vectors, strict=True)]
    length = math.hypot(*middle)
    if length < 1e-9:
        return 0.0, 0.0, _FARTHEST_M
    centre = [part / length for part in middle]
    farthest = max(_angle(centre, vector) for vector in vectors)
    radius = math.ceil(farthest * _EARTH_M * _ELLIPSOID)
    lat, lon = math.degrees(math.asin(max(-1.0, min(1.0, centre[2])))), math.degrees(math.atan2(centre[1], centre[0]))
    return round(lat, 7), round(lon, 7), _FARTHEST_M if farthest >= math.pi / 2 else radius + 1


def _vector(lon: float, lat: float) -> tuple[float, float, float]:
    x, y = math.radians(lon), math.radians(lat)
    return math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y)


def _angle(first: Iterable[float], second: Iterable[float]) -> float:
    """Return the angle between two unit vectors, exact for small ones too."""
    chord = math.dist(tuple(first), tuple(second))
    return 2 * math.asin(min(1.0, chord / 2))
