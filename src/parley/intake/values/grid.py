"""MGRS references → the square of the Military Grid Reference System that they name, in degrees of WGS 84.

After NGA.STND.0037 (Universal Grids and Grid Reference Systems, 2014), sections 3.3 and 3.4: a zone of 6 degrees,
a band of 8 degrees of latitude, two letters for a square of 100 km, then as many digits for the easting as for the
northing. The poles (UPS) are not read. PROJ projects (https://proj.org/en/stable/operations/projections/utm.html).
"""

import math
import re
from functools import lru_cache
from typing import Any

from parley.intake.faults import Unreadable

_REFERENCE = re.compile(r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])(\d{0,10})", re.ASCII)
_SPACES = re.compile(r"\s+")
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")  # for zones 1, 4 …; 2, 5 …; 3, 6 …
_ROWS = "ABCDEFGHJKLMNPQRSTUV"  # odd zones begin with A at the equator, even ones with F
_SQUARE_M, _CYCLE_M = 100_000, 2_000_000
_SOUTH_M = 10_000_000
_OVERLAP_M = 40_000
"""By how much maps carry the squares of a zone on beyond its edges."""
_MOST = 40


def is_reference(text: str) -> bool:
    """Say whether *text* is written as a reference, right or wrong; spaces and letters' case aside."""
    return len(text) <= _MOST and _REFERENCE.fullmatch(_SPACES.sub("", text).upper()) is not None


@lru_cache(maxsize=4096)
def square(text: str) -> tuple[float, float, int]:
    """Return the middle of the square, latitude and longitude, and the radius of the circle around it in whole metres.

    Raises:
        Unreadable: it is no reference, or there is no such square.
    """
    found = _REFERENCE.fullmatch(_SPACES.sub("", text).upper()) if len(text) <= _MOST else None
    if found is None or len(found[5]) % 2:
        raise Unreadable("not-a-grid-reference", text)
    zone, band, digits = int(found[1]), found[2], found[5]
    columns = _COLUMNS[(zone - 1) % 3]
    if not 1 <= zone <= 60 or found[3] not in columns:
        raise Unreadable("no-such-square", text)
    size = _SQUARE_M // 10 ** (len(digits) // 2)
    half = len(digits) // 2
    east = (columns.index(found[3]) + 1) * _SQUARE_M + int(digits[:half] or 0) * size
    row = (_ROWS.index(found[4]) - (0 if zone % 2 else 5)) % len(_ROWS)
    for north in _northings(band, row * _SQUARE_M + int(digits[half:] or 0) * size):
        lat, lon = _degrees(zone, band, east + size / 2, north + size / 2)
        if _within(zone, band, lat, lon, size):
            return round(lat, 7), round(lon, 7), math.ceil(size / math.sqrt(2))
    raise Unreadable("no-such-square", text)


def _northings(band: str, in_cycle: int) -> range:
    """Return the northings with the row of a square, one every 2,000 km, that may lie in *band*."""
    return range(in_cycle, _SOUTH_M, _CYCLE_M) if band >= "N" else range(in_cycle, _SOUTH_M + _CYCLE_M, _CYCLE_M)


def _degrees(zone: int, band: str, east: float, north: float) -> tuple[float, float]:
    lon, lat = _utm(zone, band < "N")(east, north, inverse=True)
    return lat, lon


@lru_cache(maxsize=120)
def _utm(zone: int, south: bool) -> Any:
    from pyproj import Proj  # which takes longer to load than most inputs to read

    return Proj(proj="utm", zone=zone, south=south, ellps="WGS84")


def _within(zone: int, band: str, lat: float, lon: float, size: int) -> bool:
    """Say whether a square of *size* metres around the point may lie in the zone and the band; some lie across."""
    slack = size / 2 / 111_000
    south = -80 + 8 * _BANDS.index(band)
    north = south + (12 if band == "X" else 8)
    west, east = _meridians(zone, band)
    slack_east = (size / 2 + _OVERLAP_M) / 111_000 / max(0.05, math.cos(math.radians(lat)))
    return south - slack <= lat <= north + slack and west - slack_east <= lon <= east + slack_east


def _meridians(zone: int, band: str) -> tuple[float, float]:
    """Return where *zone* begins and ends in *band*: zones around Norway and Svalbard have other widths."""
    west = -180.0 + 6 * (zone - 1)
    if band == "V" and zone in (31, 32):
        return (0, 3) if zone == 31 else (3, 12)
    if band == "X" and 31 <= zone <= 37:
        return {31: (0, 9), 33: (9, 21), 35: (21, 33), 37: (33, 42)}.get(zone, (0, -1))
    return west, west + 6
