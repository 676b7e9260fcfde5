"""How a table writes days and numbers, as its mapping says: `DD/MM/YYYY`, `D MMM YYYY HH:mm`, a decimal comma.

A pattern is never guessed: 03/04/2016 is the third of April or the fourth of March only because the mapping says so.
Digits of Arabic and Persian are digits too. Names of months stand in `patterns.yaml`.
"""

import calendar
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from parley.intake.dates import NOT_A_TIME, when, whole_days
from parley.intake.faults import Unreadable
from parley.model import EACH, Interval, listed

Decimal = Literal[".", ","]

_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "MMM": r"(?P<name>[^\W\d_]+(?: [^\W\d_]+)?)\.?",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
}
_TOKEN = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_MOST = 64
"""Characters of a pattern, and of a time that is compared with it."""


def is_pattern(text: str) -> bool:
    """Say whether *text* is a pattern of a day: each part once, a year, no day without its month."""
    try:
        names = set(_pattern(text).groupindex)
    except (re.error, ValueError):
        return False
    month, day = bool(names & {"month", "name"}), "day" in names
    clock = [part in names for part in ("hour", "minute", "second")]
    return (
        "year" in names
        and not {"month", "name"} <= names
        and (month or not day)
        and (day or not any(clock))
        and clock in ([False] * 3, [True, True, False], [True] * 3)
    )


def in_pattern(text: str, patterns: Sequence[str], zone: ZoneInfo) -> Interval:
    """Return the time that *text* names in one of *patterns*, or as ISO 8601: a moment, a day, a month or a year.

    Raises:
        Unreadable: it is written otherwise, or there is no such day.
    """
    plain = western(text)
    try:
        return when(plain, zone)
    except Unreadable as fault:
        if not patterns or fault.code != NOT_A_TIME:
            raise fault.of(None, text) from None
    for pattern in patterns:
        found = _pattern(pattern).fullmatch(_SPACES.sub(" ", plain)) if len(plain) <= _MOST else None
        if found:
            return _interval(found.groupdict(), text, zone)
    raise Unreadable("not-in-pattern", text, patterns=listed(patterns, EACH))


def _interval(parts: Mapping[str, str | None], text: str, zone: ZoneInfo) -> Interval:
    year, name = int(parts["year"] or 0), parts.get("name")
    month = _months().get(name.casefold(), 0) if name else int(parts.get("month") or 0)
    if name and not month:
        raise Unreadable("not-a-month-name", text)
    if not parts.get("day"):
        first, last = (month, month) if month else (1, 12)
        if not (1 <= first <= 12 and 1900 <= year < 2200):
            raise Unreadable("no-such-month", text)
        return whole_days(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), zone)
    iso = f"{year:04}-{month:02}-{int(parts['day'] or 0):02}"
    if parts.get("hour"):
        iso += f"T{int(parts['hour'] or 0):02}:{parts['minute']}" + (
            f":{parts['second']}" if parts.get("second") else ""
        )
    try:
        return when(iso, zone)
    except Unreadable as fault:
        raise fault.of(None, text) from None


def with_point(text: str, decimal: Decimal) -> str:
    """Return the number in *text*, which has the mark *decimal*, with a decimal point; raise Unreadable.

    A table with decimal commas holds no point: `1.234` would be two different numbers.
    """
    plain = western(text)
    if decimal == ",":
        if "." in plain:
            raise Unreadable("decimal-point", text)
        plain = plain.replace(",", ".")
    return plain


def western(text: str) -> str:
    """Return *text* with the digits 0 to 9, a plain minus and a plain decimal mark, whatever script it is in."""
    if text.isascii():
        return text
    return "".join(_SIGNS.get(sign) or _digit(sign) for sign in text)


_SIGNS = {"−": "-", "٫": "."}


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    if len(text) > _MOST:
        raise ValueError(f"a pattern of at most {_MOST} characters")
    pieces, position = [], 0
    for token in _TOKEN.finditer(text):
        pieces += [re.escape(text[position : token.start()]), _TOKENS[token[0]]]
        position = token.end()
    return re.compile("".join([*pieces, re.escape(text[position:])]), re.IGNORECASE)


@cache
def _months() -> Mapping[str, int]:
    raw = YAML(typ="safe").load(resources.files("parley.intake").joinpath("patterns.yaml").read_text("utf-8"))
    return {name.casefold(): number for names in raw["months"] for number, name in _numbered(names)}


def _numbered(names: Sequence[str]) -> list[tuple[int, str]]:
    return [(number, name) for number, written in enumerate(names, start=1) for name in written.split(" / ")]
