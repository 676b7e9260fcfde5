"""Text → days, moments and intervals. Times are aware; a time that local clocks never showed does not exist.

Every time is kept with a fixed offset: comparing a zone's own times around a change of clocks is not sound
(https://docs.python.org/3/library/datetime.html, on `fold` and comparison between zones).
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from parley.intake.faults import Unreadable
from parley.intake.values.clocks import OFFSET, clock, offset
from parley.model import Interval

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    rf"(\d{{4}}-\d{{2}}-\d{{2}})[T ](\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?) ?({OFFSET})?",
    re.ASCII | re.IGNORECASE,
)
_DAY_ENDS = re.compile(r"24:00(?::00(?:\.0+)?)?")
_YEARS = range(1900, 2200)

NOT_A_TIME = "not-a-time"
"""The code of a text that is neither a day nor a time as ISO 8601 writes them."""


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    """Return the day that *text* names; raise Unreadable where there is no such day."""
    if not _DAY.fullmatch(text):
        raise Unreadable("not-a-day", text)
    return _checked(text, text)


@lru_cache(maxsize=4096)
def whole_days(first: date, last: date, zone: ZoneInfo) -> Interval:
    """Return *first* … *last* as local days, both included: from 00:00 to the next 00:00 of *zone*."""
    if last < first:
        raise Unreadable("end-before-start", str(last), start=str(first))
    return Interval(start=_midnight(first, zone), end=_midnight(last + timedelta(days=1), zone))


def when(text: str, zone: ZoneInfo) -> Interval:
    """Return the interval that *text* names: a whole local day, or one moment.

    A moment that local clocks show twice, as they are set back, is either of the two. 24:00 is the end of its day.
    """
    if _DAY.fullmatch(text):
        return whole_days(day(text), day(text), zone)
    found = _MOMENT.fullmatch(text)
    if not found:
        raise Unreadable(NOT_A_TIME, text)
    said_day, said_time, said_offset = found.groups()
    on = _checked(said_day, text)
    if _DAY_ENDS.fullmatch(said_time):
        on, said_time = on + timedelta(days=1), "00:00"
    try:
        at = time.fromisoformat(said_time)
        zoned = offset(said_offset) if said_offset else ""
        tz = datetime.fromisoformat(f"2000-01-01T00:00{zoned}").tzinfo if zoned else None
    except ValueError:
        raise Unreadable("no-such-time-of-day", text) from None
    if tz is not None:
        moment = _fixed(datetime.combine(on, at, tz))
        return Interval(start=moment, end=moment)
    return _local(datetime.combine(on, at), text, zone)


def whole_day(moment: Interval, zone: ZoneInfo) -> Interval:
    """Return the day that begins with *moment*, a midnight: of *zone*, or of the offset that it was said with."""
    local = moment.start.astimezone(zone)
    if local.time() == time() or moment.start != moment.end or local.utcoffset() == moment.start.utcoffset():
        return whole_days(local.date(), local.date(), zone)
    return Interval(start=moment.start, end=moment.start + timedelta(days=1))


def at_clock(day: Interval, text: str, zone: ZoneInfo) -> Interval:
    """Return the time of day in *text* on *day*; raise Unreadable where one of both is none."""
    read = clock(text)
    if read is None:
        raise Unreadable("not-a-time-of-day", text)
    start = day.start.astimezone(zone)
    if day.end - day.start > timedelta(hours=25) or (day.start == day.end and start.time() != time()):
        raise Unreadable("not-of-one-day", text)
    try:
        return when(read.on(start.date().isoformat()), zone)
    except Unreadable as fault:
        raise fault.of(None, text) from None


def span(start: str, end: str, zone: ZoneInfo) -> Interval:
    """Return the interval from what *start* names up to what *end* names ("": the same as *start*)."""
    return joined_span(when(start, zone), when(end, zone) if end else None, start, end)


def joined_span(first: Interval | None, last: Interval | None, start: str, end: str) -> Interval:
    """Return the interval from the beginning of *first* to the end of *last* (None: the same), said *start* and *end*.

    Raises:
        Unreadable: they are not in order, or there is an end alone.
    """
    if first is None:
        raise Unreadable("end-without-start", end)
    if last is None:
        return first
    if last.end < first.start or last.start < last.end <= first.start:
        raise Unreadable("end-before-start", end, start=start)
    return Interval(start=first.start, end=last.end)


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA *name*; raise Unreadable where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Unreadable("not-a-time-zone", name) from None


def _checked(text: str, found: str) -> date:
    try:
        read = date.fromisoformat(text)
    except ValueError:
        raise Unreadable("no-such-day", found) from None
    if read.year not in _YEARS:
        raise Unreadable("year-out-of-range", found, first=_YEARS.start, last=_YEARS.stop - 1)
    return read


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of the local day, which is not 00:00 where clocks skip that hour."""
    return _fixed(datetime.combine(on, time(), zone).astimezone(UTC).astimezone(zone))


def _local(naive: datetime, text: str, zone: ZoneInfo) -> Interval:
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return Interval(start=_fixed(first), end=_fixed(first))
    if _exists(first):
        return Interval(start=_fixed(first), end=_fixed(second))
    if not _exists(first - timedelta(microseconds=1)):
        raise Unreadable("skipped-time", text, zone=zone.key)
    at = _fixed(first.astimezone(UTC).astimezone(zone))  # the moment at which clocks were set on: a day may end so
    return Interval(start=at, end=at)


def _exists(moment: datetime) -> bool:
    """Say whether local clocks ever showed *moment*, rather than skip it."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None)


def _fixed(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    assert offset is not None
    return moment.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)
