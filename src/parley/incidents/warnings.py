"""What is perhaps a slip in a report: a pure function of the reports and of what is known, in whatever order they came.

A warning changes nothing: the report holds, or waits, as it did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil, floor

from parley.incidents.geodesy import distance_m
from parley.incidents.placed import claimed, place_of, time_of
from parley.model import (
    Attribute,
    Bulletin,
    Disc,
    EventReport,
    Interval,
    OneOf,
    RecordedReport,
    ReportWarning,
    fold,
    looks_like,
)

FAR_M = 25_000
"""A position farther than this from the place that it names, beyond what both leave open, is perhaps a slip."""
LONG_AGO = timedelta(days=30)
"""So long before the agreement nothing is awaited that it would be asked about."""
FEW = 10
"""So few positions are looked at without the one in question, and all of them."""
_LEAST_DEGREES = 1.0
_M_PER_DEGREE = 110_000
_NAMES: tuple[Attribute, ...] = ("actor", "affected")


@dataclass(frozen=True)
class Known:
    """What a centre knows beside the reports.

    Args:
        places: where what is called by a folded name lies: each disc covers it.
        names: those of the parties.
        since: the day of the first agreement.
    """

    places: Mapping[str, Sequence[Disc]] = field(default_factory=dict)
    names: Sequence[str] = ()
    since: date | None = None


def warnings(
    reports: Sequence[RecordedReport], known: Known, others: "Positions | None" = None
) -> dict[int, tuple[ReportWarning, ...]]:
    """Return what is perhaps a slip in *reports*, by entry; reports without a warning are left out.

    *others*: where all reports lie, of which these are some; None: these are all.
    """
    looking = _Looking(others or Positions.of(positions(reports)), known)
    found = {one.entry: tuple(looking.at(one)) for one in reports}
    return {entry: warned for entry, warned in found.items() if warned}


class _Looking:
    def __init__(self, others: "Positions", known: Known) -> None:
        self._known = known
        self._others = others
        self._all_known = Positions.of(disc for discs in known.places.values() for disc in discs)
        self._alike = cache(lambda name: looks_like(name, known.names))

    def at(self, one: RecordedReport) -> Iterator[ReportWarning]:
        """Yield the warnings of one report."""
        report = one.report
        when = report.period if isinstance(report, Bulletin) else None
        if isinstance(report, EventReport):
            when = time_of(report)
        if when is not None:
            yield from self._of_time(when, one.received_at)
        if isinstance(report, EventReport):
            yield from self._of_place(report)
            yield from self._of_names(report)

    def _of_time(self, when: Interval, received: datetime) -> Iterator[ReportWarning]:
        said = when.start.isoformat(timespec="minutes")
        if when.start > received:
            yield ReportWarning(code="in-the-future", params={"said": said})
        since = self._known.since
        if since is not None and since - when.end.date() > LONG_AGO:
            params = {"said": said, "days": LONG_AGO.days, "agreement": since.isoformat()}
            yield ReportWarning(code="long-ago", params=params)

    def _of_place(self, report: EventReport) -> Iterator[ReportWarning]:
        place = place_of(report)
        if place is None:
            return
        turned = _exchanged(place)
        for name in _named(report, place):
            discs = self._known.places.get(fold(name), ())
            off_m = _off_m(place, discs)
            if off_m is None:
                continue
            if off_m <= FAR_M:
                return  # it lies where it should
            if turned and (_off_m(turned, discs) or 0) <= FAR_M:
                yield ReportWarning(code="exchanged", params={"near": name})
            else:
                yield ReportWarning(code="far-from-place", params={"name": name, "km": round(off_m / 1000)})
            return
        if turned and self._lies_better(turned, place):
            yield ReportWarning(code="exchanged", params={"near": ""})

    def _lies_better(self, turned: Disc, place: Disc) -> bool:
        """Whether *turned* lies among what is known, or among all other reports, and *place* does not."""
        among_others = self._others.hold(place, without=place)
        if self._all_known.hold(place) or (among_others and self._others.many):
            return False
        return self._all_known.hold(turned) or (not among_others and self._others.hold(turned, without=place))

    def _of_names(self, report: EventReport) -> Iterator[ReportWarning]:
        for attribute in _NAMES:
            value = claimed(report, attribute)
            for name in (*value.any_of, *value.none_of) if isinstance(value, OneOf) else ():
                alike = self._alike(name)
                if alike is not None:
                    params = {"attribute": attribute, "name": name, "known": alike}
                    yield ReportWarning(code="name-like", params=params)


def positions(reports: Iterable[RecordedReport]) -> Iterator[Disc]:
    """Yield where *reports* say that something happened."""
    for one in reports:
        place = place_of(one.report) if isinstance(one.report, EventReport) else None
        if place is not None:
            yield place


def _named(report: EventReport, place: Disc) -> Iterator[str]:
    """Yield the names that a report has for where it happened: that of the place, then that of the area."""
    if place.name:
        yield place.name
    area = claimed(report, "area")
    if isinstance(area, OneOf) and len(area.any_of) == 1:
        yield area.any_of[0]


def _exchanged(place: Disc) -> Disc | None:
    """Return *place* with latitude and longitude exchanged; None where that is no place."""
    if abs(place.lon) > 90 or place.lat == place.lon:
        return None
    return Disc(name=place.name, lat=place.lon, lon=place.lat, radius_m=place.radius_m)


def _off_m(place: Disc, discs: Sequence[Disc]) -> float | None:
    """Return how far *place* lies from the nearest of *discs* beyond the radii, in metres; None where there is none."""
    if not discs:
        return None
    return max(0.0, min(distance_m(place, disc) - disc.radius_m - place.radius_m for disc in discs))


Box = tuple[int, int, int, int]
"""The lowest and the highest latitude, the lowest and the highest longitude, in whole degrees."""


@dataclass(frozen=True)
class Positions:
    """Where most of some places are: a box around them, with room on all sides.

    Of many, the box is that of their middle three fifths and as much again on each side, to whole degrees, so that some
    that are wrong move it little, and another place hardly ever. Places astride 180 degrees have a wide one, in which
    nothing seems exchanged. Of a `few`, it is that of all but the one that is asked for.
    """

    box: Box | None
    few: Sequence[Disc] = ()

    @classmethod
    def of(cls, places: Iterable[Disc]) -> "Positions":
        """Return the positions of *places*."""
        held = list(places)
        if len(held) < FEW:
            return cls(None, held)
        lat, lon = sorted(one.lat for one in held), sorted(one.lon for one in held)
        reach, fifth = sorted(one.radius_m for one in held)[len(held) // 2], len(held) // 5
        return cls(box_of((lat[fifth], lat[-1 - fifth]), (lon[fifth], lon[-1 - fifth]), reach))

    @property
    def many(self) -> bool:
        """Whether there are so many that one that is wrong does not decide."""
        return self.box is not None

    def hold(self, place: Disc, without: Disc | None = None) -> bool:
        """Say whether *place* lies among them, *without* one of them where they are few; False where there are none."""
        if self.box is not None:
            south, north, west, east = self.box
            return south <= place.lat <= north and west <= place.lon <= east
        given, out = (place.lat, place.lon), None if without is None else (without.lat, without.lon)
        reach = max((one.radius_m for one in self.few), default=0)
        return all(
            _among_few([(one.lat, one.lon)[axis] for one in self.few], given[axis], out and out[axis], reach)
            for axis in (0, 1)
        )


def box_of(lat: tuple[float, float], lon: tuple[float, float], reach_m: float) -> Box:
    """Return the box of many places: the ends of their middle three fifths, and their middle radius in metres."""
    sides = []
    for low, high in (lat, lon):
        room = max(_LEAST_DEGREES, high - low) + reach_m / _M_PER_DEGREE
        sides += [floor(low - room), ceil(high + room)]
    south, north, west, east = sides
    return south, north, west, east


def _among_few(along: list[float], at: float, out: float | None, reach_m: float) -> bool:
    if out in along:
        along.remove(out)
    room = _LEAST_DEGREES + reach_m / _M_PER_DEGREE
    return bool(along) and min(along) - room <= at <= max(along) + room
