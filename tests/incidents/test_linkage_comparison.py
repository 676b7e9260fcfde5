"""Levels of pairs: what a report in great doubt says of its place."""

from dataclasses import replace

import numpy as np
import pytest
from linkage_samples import sample

from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.columns import AGGREGATE, INCIDENTS, OPEN, SILENT, UDEG_PER_M, Range
from parley.incidents.linkage.comparison import RANGE_LEVELS, levels


@pytest.mark.parametrize("radius_m", [200_000, 1_000_000, 20_000_000])
def test_reports_that_doubt_their_place_by_hundreds_of_kilometres_are_not_called_far_apart(radius_m: int) -> None:
    reports = sample(60, 1)
    left, right = np.triu_indices(len(reports), 1)
    exact = levels(reports, Pairs(left, right))["place"]
    vague = replace(reports, radius=np.full(len(reports), round(radius_m * UDEG_PER_M)))
    found = levels(vague, Pairs(left, right))["place"]
    assert (found <= exact)[exact > 0].all()
    assert ((found == 0) == (exact == 0)).all()
    if radius_m > 10_000_000:
        assert set(found.tolist()) <= {0, 1}


def test_numbers_are_called_what_they_are() -> None:
    some = [(SILENT, SILENT), (0, 0), (0, 2), (1, 1), (2, 2), (3, 5), (4, 4), (9, 9), (12, 40), (40, OPEN)]
    cases = [
        (kind, other, one, two) for kind in (False, True) for other in (False, True) for one in some for two in some
    ]
    for wide, other_wide, one, two in cases:
        assert called(wide, one, other_wide, two) == expected(wide, one, other_wide, two), (wide, one, other_wide, two)


def called(wide: bool, one: tuple[int, int], other_wide: bool, two: tuple[int, int]) -> str:
    reports = sample(2, 1)
    kinds = np.array([AGGREGATE if wide else INCIDENTS, AGGREGATE if other_wide else INCIDENTS])
    (low, high) = np.array([one, two]).T
    reports = replace(reports, cardinality=kinds, ranges={"dead": Range(low, high)})
    return RANGE_LEVELS[int(levels(reports, Pairs(np.array([0]), np.array([1])))["dead"][0])]


def expected(wide: bool, one: tuple[int, int], other_wide: bool, two: tuple[int, int]) -> str:
    """Say in other words than the code what two numbers are to each other."""
    if one[0] == SILENT or two[0] == SILENT:
        return "not given by both"
    if wide != other_wide:
        part, whole = (two, one) if wide else (one, two)
        counted = "none" if part[0] == 0 else "1" if part[0] == 1 else "2" if part[0] == 2 else "3 or 4"
        counted = "5 or more" if part[0] > 4 else counted
        return f"{counted} here: {against_wider(part, whole)}"
    if one[1] == two[1] == 0:
        return "both none"
    if one == two and one[0] == one[1]:
        return "the same number"
    if one[0] <= two[1] and two[0] <= one[1]:
        return "ranges that overlap"
    fewer, more = (one[1], two[0]) if one[1] < two[0] else (two[1], one[0])
    return "none, and some" if fewer == 0 else f"apart by{factor(more, fewer) or ' more'}".replace(", by", "")


def against_wider(part: tuple[int, int], whole: tuple[int, int]) -> str:
    if part == whole and part[0] == part[1]:
        return "the same number"
    if part[1] < whole[0]:
        return f"the wider report counts more{factor(whole[0], part[1])}"
    if part[0] > whole[1]:
        return f"the wider report counts {'none' if whole[1] == 0 else f'fewer{factor(part[0], whole[1])}'}"
    return "ranges that overlap"


def factor(more: int, fewer: int) -> str:
    """Return what factor parts two numbers, where a half above it still counts as it."""
    for bound, said in ((1.5, "1.5"), (3, "3")):
        if more <= fewer * bound + (0.5 if bound == 1.5 else 1):
            return f", by a factor of {said} at most"
    return ""
