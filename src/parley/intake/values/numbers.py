"""Text → a number with a decimal point, as the marks of the table say; digits of any script.

1.000 is one, or a thousand: which, no other row tells for certain, so it is not read until a mapping names the mark
between thousands. 1.0, 1.25 and 1234.5 can be read in one way. A number that a program stored as such has no marks.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from parley.intake.faults import Unreadable

Decimal = Literal[".", ","]
Thousands = Literal[".", ",", " ", "'", ""]

_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d{1,30})\.0+", re.ASCII)
_ZEROS = re.compile(r"([+-]?\d+)\.0*", re.ASCII)
_SPACES = " \u00a0\u2009\u202f"


class StoredNumber(str):
    """The text of a number that a workbook or JSON holds as a number: always with a decimal point, and as exact."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks in the numbers of a table; `thousands` is "" where there is none, None where nobody said."""

    decimal: Decimal = "."
    thousands: Thousands | None = None


POINT = Marks()


def number(text: str, marks: Marks = POINT, *, fine: bool = False) -> str:
    """Return the number in *text* with a decimal point and without marks between thousands.

    Args:
        fine: three decimals are usual, as in the accuracy that devices write, and no sign of thousands.

    Raises:
        Unreadable: it may be a thousand times as much, or has other marks than *marks*.
    """
    if isinstance(text, StoredNumber):
        return text
    if marks.thousands is None:
        pointed = with_point(text, marks.decimal)
        if _GROUP.fullmatch(pointed) and not fine:
            raise ambiguous(text, pointed)
        return pointed
    plain = western(text)
    if marks.thousands:
        plain = _ungrouped(plain, marks.thousands, text)
    pointed = with_point(plain, marks.decimal)
    zeros = _ZEROS.fullmatch(pointed)
    return zeros[1] if zeros else pointed  # or who reads it as a count would ask once more


def ambiguous(text: str, pointed: str) -> Unreadable:
    """Return the fault of *text*, which is *pointed* with a decimal point, or a thousand times as much."""
    small, large = f"{float(pointed):g}", f"{int(pointed.replace('.', '')):,}"
    return Unreadable("thousands-or-decimals", text, small=small, large=large)


def is_ambiguous(pointed: str) -> bool:
    """Say whether *pointed*, a number with a point, has three digits behind it that may be a thousand's."""
    return _GROUP.fullmatch(pointed) is not None


def _ungrouped(plain: str, thousands: Thousands, text: str) -> str:
    if thousands == " ":
        plain = re.sub(rf"(?<=\d)[{_SPACES}](?=\d)", " ", plain)
    if thousands not in plain:
        return plain
    if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:[.,]\d*)?", plain):
        raise Unreadable("not-in-thousands", text, mark=thousands)
    return plain.replace(thousands, "")


def with_point(text: str, decimal: Decimal) -> str:
    """Return the number in *text*, which has the mark *decimal*, with a decimal point; raise Unreadable.

    A table with decimal commas holds no point: `1.234` would be two different numbers.
    """
    if isinstance(text, StoredNumber):
        return text
    plain = western(text)
    if decimal == ",":
        if "." in plain:
            raise Unreadable("decimal-point", text)
        plain = plain.replace(",", ".")
    return plain


def whole(text: str) -> str:
    """Return the id or code in *text* as a whole number where it is written as one with a point: 7.0 as 7."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def western(text: str) -> str:
    """Return *text* with the digits 0 to 9, a plain minus and a plain decimal mark, whatever script it is in."""
    if text.isascii():
        return text
    return "".join(_SIGNS.get(sign) or _digit(sign) for sign in text)


_SIGNS = {"−": "-", "٫": "."}


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
