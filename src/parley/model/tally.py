"""Two sides' counts of the same day, side by side. Equal totals are never agreement."""

from datetime import date
from typing import Literal

from parley.model.base import Noun

WhyOnlyOne = Literal[
    "not recorded",  # the other side observed the area and lists nothing of this kind
    "excluded party",  # the other side's rule does not count this respondent's acts
    "outside the area",  # the other side's bulletin does not cover the area
    "no observation",  # the other side says that it could not observe there
    "not itemised",  # the other side gives a total without items
]


class TallyRow(Noun):
    """One cell (area, act, respondent): each side's count, bounds of what can be in both, and why one side is alone.

    `left` and `right` are None where that side has no item for the cell. `both_low` … `both_high` bound the number of
    happenings that stand in both records: two counts alone prove no overlap, so `both_low` is 0 unless items match.
    """

    area: str
    act: str | None
    respondent: str | None
    left: int | None
    right: int | None
    both_low: int
    both_high: int
    why: WhyOnlyOne | None


class Tally(Noun):
    """Two bulletins of one day.

    `comparable` is False where the counting rules differ: then rows stand side by side and nothing is subtracted.
    `totals_equal` only says that two numbers are equal; the `verdict` in words says what that does and does not mean.
    """

    day: date
    left: str
    right: str
    left_publisher: str
    right_publisher: str
    left_entry: int
    right_entry: int
    left_counting: str
    right_counting: str
    comparable: bool
    left_stated: int | None
    left_summed: int
    right_stated: int | None
    right_summed: int
    totals_equal: bool
    rows: tuple[TallyRow, ...]
    verdict: str
