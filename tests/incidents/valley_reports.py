"""Reports from an invented valley, short to write."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from pyproj import Geod

from parley.model import (
    Attribute,
    Claim,
    Count,
    Disc,
    EventReport,
    Interval,
    OneOf,
    Origin,
    RecordedReport,
    Unknown,
    Value,
)

ZONE = timezone(timedelta(hours=-8))
MILL = Disc(name="Mill", lat=-48.2, lon=-123.4, radius_m=200)
_WGS84 = Geod(ellps="WGS84")

Said = Value | str | int | None


def at(text: str, until: str | None = None) -> Interval:
    """Return a local time of the valley, or a span of it."""
    start = datetime.fromisoformat(text).replace(tzinfo=ZONE)
    return Interval(start=start, end=datetime.fromisoformat(until).replace(tzinfo=ZONE) if until else start)


def day(text: str) -> Interval:
    """Return a whole local day."""
    start = datetime.fromisoformat(text).replace(tzinfo=ZONE)
    return Interval(start=start, end=start + timedelta(days=1))


NOON = at("2031-05-02T12:00")


def beside(place: Disc, metres: float, bearing: float = 90, radius_m: int | None = None) -> Disc:
    """Return a disc whose centre lies *metres* from that of *place*."""
    lon, lat, _ = _WGS84.fwd(place.lon, place.lat, bearing, metres)
    return Disc(lat=lat, lon=lon, radius_m=place.radius_m if radius_m is None else radius_m)


def told(
    entry: int,
    time: Interval | Unknown | None = NOON,
    place: Disc | Unknown | None = MILL,
    *,
    source: str | None = None,
    file: str | None = None,
    reference: str | None = None,
    row: int | None = None,
    also: Mapping[Attribute, Said] | None = None,
) -> RecordedReport:
    """Return an event report; by default each has a source and a file of its own."""
    said: dict[Attribute, Said] = {"time": time, "place": place, **(also or {})}
    return RecordedReport(
        entry=entry,
        received_at=datetime(2031, 5, 9, tzinfo=UTC),
        side="independent",
        handle=f"source {entry}" if source is None else source,
        report=EventReport(
            source=f"source {entry}" if source is None else source,
            channel="table",
            origin=Origin(
                digest=f"digest of {f'file {entry}' if file is None else file}", name="f", first=1, last=1, record=row
            ),
            reference=f"R-{entry}" if reference is None else reference,
            claims=tuple(
                Claim(attribute=name, value=value_of(value)) for name, value in said.items() if value is not None
            ),
        ),
    )


def value_of(said: Said) -> Value:
    """Return a number as an exact count and a string as one name."""
    if isinstance(said, int):
        return Count(low=said, best=said, high=said)
    return OneOf(any_of=(said,)) if isinstance(said, str) else said  # type: ignore[return-value]
