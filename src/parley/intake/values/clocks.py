"""Text → a time of day, in the forms that people in the field write: 02:55, 0255, 02.55, 02h55, 2:55 am, 0255Z, 0255L.

Z is UTC, L and J are local time, as in date-time groups (ACP 121: 280255ZNOV26 is 02:55 UTC on 28 November 2026); other
letters of zones are not read, since an H may as well mean hours. A time of day is no time: it needs its day.
"""

import re
from dataclasses import dataclass

from parley.intake.faults import Unreadable
from parley.intake.values.numbers import StoredNumber, western

OFFSET = r"Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|UTC|GMT"
"""How an offset is written: Z, UTC, +03, +0300, +03:00, UTC+03:00."""

_CLOCK = re.compile(
    r"(?:(?P<hour>\d{1,2})(?:[:.]| ?h ?)(?P<minute>\d{2})(?::(?P<second>\d{2}(?:[.,]\d{1,9})?))?"
    r"|(?P<four>\d{4}))"
    rf"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?:h|hrs?|hours|local|lt|l|j))?(?: ?(?P<offset>{OFFSET}))?",
    re.ASCII | re.IGNORECASE,
)
_GROUP = re.compile(
    r"(?P<day>\d{2}) ?(?P<clock>\d{4}) ?(?P<zone>[ZLJ]) ?(?P<month>[A-Z]{3}) ?(?P<year>\d{4}|\d{2})",
    re.ASCII | re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOST = 40


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as ISO 8601 writes it, and its offset ("": local)."""

    text: str
    offset: str

    def on(self, day: str) -> str:
        """Return the time on *day*, an ISO day, as ISO 8601 writes it."""
        return f"{day}T{self.text}{self.offset}"


def clock(text: str) -> Clock | None:
    """Return the time of day in *text*; None where it is none. Hours and minutes that do not exist are not checked."""
    if isinstance(text, StoredNumber) or len(text) > _MOST:
        return None
    found = _CLOCK.fullmatch(western(text))
    if found is None:
        return None
    four = found["four"]
    hour, minute = (four[:2], four[2:]) if four else (found["hour"], found["minute"])
    if found["half"]:
        if not 1 <= int(hour) <= 12:
            return None
        hour = str(of_24(int(hour), found["half"]))
    seconds = f":{found['second'].replace(',', '.')}" if found["second"] else ""
    return Clock(f"{int(hour):02}:{minute}{seconds}", offset(found["offset"] or ""))


def of_24(hour: int, half: str) -> int:
    """Return *hour*, 1 to 12 of the *half* of the day that begins with "a" or "p", as one of 0 to 23."""
    return hour % 12 + (12 if half.lower() == "p" else 0)


def offset(text: str) -> str:
    """Return the offset *text*, in any form of `OFFSET`, as ISO 8601 writes it; "" for ""."""
    plain = text.upper()
    if plain in ("Z", "UTC", "GMT"):
        return "Z"
    digits = plain.removeprefix("UTC").removeprefix("GMT").replace(":", "")
    return f"{digits[:3]}:{digits[3:] or '00'}" if digits else ""


def at(day: str, text: str) -> str:
    """Return the time of day in *text* on *day*, an ISO day, as ISO 8601 writes it; raise Unreadable."""
    found = clock(text)
    if found is None:
        raise Unreadable("not-a-time-of-day", text)
    return found.on(day)


def date_time_group(text: str) -> str | None:
    """Return the moment that a date-time group names, as ISO 8601 writes it; None where *text* is none."""
    found = _GROUP.fullmatch(text) if len(text) <= _MOST else None
    if found is None or found["month"].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(found["month"].lower()) + 1
    year = full_year(found["year"])
    zone = "Z" if found["zone"].upper() == "Z" else ""
    return f"{year:04}-{month:02}-{found['day']}T{found['clock'][:2]}:{found['clock'][2:]}{zone}"


def full_year(text: str) -> int:
    """Return the year in *text*; of two digits, as POSIX has it (strptime, %y): 69 to 99 are 1969 to 1999."""
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 69 else 2000)
