"""Moments that need not be known exactly: the earliest and the latest that each can have been, and why.

All stand in UTC, so that instants are compared as instants. Days, weeks and months are counted by the clock on the wall
of the agreement's zone, across changes of the clocks; hours are hours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from parley.terms.language import Agreement, Ending, Notice, PutOff, Relative, Renewal, Until, When

PAST = datetime(1, 1, 2, tzinfo=UTC)
FUTURE = datetime(9999, 12, 30, tzinfo=UTC)
"""Stand for "no bound": before and after everything that is reported."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A moment somewhere in `earliest` … `latest`; `why` the two differ, and what is `missing` to know it.

    `awaited` says what has to happen first, where the moment has not come and need not come.
    """

    earliest: datetime
    latest: datetime
    why: str = ""
    missing: str = ""
    awaited: str = ""

    @property
    def exact(self) -> bool:
        return self.earliest == self.latest


NEVER = Bounds(FUTURE, FUTURE)
"""No such moment: an end that was not agreed."""


@lru_cache(maxsize=1 << 12)  # the same breach is counted from again and again
def days_on(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same hour of the clock so many *days* on; "no bound" stays what it is."""
    if moment in (PAST, FUTURE):
        return moment
    local = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=zone).astimezone(UTC)


def shifted(event: Bounds, by: Relative, zone: ZoneInfo) -> Bounds:
    """Return the moment as far from *event* as *by* says; days are counted by the clock on the wall of *zone*."""
    return replace(event, earliest=_shift(event.earliest, by, zone), latest=_shift(event.latest, by, zone))


def _shift(moment: datetime, by: Relative, zone: ZoneInfo) -> datetime:
    if moment in (PAST, FUTURE):
        return moment
    if by.end_of_day is not None:
        local = moment.astimezone(zone)
        midnight = datetime(local.year, local.month, local.day) + timedelta(days=by.end_of_day)  # noqa: DTZ001
        return midnight.replace(tzinfo=zone).astimezone(UTC)
    return days_on(moment, by.days, zone) + timedelta(hours=by.hours)


def end_of(agreement: Agreement, when: Callable[[When], Bounds]) -> Bounds:
    """Return when *agreement* as a whole ends: what was agreed, extended, renewed and given notice of."""
    zone = agreement.zone_info
    end = renewed(ending(agreement.until, when), agreement.renewal, when, zone)
    for extension in agreement.extensions:
        end = put_off(end, when(extension.until), extension.certain, f"an extension{_by(extension.by)} is disputed")
    return earlier_of(end, notice_end(agreement.notices, when, zone))


def renewed(end: Bounds, renewal: Renewal | None, when: Callable[[When], Bounds], zone: ZoneInfo) -> Bounds:
    """Return when what ends at *end* ends where it is renewed by itself: certainly up to a day, and open after it."""
    if renewal is None or not end.exact or end == NEVER:
        return end
    known = when(renewal.known_until).earliest
    times, sure = 0, end.latest
    while sure < known:
        times += 1
        sure = months_on(end.latest, times * renewal.months, zone)
    return Bounds(sure, FUTURE, renewal.why, "whether it was renewed")


def put_off(end: Bounds, new: Bounds, certain: bool, why: str, missing: str = "whether it was extended") -> Bounds:
    """Return *end* where *new* was agreed as a later one, for certain or as some say."""
    if certain:
        return replace(end, earliest=max(end.earliest, new.earliest), latest=max(end.latest, new.latest))
    return Bounds(end.earliest, new.latest, why, missing) if new.latest > end.latest else end


def notice_end(notices: Sequence[Notice], when: Callable[[When], Bounds], zone: ZoneInfo) -> Bounds:
    """Return when the notices given end what they end; `NEVER` where none was given."""
    end = NEVER
    for notice in notices:
        given = when(notice.given)
        over = replace(
            given, earliest=days_on(given.earliest, notice.days, zone), latest=days_on(given.latest, notice.days, zone)
        )
        if not notice.certain:
            over = Bounds(over.earliest, FUTURE, f"notice{_by(notice.by)} is disputed", "whether notice was given")
        end = earlier_of(end, over)
    return end


def earlier_of(first: Bounds, second: Bounds) -> Bounds:
    """Return the moment at which the earlier of two comes."""
    earliest, latest = min(first.earliest, second.earliest), min(first.latest, second.latest)
    for one in (first, second):
        if (one.earliest, one.latest) == (earliest, latest):
            return one
    # Whichever leaves it open is the one that has a reason.
    telling = next((one for one in (second, first) if not one.exact and one.why), first)
    return replace(telling, earliest=earliest, latest=latest) if earliest < latest else Bounds(earliest, latest)


def put_off_by(deadline: Bounds, consents: Sequence[PutOff], when: Callable[[When], Bounds]) -> Bounds:
    """Return *deadline* as later ones were consented to."""
    for consent in consents:
        why = f"that it was put off{_by(consent.by)} is disputed"
        deadline = put_off(deadline, when(consent.until), consent.certain, why, "whether it was put off by consent")
    return deadline


def ending(until: Until | None, when: Callable[[When], Bounds]) -> Bounds:
    """Return when something ends of which the file says *until*."""
    if until is None:
        return NEVER
    if isinstance(until, Ending):
        latest = FUTURE if until.not_after is None else when(until.not_after).latest
        return Bounds(when(until.not_before).earliest, latest, until.why, "when the clause ended")
    return when(until)


def months_on(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Return the same day and hour so many months on, or the month's last day where it has no such day."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    month = local.month - 1 + months
    first = local.replace(year=local.year + month // 12, month=month % 12 + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    there = first + timedelta(days=min(local.day, (following - first).days) - 1)
    return there.replace(tzinfo=zone).astimezone(UTC)


def _by(whom: str) -> str:
    return f" by {whom}" if whom else ""
