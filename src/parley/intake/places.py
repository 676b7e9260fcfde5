"""Text → places: coordinates in degrees (WGS 84) with a radius, never more exact than what was said."""

import math
import re
from functools import lru_cache

from parley.intake.faults import Unreadable
from parley.model import Disc, Unknown

_DECIMAL = re.compile(r"[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DEGREE_M = 111_320
_FARTHEST_M = 20_100_000


def place(name: str, lat: str, lon: str, radius_m: int | None) -> Disc | Unknown | None:
    """Return the place that a source gives; None where it gives nothing, `Unknown` where it gives only a name.

    Raises:
        Unreadable: one coordinate without the other, or one that is no number or out of range (its field is named).
    """
    if not lat and not lon:
        return Unknown(why=f"the source names the place {name} without coordinates") if name else None
    north, east = degrees(lat, 90, "lat"), degrees(lon, 180, "lon")
    if north == east == 0:  # in the sea off Africa
        raise Unreadable("zero-zero", f"{lat}, {lon}", field="lat")
    return disc(name, north, east, radius_of_digits(lat, lon) if radius_m is None else radius_m)


def degrees(text: str, most: int, field: str | None = None) -> float:
    """Return the degrees in *text*, from -*most* to *most*; raise Unreadable (also for NaN and infinity)."""
    number = float(text) if _DECIMAL.fullmatch(text) else math.nan
    if not -most <= number <= most:
        raise Unreadable("not-degrees", text, field=field, most=most)
    return number


def radius(text: str, metres_in_unit: int, field: str | None = None) -> int:
    """Return a radius in whole metres, rounded up; raise Unreadable."""
    number = float(text) if _DECIMAL.fullmatch(text) else math.nan
    if not 0 <= number * metres_in_unit <= _FARTHEST_M:
        unit = "km" if metres_in_unit == 1000 else "m"
        raise Unreadable("not-a-radius", text, field=field, most=_FARTHEST_M // metres_in_unit, unit=unit)
    return math.ceil(round(number * metres_in_unit, 3))


def radius_of_digits(lat: str, lon: str) -> int:
    """Return, in metres, how exact a place is whose source gives no radius: as exact as its digits, and no more.

    Half a unit of the last decimal of the finer coordinate, each way; a degree counts 111.32 km.
    """
    decimals = max(0, *(len(text.lower().split("e")[0].partition(".")[2]) for text in (lat, lon)))
    return math.ceil(math.sqrt(2) * _DEGREE_M * 0.5 * 10.0**-decimals)


@lru_cache(maxsize=16384)
def disc(name: str, lat: float, lon: float, radius_m: int) -> Disc:
    """Return the place; equal ones are made once."""
    return Disc(name=name, lat=lat, lon=lon, radius_m=radius_m)
