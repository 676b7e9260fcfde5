"""Text → degrees of WGS 84, in the forms that people and forms write, each as exact as its last digit and no more.

One coordinate: -48.31 · 48.31 S · 48°18'36"S · 48°18.6'S · 48 18 36 S. Both in one cell, latitude first: -48.31, -123.4
· letters N S E W in either order · MGRS (`grid`) · POINT (-123.4 -48.31) as well-known text has it, longitude first ·
latitude, longitude, height and accuracy in metres with spaces between, as forms write them
(https://docs.getodk.org/form-question-types/#location-widgets).
"""

import math
import re
from dataclasses import dataclass
from typing import Literal

from parley.intake.faults import Unreadable
from parley.intake.values import grid
from parley.intake.values.numbers import Decimal, StoredNumber, western, with_point

Axis = Literal["lat", "lon"]

DEGREE_M = 111_320
_MOST_SIGNS = 100
_LETTERS: dict[Axis, str] = {"lat": "NS", "lon": "EW"}
_MOST: dict[Axis, int] = {"lat": 90, "lon": 180}

_NUMBER = r"(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})"
_DECIMAL = re.compile(rf"([+-]?)({_NUMBER}(?:[eE][+-]?\d{{1,3}})?)", re.ASCII)
_PARTS = (
    rf"(?P<sign>[+-]?)(?P<degrees>{_NUMBER}) ?(?:[°º˚:] ?|(?<=\d) (?=\d))?"
    rf"(?:(?P<minutes>{_NUMBER}) ?(?:['′’´:] ?|(?<=\d) (?=\d))?"
    rf"(?:(?P<seconds>{_NUMBER}) ?(?:[\"″”]|''|′′|’’)? ?)?)?"
)
_ANGLE = re.compile(rf"(?P<before>[NSEW])? ?{_PARTS}(?P<after>[NSEW])?", re.ASCII | re.IGNORECASE)
_POINT = re.compile(
    rf"(?:SRID=4326;)?POINT ?Z? ?\( ?([+-]?{_NUMBER}) ([+-]?{_NUMBER})(?: [+-]?{_NUMBER})? ?\)",
    re.ASCII | re.IGNORECASE,
)
_BARE = re.compile(r"[+-]?\d{1,3}", re.ASCII)
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Angle:
    """A coordinate in degrees, how many degrees its last digit is, and its axis where a letter says it."""

    degrees: float
    unit: float
    axis: Axis | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A place in degrees, and in metres how exact it is."""

    lat: float
    lon: float
    radius_m: int


def angle(text: str, axis: Axis, decimal: Decimal = ".", field: str | None = None) -> Angle:
    """Return the coordinate in *text*; raise Unreadable where it is none of *axis*, or beyond its poles."""
    try:
        found = _angle(with_point(text, decimal))
    except Unreadable as fault:
        raise fault.of(field) from None
    if found is None or found.axis not in (None, axis) or abs(found.degrees) > _MOST[axis]:
        raise Unreadable("not-degrees", text, field=field, most=_MOST[axis])
    return found


def _angle(text: str) -> Angle | None:
    plain = _DECIMAL.fullmatch(text)
    if plain:
        number = float(text)
        return Angle(number, _unit(plain[2])) if math.isfinite(number) else None
    found = _ANGLE.fullmatch(_WHITE.sub(" ", text.strip())) if len(text) <= _MOST_SIGNS else None
    if found is None:
        return None
    letter = (found["before"] or found["after"] or "").upper()
    if (found["before"] and found["after"]) or (letter and found["sign"]):
        return None
    given = [found[part] for part in ("degrees", "minutes", "seconds") if found[part]]
    if any("." in one for one in given[:-1]) or any(float(one) >= 60 for one in given[1:]):
        return None
    if given[1:] and not letter and "°" not in text.replace("º", "°").replace("˚", "°"):
        return None  # 48 18 36 alone may as well be three other numbers
    degrees = round(sum(float(one) / 60**power for power, one in enumerate(given)), 9)
    if found["sign"] == "-" or letter in ("S", "W"):
        degrees = -degrees
    axis: Axis | None = None if not letter else "lat" if letter in "NS" else "lon"
    return Angle(degrees, _unit(given[-1]) / 60 ** (len(given) - 1), axis)


def _unit(number: str) -> float:
    return float(10.0 ** -len(number.lower().split("e")[0].partition(".")[2]))


def exactness(lat: Angle, lon: Angle) -> int:
    """Return, in metres, how exact a place is whose source gives no radius: half a unit of the finer one, each way."""
    return math.ceil(math.sqrt(2) * DEGREE_M * 0.5 * min(lat.unit, lon.unit))


def position(text: str, decimal: Decimal = ".", field: str | None = None) -> Position:
    """Return the place in *text*, which holds both coordinates; raise Unreadable."""
    plain = _WHITE.sub(" ", western(text).strip())
    if grid.is_reference(plain):
        try:
            return Position(*grid.square(plain.upper()))
        except Unreadable as fault:
            raise fault.of(field, text) from None
    found = _both(plain, decimal) if len(plain) <= _MOST_SIGNS else None
    if found is None:
        raise Unreadable("not-a-position", text, field=field)
    return found


def is_position(text: str, decimal: Decimal = ".") -> bool:
    """Say whether *text* holds both coordinates of a place."""
    if isinstance(text, StoredNumber):
        return False
    try:
        position(text, decimal)
    except Unreadable:
        return False
    return True


def _both(plain: str, decimal: Decimal) -> Position | None:
    if point := _POINT.fullmatch(plain):
        return _placed(point[2], point[1])
    if decimal == ",":
        if "." in plain:
            return None
        plain = re.sub(r"(?<=\d),(?=\d)", ".", plain)
    plain = plain.removeprefix("(").removesuffix(")")
    for mark in (";", "/", ","):
        parts = [part.strip() for part in plain.split(mark)]
        if len(parts) == 2:
            if f"{mark} " not in plain and all(map(_BARE.fullmatch, parts)):
                return None  # 48,31 may be one number
            return _placed(*parts)
        if len(parts) > 2:
            return None
    words = plain.split(" ")
    if 2 <= len(words) <= 4 and all(_DECIMAL.fullmatch(word) for word in words):
        if all(map(_BARE.fullmatch, words)):
            return None  # degrees and minutes, or degrees alone
        return _placed(words[0], words[1], words[3] if len(words) == 4 else "")
    return next(filter(None, (_cut(words, cut) for cut in range(1, len(words)))), None)


def _cut(words: list[str], at: int) -> Position | None:
    """Return the place whose latitude are the words up to *at*; both need a letter, or the cut is a guess."""
    first, second = (_angle(" ".join(part)) for part in (words[:at], words[at:]))
    if first is None or second is None or None in (first.axis, second.axis):
        return None
    return _of_angles(first, second)


def _placed(lat: str, lon: str, accuracy_m: str = "") -> Position | None:
    first, second = _angle(lat), _angle(lon)
    if first is None or second is None:
        return None
    accurate = float(accuracy_m) if accuracy_m else 0.0
    return _of_angles(first, second, math.ceil(accurate) if accurate > 0 else None)


def _of_angles(first: Angle, second: Angle, radius_m: int | None = None) -> Position | None:
    if (first.axis, second.axis) in (("lon", "lat"), ("lon", None), (None, "lat")):
        first, second = second, first
    if first.axis == "lon" or second.axis == "lat" or abs(first.degrees) > 90 or abs(second.degrees) > 180:
        return None
    return Position(first.degrees, second.degrees, exactness(first, second) if radius_m is None else radius_m)
