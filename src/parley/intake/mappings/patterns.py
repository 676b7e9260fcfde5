"""How a table writes days and times, as its mapping says: `DD/MM/YYYY`, `D MMM YYYY HH:mm`, `M/D/YY h:mm A`.

A pattern is never guessed: 03/04/2016 is the third of April or the fourth of March only because the mapping says so.
Digits of Arabic and Persian are digits too. Names of months stand in `patterns.yaml`.
"""

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from parley.intake.faults import Unreadable
from parley.intake.values.clocks import OFFSET, clock, date_time_group, full_year, of_24, offset
from parley.intake.values.dates import NOT_A_TIME, when, whole_day, whole_days
from parley.intake.values.numbers import western
from parley.model import EACH, Interval, listed
from parley.packaged import packaged

_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short_year>\d{2})",
    "MMM": r"(?P<name>[^\W\d_]+(?: [^\W\d_]+)?)\.?",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
    "Z": rf"(?P<offset>{OFFSET})",
}
_OF_12 = {
    "hh": r"(?P<hour_of_12>\d{2})",
    "h": r"(?P<hour_of_12>\d{1,2})",
    "A": r"(?P<half>[ap])\.?m\.?",
    "a": r"(?P<half>[ap])\.?m\.?",
}
"""Parts of patterns without an hour of 24; beside one, an h or an a is a letter: `HHhmm`."""
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_MOST = 64
"""Characters of a pattern, and of a time that is compared with it."""


def is_pattern(text: str) -> bool:
    """Say whether *text* is a pattern of a day: each part once, a year, no day without a month, no hour without AM."""
    try:
        names = set(_pattern(text).groupindex)
    except (re.error, ValueError):
        return False
    month, day = bool(names & {"month", "name"}), "day" in names
    timed = [bool(names & {"hour", "hour_of_12"}), "minute" in names, "second" in names]
    return (
        len(names & {"year", "short_year"}) == 1
        and ("hour_of_12" in names) == ("half" in names)
        and ("offset" not in names or any(timed))
        and not {"month", "name"} <= names
        and (month or not day)
        and (day or not any(timed))
        and timed in ([False] * 3, [True, True, False], [True] * 3)
    )


def in_pattern(text: str, patterns: Sequence[str], zone: ZoneInfo, *, all_days: bool = False) -> Interval:
    """Return the time that *text* names in one of *patterns*, as ISO 8601 or as a date-time group.

    It is a moment, a day, a month or a year.

    Args:
        all_days: whether the clock of *text* is a midnight that stands for the whole day.

    Raises:
        Unreadable: it is written otherwise, or there is no such day.
    """
    plain = western(text)
    try:
        read = when(date_time_group(plain) or plain, zone)
    except Unreadable as fault:
        if fault.code != NOT_A_TIME:
            raise fault.of(None, text) from None
        found = _found(plain, patterns)
        if found is None:
            raise _unread(plain, text, patterns, fault) from None
        read = _interval(found, text, zone)
    return whole_day(read, zone) if all_days else read


def _found(plain: str, patterns: Sequence[str]) -> Mapping[str, str | None] | None:
    spaced = _SPACES.sub(" ", plain)
    for pattern in patterns if len(plain) <= _MOST else ():
        if found := _pattern(pattern).fullmatch(spaced):
            return found.groupdict()
    return None


def _unread(plain: str, text: str, patterns: Sequence[str], fault: Unreadable) -> Unreadable:
    if clock(plain):
        return Unreadable("time-of-day-without-day", text)
    return Unreadable("not-in-pattern", text, patterns=listed(patterns, EACH)) if patterns else fault.of(None, text)


def _interval(parts: Mapping[str, str | None], text: str, zone: ZoneInfo) -> Interval:
    year, name = full_year(parts.get("year") or parts["short_year"] or ""), parts.get("name")
    month = _months().get(name.casefold(), 0) if name else int(parts.get("month") or 0)
    if name and not month:
        raise Unreadable("not-a-month-name", text)
    if not parts.get("day"):
        first, last = (month, month) if month else (1, 12)
        if not (1 <= first <= 12 and 1900 <= year < 2200):
            raise Unreadable("no-such-month", text)
        return whole_days(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), zone)
    try:
        return when(f"{year:04}-{month:02}-{int(parts['day'] or 0):02}{_time(parts, text)}", zone)
    except Unreadable as fault:
        raise fault.of(None, text) from None


def _time(parts: Mapping[str, str | None], text: str) -> str:
    """Return the clock in *parts* as it stands behind a day in ISO 8601; "" where there is none."""
    if not parts.get("minute"):
        return ""
    hour = int(parts.get("hour") or parts.get("hour_of_12") or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise Unreadable("no-such-time-of-day", text)
        hour = of_24(hour, half)
    seconds = f":{parts['second']}" if parts.get("second") else ""
    return f"T{hour:02}:{parts['minute']}{seconds}{offset(parts.get('offset') or '')}"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    if len(text) > _MOST:
        raise ValueError(f"a pattern of at most {_MOST} characters")
    tokens = _TOKENS if "H" in text or "h" not in text else _TOKENS | _OF_12
    pieces, position = [], 0
    for token in re.finditer("|".join(sorted(tokens, key=len, reverse=True)), text):
        pieces += [re.escape(text[position : token.start()]), tokens[token[0]]]
        position = token.end()
    return re.compile("".join([*pieces, re.escape(text[position:])]), re.IGNORECASE)


@cache
def _months() -> Mapping[str, int]:
    raw = packaged("parley.intake.mappings", "patterns.yaml")
    return {name.casefold(): number for names in raw["months"] for number, name in _numbered(names)}


def _numbered(names: Sequence[str]) -> list[tuple[int, str]]:
    return [(number, name) for number, written in enumerate(names, start=1) for name in written.split(" / ")]
