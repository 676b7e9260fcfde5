"""Text → whole numbers, counts and measures."""

import re
from functools import lru_cache

from pydantic import ValidationError

from parley.intake.faults import Unreadable
from parley.intake.values.numbers import StoredNumber, ambiguous, is_ambiguous
from parley.model import Amount, Count

MOST = 1_000_000_000
"""The highest count that is read; far above any real one, and below what JSON holds exactly."""

_WHOLE = re.compile(r"([+-]?)(\d{1,30})(?:\.0*)?")


def whole_number(text: str, field: str | None = None) -> int:
    """Return the number of 0 or more in *text*; raise Unreadable. 2.0 is 2; 2.000 may be 2,000 and is not read."""
    if is_ambiguous(text) and not isinstance(text, StoredNumber):  # a stored number has no marks of thousands
        raise ambiguous(text, text).of(field)
    found = _WHOLE.fullmatch(text)
    if not found:
        raise Unreadable("not-a-count", text, field=field)
    number = int(found[2])
    if found[1] == "-" and number:
        raise Unreadable("not-a-count", text, field=field)
    if number > MOST:
        raise Unreadable("count-too-large", text, field=field, most=MOST)
    return number


_MEASURE = re.compile(r"\d{1,9}(?:\.\d{1,6})?")


def measure(text: str, field: str | None = None) -> float:
    """Return the measure of 0 or more in *text*; raise Unreadable."""
    if not _MEASURE.fullmatch(text):
        raise Unreadable("not-a-measure", text, field=field)
    return float(text)


def amount(low: float | None, best: float | None, high: float | None) -> Amount:
    """Return the amount of which at least one bound is said; raise Unreadable where they are not in order."""
    if best is not None:
        low, high = (best if bound is None else bound for bound in (low, high))
    try:
        return Amount(low=low or 0, high=high)
    except ValidationError:
        raise Unreadable("bounds-not-in-order", f"{low:g}, {high:g}") from None


def count(low: int | None, best: int | None, high: int | None) -> Count:
    """Return the count of which at least one bound is said. A best figure alone is exact; "at most" begins at 0.

    Raises:
        Unreadable: the numbers are not in order.
    """
    if best is not None and low is None and high is None:
        low = high = best
    try:
        return _count(low or 0, best, high)
    except ValidationError:
        said = ", ".join(str(number) for number in (low, best, high) if number is not None)
        raise Unreadable("bounds-not-in-order", said) from None


@lru_cache(maxsize=4096)
def _count(low: int, best: int | None, high: int | None) -> Count:
    return Count(low=low, best=best, high=high)
