"""The one formatter of coordinates, ids and times of a page: each in a `<bdi>`, so that it keeps its order everywhere.

Without that a time or a pair of coordinates changes its order inside right-to-left text. It is markup, and no sign of
direction in the text (U+2066 … U+2069), so that what people copy from a page is an id and nothing more. Foreign text
has its unseen signs written out, so that a name can neither turn the text around it nor end an isolate.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from parley.model import Disc, Interval, visible


def isolated(thing: object) -> Markup:
    """Return *thing*, an id, a day, a number or another piece of code, as HTML that reads left to right."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(visible(str(thing)))


def foreign(text: str) -> Markup:
    """Return *text*, a name or words of somebody else, as HTML that takes its own direction and no more."""
    return Markup("<bdi>{}</bdi>").format(visible(text))


def coordinates(place: Disc) -> Markup:
    """Return latitude and longitude in degrees, as exact as they were given, to 5 decimals (about 1 m)."""
    latitude = f"{_degrees(place.lat)}° {'S' if place.lat < 0 else 'N'}"
    longitude = f"{_degrees(place.lon)}° {'W' if place.lon < 0 else 'E'}"
    return isolated(f"{latitude}, {longitude}")


def distance(metres: int) -> Markup:
    """Return a distance in m, from 1 km on in km."""
    return isolated(f"{metres / 1000:.1f}".removesuffix(".0") + " km" if metres >= 1000 else f"{metres} m")


def day(given: date) -> Markup:
    """Return a local day as 2016-09-17."""
    return _time(given, str(given))


def moment(when: datetime, timezone: ZoneInfo) -> Markup:
    """Return *when* as local date and time of *timezone*; the machine-readable time carries the offset."""
    local = when.astimezone(timezone)
    return _time(local, f"{local.date()} {_clock(local)}")


def span(when: Interval, timezone: ZoneInfo) -> Markup:
    """Return *when* in words: an instant, a stretch, or local days where no time of day was given."""
    start, end = when.start.astimezone(timezone), when.end.astimezone(timezone)
    if when.start == when.end:
        return moment(when.start, timezone)
    if _is_midnight(start) and _is_midnight(end):
        last = (end - timedelta(days=1)).date()
        if last <= start.date():
            return Markup("{}, no time of day given").format(day(start.date()))
        return Markup("some time from {} to {}").format(day(start.date()), day(last))
    until = _time(end, _clock(end)) if start.date() == end.date() else moment(when.end, timezone)
    return Markup("between {} and {}").format(moment(when.start, timezone), until)


def offset(when: datetime, timezone: ZoneInfo) -> Markup:
    """Return how far the clocks of *timezone* are from UTC at *when*."""
    return isolated(f"UTC{when.astimezone(timezone).isoformat()[-6:]}")


def _time(when: date, shown: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(when.isoformat(), isolated(shown))


def _clock(when: datetime) -> str:
    return f"{when:%H:%M:%S}" if when.second else f"{when:%H:%M}"


def _is_midnight(when: datetime) -> bool:
    return (when.hour, when.minute, when.second, when.microsecond) == (0, 0, 0, 0)


def _degrees(angle: float) -> str:
    shown = f"{abs(angle):.5f}".rstrip("0")
    return shown + "0" if shown.endswith(".") else shown
