"""When and where a report says that it happened; a report that does not say makes no incident."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parley.model import Attribute, Cause, Disc, EventReport, Interval, RecordedReport, Unknown, Value


@dataclass(frozen=True, slots=True)
class PlacedReport:
    """An event report of which it is known when and where it happened, at its entry: what incidents are made of."""

    entry: int
    report: EventReport
    time: Interval
    place: Disc


def placed_reports(reports: Iterable[RecordedReport]) -> list[PlacedReport]:
    """Return the event reports among *reports* with a known time and place, in order of the record."""
    found = []
    for one in reports:
        if isinstance(one.report, EventReport):
            time, place = time_of(one.report), place_of(one.report)
            if time and place:
                found.append(PlacedReport(one.entry, one.report, time, place))
    return sorted(found, key=lambda one: one.entry)


def claimed(report: EventReport, attribute: Attribute) -> Value | None:
    """Return what *report* claims of *attribute*, which may be `Unknown`; None where it is silent."""
    for claim in report.claims:
        if claim.attribute == attribute:
            return claim.value
    return None


def time_of(report: EventReport) -> Interval | None:
    """Return when it happened; None where that is not known."""
    value = claimed(report, "time")
    return value if isinstance(value, Interval) else None


def place_of(report: EventReport) -> Disc | None:
    """Return where it happened; None where that is not known as a place on the map."""
    value = claimed(report, "place")
    return value if isinstance(value, Disc) else None


def unplaced(reports: Iterable[RecordedReport]) -> dict[int, tuple[Cause, ...]]:
    """Return the entry of every event report without a known time or place, with the reasons, in the given order."""
    reasons: dict[int, tuple[Cause, ...]] = {}
    for recorded in reports:
        report = recorded.report
        if isinstance(report, EventReport):
            lacking: list[Attribute] = []
            if time_of(report) is None:
                lacking.append("time")
            if place_of(report) is None:
                lacking.append("place")
            if lacking:
                reasons[recorded.entry] = tuple(why for attribute in lacking for why in _why(report, attribute))
    return reasons


def _why(report: EventReport, attribute: Attribute) -> Iterator[Cause]:
    value, params = claimed(report, attribute), {"attribute": attribute}
    if value is None:
        yield Cause(code="not-given", params=params)
    elif isinstance(value, Unknown):
        yield Cause(code="not-known", params=params)
        yield value.why
    else:
        yield Cause(code="not-usable", params=params)
