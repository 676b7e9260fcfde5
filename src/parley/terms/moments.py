"""Moments that need not be known exactly: the earliest and the latest that each can have been, and why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from parley.model import Interval
from parley.terms.language import Agreement, Ending, Relative, Until, When

PAST = datetime(1, 1, 2, tzinfo=UTC)
FUTURE = datetime(9999, 12, 30, tzinfo=UTC)
"""Stand for "no bound": before and after everything that is reported."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A moment somewhere in `earliest` … `latest`; `why` the two differ, and what is `missing` to know it."""

    earliest: datetime
    latest: datetime
    why: str = ""
    missing: str = ""

    @property
    def exact(self) -> bool:
        return self.earliest == self.latest


NEVER = Bounds(FUTURE, FUTURE)
"""No such moment: an end that was not agreed."""


def later(moment: datetime, by: timedelta) -> datetime:
    """Return *moment* moved on; "no bound" stays what it is."""
    return moment if moment in (PAST, FUTURE) else moment + by


def shifted(event: Bounds, by: Relative, zone: ZoneInfo) -> Bounds:
    """Return the moment as far from *event* as *by* says; days are counted by the clock on the wall of *zone*."""
    return replace(event, earliest=_shift(event.earliest, by, zone), latest=_shift(event.latest, by, zone))


def _shift(moment: datetime, by: Relative, zone: ZoneInfo) -> datetime:
    if moment in (PAST, FUTURE):
        return moment
    local = moment.astimezone(zone).replace(tzinfo=None)
    if by.end_of_day is not None:
        local = datetime(local.year, local.month, local.day) + timedelta(days=by.end_of_day)  # noqa: DTZ001
        return local.replace(tzinfo=zone)
    days = (local + timedelta(days=by.days)).replace(tzinfo=zone)
    return (days.astimezone(UTC) + timedelta(hours=by.hours)).astimezone(zone) if by.hours else days


def end_of(agreement: Agreement, when: Callable[[When], Bounds]) -> Bounds:
    """Return when *agreement* as a whole ends: what was agreed, extended, renewed and given notice of."""
    end = ending(agreement.until, when)
    if agreement.renewal is not None and end.exact and end is not NEVER:
        known = when(agreement.renewal.known_until).earliest
        sure = end.latest
        while sure < known:
            sure = _months_on(sure, agreement.renewal.months)
        end = Bounds(sure, FUTURE, agreement.renewal.why, "whether it was renewed")
    for extension in agreement.extensions:
        new = when(extension.until)
        if extension.certain:
            end = Bounds(max(end.earliest, new.earliest), max(end.latest, new.latest), end.why, end.missing)
        elif new.latest > end.latest:
            why = f"an extension{_by(extension.by)} is disputed"
            end = Bounds(end.earliest, new.latest, why, "whether it was extended")
    for notice in agreement.notices:
        given = when(notice.given)
        days = timedelta(days=notice.days)
        over = Bounds(later(given.earliest, days), later(given.latest, days))
        latest = min(end.latest, over.latest) if notice.certain else end.latest
        if min(end.earliest, over.earliest) != latest:
            why = end.why if notice.certain and end.why else f"notice{_by(notice.by)} is disputed"
            end = Bounds(min(end.earliest, over.earliest), latest, why, "whether notice was given")
        else:
            end = Bounds(latest, latest)
    return end


def ending(until: Until | None, when: Callable[[When], Bounds]) -> Bounds:
    """Return when something ends of which the file says *until*."""
    if until is None:
        return NEVER
    if isinstance(until, Ending):
        latest = FUTURE if until.not_after is None else when(until.not_after).latest
        return Bounds(when(until.not_before).earliest, latest, until.why, "when the clause ended")
    return when(until)


def before(when: Interval, moment: datetime) -> bool:
    """Say that all of *when* lies before *moment*; a span's end is excluded, an instant is not."""
    return when.end <= moment if when.start < when.end else when.start < moment


def _months_on(moment: datetime, months: int) -> datetime:
    """Return the same day and hour so many months on, or the month's last day where it has no such day."""
    month = moment.month - 1 + months
    first = moment.replace(year=moment.year + month // 12, month=month % 12 + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first + timedelta(days=min(moment.day, (following - first).days) - 1)


def _by(whom: str) -> str:
    return f" by {whom}" if whom else ""
