"""Instants as people type them: `2026-11-28T06:00`, a day, or `now`; a clock time is that of a given zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

EXPECTED = "give a time such as 2026-11-28T06:00, a day such as 2026-11-28, or now"


def instant(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that *text* means, in UTC; a day means its beginning.

    Raises:
        ValueError: it is no time, or the clocks of *zone* skip it or show it twice; the text names what may be meant.
    """
    said = text.strip()
    if said == "now":
        return now.astimezone(UTC)
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return _at(said, zone)
    return datetime.combine(day, time(), zone).astimezone(UTC)  # the first that there is of it


def _at(said: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError(f"{said!r} is no time: {EXPECTED}") from None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    first, second = (found.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    meant = " or ".join(one.astimezone(UTC).astimezone(zone).isoformat(timespec="minutes") for one in (first, second))
    skipped = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != found
    what = "the clocks skip it" if skipped else "the clocks show it twice"
    raise ValueError(f"{said} in {zone.key}: {what} on that day; say which is meant: {meant}")
