"""The places of an agreement that have names: its zones, and what the file says lies wholly inside them."""

from collections.abc import Iterator, Sequence
from math import atan2, cos, degrees, hypot, radians, sin

from pyproj import Geod

from parley.model import Disc
from parley.terms.language import Zone
from parley.terms.language.space import Position
from parley.terms.terms import Terms

_WGS84 = Geod(ellps="WGS84")


def named_places(loaded: Terms) -> Iterator[Disc]:
    """Yield for each name a disc that covers all of its zone; zones that nobody has drawn have none."""
    for zone in loaded.zones.values():
        corners = _corners(zone)
        if corners:
            lat, lon, reach_m = _covering(corners)
            radius_m = round(reach_m + (zone.within_m or 0) + zone.edge_m)
            for name in dict.fromkeys((zone.name, *zone.names)):
                yield Disc(name=name, lat=lat, lon=lon, radius_m=min(radius_m, 20_000_000))


def _corners(zone: Zone) -> Sequence[Position]:
    if zone.polygon is not None:
        return zone.polygon
    return zone.line if zone.line is not None and not isinstance(zone.line, str) else ()


def _covering(corners: Sequence[Position]) -> tuple[float, float, float]:
    """Return latitude and longitude of the middle of *corners*, and metres from there to the farthest of them."""
    x, y, z = (
        sum(parts)
        for parts in zip(*(
            (cos(radians(lat)) * cos(radians(lon)), cos(radians(lat)) * sin(radians(lon)), sin(radians(lat)))
            for lon, lat in corners
        ), strict=True)
    )  # fmt: skip
    lat, lon = degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x))
    return lat, lon, max(float(_WGS84.inv(lon, lat, east, north)[2]) for east, north in corners)
