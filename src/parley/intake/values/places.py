"""Text → places: coordinates in degrees (WGS 84) with a radius, never more exact than what was said."""

import math
import re
from functools import lru_cache

from parley.intake.faults import Unreadable
from parley.intake.values.coordinates import angle, exactness, is_position, position
from parley.intake.values.numbers import Decimal
from parley.intake.values.sayings import NO_REASON, is_unknown
from parley.model import Cause, Disc, Unknown

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.000", re.ASCII)
_FARTHEST_M = 20_100_000


def place(
    name: str, lat: str, lon: str, radius_m: int | None, *, at: str = "", decimal: Decimal = "."
) -> Disc | Unknown | None:
    """Return the place that a source gives; None where it gives nothing, `Unknown` where it gives only a name.

    Args:
        lat: the latitude, or both coordinates where *lon* is empty.
        radius_m: None: as exact as what is written.
        at: both coordinates in one cell, as `coordinates.position` reads them; used where *lat* and *lon* are empty.
        decimal: the mark before the decimals of a coordinate.

    Raises:
        Unreadable: one coordinate without the other, or one that is no number or out of range (its field is named).
    """
    both, field = (at, "at") if not lat and not lon else (lat, "lat")
    if not lat and not lon and not at:
        return _without_coordinates(name) if name else None
    if not lon and (field == "at" or is_position(lat, decimal)):
        found = position(both, decimal, field)
        return _placed(name, found.lat, found.lon, found.radius_m if radius_m is None else radius_m, both, field)
    north, east = angle(lat, "lat", decimal, "lat"), angle(lon, "lon", decimal, "lon")
    radius_m = exactness(north, east) if radius_m is None else radius_m
    return _placed(name, north.degrees, east.degrees, radius_m, f"{lat}, {lon}", "lat")


def _without_coordinates(name: str) -> Unknown:
    return NO_REASON if is_unknown(name) else Unknown(why=Cause(code="no-coordinates", params={"name": name}))


def coded(name: str, lat: str, lon: str, radius_m: int, fields: tuple[str, str]) -> Disc:
    """Return the place of a list that codes how exact it is; *fields* are the columns of its coordinates.

    Raises:
        Unreadable: as `place`.
    """
    north, east = angle(lat, "lat", field=fields[0]), angle(lon, "lon", field=fields[1])
    return _placed(name, north.degrees, east.degrees, radius_m, f"{lat}, {lon}", fields[0])


def _placed(name: str, lat: float, lon: float, radius_m: int, found: str, field: str) -> Disc:
    if lat == lon == 0:  # in the sea off Africa
        raise Unreadable("zero-zero", found, field=field)
    return disc(name, lat, lon, radius_m)


def radius(text: str, metres_in_unit: int, field: str | None = None) -> int:
    """Return a radius in whole metres, rounded up; raise Unreadable. 1.000 is not read: it may be a thousand."""
    if _THOUSANDS.fullmatch(text):
        raise Unreadable("thousands-or-decimals", text, field=field, small=text[:-4], large=f"{text[:-4]},000")
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not 0 <= number * metres_in_unit <= _FARTHEST_M:
        unit = "km" if metres_in_unit == 1000 else "m"
        raise Unreadable("not-a-radius", text, field=field, most=_FARTHEST_M // metres_in_unit, unit=unit)
    return math.ceil(round(number * metres_in_unit, 3))


@lru_cache(maxsize=16384)
def disc(name: str, lat: float, lon: float, radius_m: int) -> Disc:
    """Return the place; equal ones are made once."""
    return Disc(name=name, lat=lat, lon=lon, radius_m=radius_m)
