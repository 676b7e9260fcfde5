"""The picture of a tally: bars from one axis, the two sides in the same ink, lengths in proportion to the counts.

Each bar has up to three parts: certainly in both records (solid), possibly in both (hatched), in this record only
(blank), always of one cell: whom each side accuses is what they dispute. So two bars of one length with different
contents look different. Not drawn over different counting rules.
"""

from dataclasses import dataclass
from typing import Literal

from parley.model import Tally

HALF = 100.0
"""Length of the longest bar, in the units of the picture; the axis stands at x = HALF."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar: its kind and its horizontal extent."""

    kind: Literal["certain", "possible", "alone"]
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Bounds of what stands in both records, over all rows of one counting rule."""

    both_low: int
    both_high: int


def totals(tally: Tally) -> Totals:
    """Return the bounds over all rows; rows exclude each other, so their bounds add up."""
    low, high = sum(row.both_low for row in tally.rows), sum(row.both_high for row in tally.rows)
    return Totals(low, high)


def longest_row(tally: Tally) -> int:
    """Return the greatest count of a row on either side."""
    return max((count for row in tally.rows for count in (row.left, row.right) if count), default=0)


def pair(left: int | None, right: int | None, both_low: int, both_high: int, longest: int) -> tuple[Part, ...]:
    """Return the parts of the left bar, which grows to the left of the axis, and of the right one."""
    if not longest:
        return ()
    scale = HALF / longest
    parts: list[Part] = []
    for count, sign in ((left or 0, -1), (right or 0, 1)):
        done = 0
        low, high = min(both_low, count), min(both_high, count)
        for kind, length in (("certain", low), ("possible", high - low), ("alone", count - high)):
            if length:
                start = HALF + (done * scale if sign > 0 else -(done + length) * scale)
                parts.append(Part(kind, f"{start:.2f}", f"{length * scale:.2f}"))  # type: ignore[arg-type]
            done += length
    return tuple(parts)
