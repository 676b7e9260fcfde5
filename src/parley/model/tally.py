"""Two sides' counts of the same day, side by side. Equal totals are never agreement."""

from datetime import date
from typing import Literal

from parley.model.base import Noun

WhyOnlyOne = Literal[
    "not recorded",  # the other side speaks of the area and lists nothing of this kind
    "counted none",  # the other side reports 0
    "silent",  # the other side says nothing of the area, nor which areas it covers
    "excluded party",  # the other side's rule does not count this respondent's acts
    "outside the area",  # the other side's bulletin does not cover the area
    "no observation",  # the other side says that it could not observe there
    "not itemised",  # the other side may count it in a total, or in a wider or narrower item
    "none can be given",  # both count some, one more than the other; nothing says why
]

Said = Literal["counted", "elsewhere", "not recorded", "silent", "outside the area", "no observation"]
"""What a side says of an area: a number (0 too); a number of areas that hold it or lie in it; that it covers it, and no
number; nothing; or why it has none."""


class TallyRow(Noun):
    """One cell (area, act, means, respondent): each side's count, bounds of what can be in both, and why one has more.

    Args:
        left, right: None where that side has no item for the cell; 0 is an item.
        left_may, right_may: least and most that the side may count there, where its items leave that open: in a wider
            item, in a total, in counts by area and by kind that are not crossed.
        both_low, both_high: bounds of the number of happenings that stand in both records, described as this cell does.
            Two counts alone prove no overlap, so the lower one is 0 unless incidents that both sides reported show
            more. Under two counting rules there is no upper one.
        why: why one side has what the other lacks; None where neither has more. Under two counting rules only what a
            bulletin says by itself: that it covers, counts or could observe nothing there.
        incidents: ids of the incidents that show it.
    """

    area: str
    act: str | None
    respondent: str | None
    left: int | None
    right: int | None
    both_low: int
    both_high: int | None
    why: WhyOnlyOne | None
    means: str | None = None
    left_may: tuple[int, int] | None = None
    right_may: tuple[int, int] | None = None
    incidents: tuple[str, ...] = ()


class TallyArea(Noun):
    """One area over all its items. Of each side's count at most `left_high` and `right_high` can be in both records."""

    area: str
    left: int | None
    right: int | None
    left_said: Said
    right_said: Said
    both_low: int = 0
    left_high: int = 0
    right_high: int = 0


class Tally(Noun):
    """Two bulletins of one day, or of the same several days.

    `comparable` is False where the counting rules differ: then rows stand side by side and nothing is subtracted.
    `totals_equal` only says that two numbers are equal; the `verdict` in words says what that does and does not mean.

    Args:
        first_day, day: the first and the last local day that it is of. Where these are several, every count is of all
            of them together, and how much of it falls on which day is not known.
        left_summed, right_summed: what the side's items add up to; None where it has none.
        left_total, right_total: as stated, else as the items add up, else as the kinds do.
        both_low: how many happenings are in both records at least: those that both sides also reported as incidents.
        both_high, same_kind_high, same_area_high: how many can be in both at most where the two tell them with the same
            area, kind and accused; with the same area and kind, whoever is accused; with the same area. Each bound is
            at most the next. None where the rules differ.
        headline: the totals and the bound in one line.
    """

    first_day: date
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
    left_summed: int | None
    left_total: int
    right_stated: int | None
    right_summed: int | None
    right_total: int
    totals_equal: bool
    rows: tuple[TallyRow, ...]
    verdict: str
    both_low: int = 0
    both_high: int | None = None
    same_kind_high: int | None = None
    same_area_high: int | None = None
    areas: tuple[TallyArea, ...] = ()
    incidents: tuple[str, ...] = ()
    headline: str = ""
