"""What a time that was written in another way may mean, and local times that the clocks show never or twice."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from parley.terms.language import Agreement, Relative
from parley.terms.language.faults import Fault, Path, parts

_MONTHS = {
    name: nth
    for nth, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_CLOCK = r"(?:[\s,T]+(?:at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2})?\s*(?:h|hours?)?)?"
_DAYS = (
    rf"(?P<day>\d{{1,2}})\.?\s+(?P<month>[A-Za-z]{{3,9}})\.?,?\s+(?P<year>\d{{4}}){_CLOCK}",
    rf"(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){_CLOCK}",
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_CLOCK}",
    rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}){_CLOCK}",
)
_COUNT = r"(?P<count>\d{1,4})\s*(?P<unit>d(?:ays?)?|h(?:ours?|rs?)?|w(?:eeks?)?)"
_COUNTED = (
    rf"(?P<event>[\w .-]*?\w)\s*(?P<sign>[+-]|plus|minus)\s*{_COUNT}",
    rf"{_COUNT}\s+(?P<sign>after|from|before)\s+(?P<event>[\w .-]+)",
    r"end of (?:the )?day (?P<nth>\d{1,4})\s+(?:after|from|of)\s+(?P<event>[\w .-]+)",
    r"(?P<event>[\w.-]*[\w.])\s*(?P<sign>[+-])\s*(?P<count>\d{1,4})(?P<unit>)",
)


def time_meant(written: str, day: bool = False) -> str:
    """Return, as the end of a sentence, the time (*day*: the day) that *written* may mean; "" where it is not clear."""
    written = written.strip()
    for pattern in _DAYS:
        if found := re.fullmatch(pattern, written):
            return _day(found, day)
    for pattern in () if day else _COUNTED:
        if found := re.fullmatch(pattern, written, re.IGNORECASE):
            return f"; perhaps {_counted(found)!r}"
    return ""


def _day(found: re.Match[str], day: bool) -> str:
    named = _MONTHS.get(found["month"][:3].lower(), 0)
    month = int(found["month"]) if found["month"].isdigit() else named
    if not 1 <= month <= 12:
        return "; the months are 1 to 12"
    if not 1900 <= int(found["year"]) < 2200:
        return "; the years are 1900 to 2199"
    moment = datetime(int(found["year"]), month, 1)  # noqa: DTZ001  a local time, of which only the words are shown
    last = ((moment + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day
    if not 1 <= int(found["day"]) <= last:
        return f"; the days of {moment:%Y-%m} are 1 to {last}"
    moment += timedelta(days=int(found["day"]) - 1)
    if day or found["hour"] is None:
        return f"; perhaps {moment:%Y-%m-%d}"
    if int(found["hour"]) > 24 or int(found["minute"]) > 59:
        return "; the hours are 00:00 to 23:59"
    return f"; perhaps {moment + timedelta(hours=int(found['hour']), minutes=int(found['minute'])):%Y-%m-%dT%H:%M}"


def _counted(found: re.Match[str]) -> str:
    given = found.groupdict()
    event = re.sub(r"\s+", "-", given["event"].strip().lower())
    if given.get("nth"):
        return f"end of day {given['nth']} from {event}"
    count = int(given["count"])
    unit = given["unit"].lower()[:1]
    sign = "-" if given["sign"].lower() in ("-", "minus", "before") else "+"
    return f"{event} {sign} {count * 7 if unit == 'w' else count} {'hours' if unit == 'h' else 'days'}"


def never_or_twice(agreement: Agreement) -> Iterator[Fault]:
    """Yield a caution for each local time that the clocks of the agreement's zone do not show, or show twice."""
    zone = agreement.zone_info
    known = exact_events(agreement)
    for path, when in _times(agreement):
        local = when
        if isinstance(when, Relative):
            event = known.get(when.event)
            if event is None or when.hours or not (when.days or when.end_of_day):
                continue
            local = event.astimezone(zone).replace(tzinfo=None)
            if when.end_of_day is not None:
                local = local.replace(hour=0, minute=0, second=0, microsecond=0)
            local += timedelta(days=when.end_of_day or when.days)
        if isinstance(local, datetime) and local.tzinfo is None and (said := clocks(local, zone)):
            yield Fault(path, "a time that the clocks show once", f"; {said}")


def exact_events(agreement: Agreement) -> dict[str, datetime]:
    """Return the instants of those events that are known, in UTC."""
    zone = agreement.zone_info
    return {event.id: instant(event.at, zone) for event in agreement.events if event.at and event.until is None}


def _times(agreement: Agreement) -> Iterator[tuple[Path, datetime | Relative]]:
    """Yield every time of *agreement* with its path."""
    for path, part in parts(agreement):
        for name, field in type(part).model_fields.items():
            value: Any = getattr(part, name)
            if isinstance(value, datetime | Relative):
                yield (*path, field.alias or name), value


def clocks(local: datetime, zone: ZoneInfo) -> str:
    """Return how *local* is read where the clocks of *zone* show it never or twice; "" where they show it once.

    As PEP 495 has it with fold 0: of a time that is skipped, the clock before the change goes on; of a time that comes
    twice, the first is meant.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return ""
    shown = f"{local:%Y-%m-%dT%H:%M}"
    meant = first.astimezone(UTC)
    if meant.astimezone(zone).replace(tzinfo=None) == local:
        later = second.astimezone(UTC)
        return (
            f"{shown} comes twice in {zone.key}, at {meant:%H:%M} and at {later:%H:%M} UTC; the first is taken: "
            f"write {first.isoformat(timespec='minutes')} or {second.isoformat(timespec='minutes')}"
        )
    read = meant.astimezone(zone)
    return (
        f"{shown} does not exist in {zone.key}, where the clocks were put forward; {read:%Y-%m-%dT%H:%M} "
        f"({meant:%H:%M} UTC) is taken: write {read.isoformat(timespec='minutes')} or what is meant"
    )


def instant(when: date, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time, or of a day's begin, in UTC."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)  # noqa: DTZ001
    try:
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:  # the first or the last day that there is
        return when.replace(tzinfo=UTC)
