"""Moments that people look back to: `2h`, `30m`, `1d` before now, or an instant as `parley.instants` has them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from parley.instants import instant

EXPECTED = "a time such as 2026-11-28T06:00, a day such as 2026-11-28, today, yesterday, or 2h, 30m, 1d before now"

_AGO = re.compile(r"([0-9]{1,6})\s*([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
NAMED_DAYS = {"today": 0, "yesterday": 1}
"""The days that have a name, each by how many days before today it is."""


def beginning(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the moment that *text* means, in UTC; a day means its beginning in *zone*.

    Raises:
        ValueError: it means none; the text says what would.
    """
    said = text.strip().lower()
    if (ago := _AGO.fullmatch(said)) is not None:
        try:
            return now.astimezone(UTC) - int(ago[1]) * _UNITS[ago[2]]
        except OverflowError:
            raise ValueError(f"{text!r} is before every calendar: give {EXPECTED}") from None
    if (day := _day(said, zone, now)) is not None:
        return _midnight(day, zone)
    if "t" not in said and ":" not in said and said != "now":
        raise ValueError(f"{text!r} is no time: give {EXPECTED}")
    return instant(text.strip() if said != "now" else said, zone, now)


def ending(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the moment that *text* means, as `beginning` does, but of a day its end: all of it is meant."""
    day = _day(text.strip().lower(), zone, now)
    return beginning(text, zone, now) if day is None else _midnight(day + timedelta(days=1), zone)


def named_day(name: str, zone: ZoneInfo, now: datetime) -> date:
    """Return the day that a name of `NAMED_DAYS` means in *zone*."""
    return now.astimezone(zone).date() - timedelta(days=NAMED_DAYS[name])


def _day(said: str, zone: ZoneInfo, now: datetime) -> date | None:
    if said in NAMED_DAYS:
        return named_day(said, zone, now)
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
