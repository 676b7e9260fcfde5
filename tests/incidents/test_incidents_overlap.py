"""Bounds on what two records have in common: they hold for every table that counts allow, and detail narrows them."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_incidents_tally import VALLEY, bulletin, only
from valley_reports import at

from parley.incidents import tally
from parley.incidents.cells import Cell, areas, counts
from parley.incidents.transport import most_shared
from parley.model import (
    Account,
    Bulletin,
    Claim,
    CountItem,
    Disc,
    Incident,
    Interval,
    Lumped,
    RecordedReport,
    Tally,
    Value,
    one,
)
from parley.model.incident import Telling

KINDS = ("shelling", "gunfire")
PLACES = ("Hill", "Mill")
Table = tuple[int, int, int, int]
"""Counts of shelling on the Hill, gunfire on the Hill, shelling at the Mill, gunfire at the Mill."""


def kinds(*counted: tuple[int, str | None]) -> tuple[CountItem, ...]:
    return tuple(CountItem(area="By kind", count=n, act=act, line=9) for n, act in counted)


def margins(entry: int, side: str, table: Table) -> RecordedReport:
    """Return a bulletin that tells of *table* only its sums by area and by kind."""
    a, b, c, d = table
    return bulletin(entry, side, ("Hill", a + b), ("Mill", c + d), kinds=kinds((a + c, "shelling"), (b + d, "gunfire")))


def crossed(entry: int, side: str, table: Table) -> RecordedReport:
    cells = zip(product(PLACES, KINDS), table, strict=True)
    return bulletin(entry, side, *((place, count, kind) for (place, kind), count in cells))


def all_tables(table: Table) -> list[Table]:
    """Return every table with the sums of *table*."""
    a, b, c, d = table
    return [(x, a + b - x, a + c - x, d - a + x) for x in range(a + b + 1) if a + c - x >= 0 and d - a + x >= 0]


tables = st.tuples(*[st.integers(0, 3)] * 4)


@pytest.mark.parametrize("table", list(product(range(3), repeat=4)))
def test_of_counts_by_area_and_by_kind_the_range_of_each_cell_is_exact(table: Table) -> None:
    report = margins(0, "West", table).report
    assert isinstance(report, Bulletin)
    counted = counts(report, areas(report))
    for index, (place, kind) in enumerate(product(PLACES, KINDS)):
        possible = [other[index] for other in all_tables(table)]
        assert counted.range(Cell(place, kind)) == (min(possible), max(possible))


@given(tables, tables)
@settings(max_examples=300, deadline=None)
def test_the_most_in_both_is_reached_by_a_table_and_passed_by_none(west: Table, east: Table) -> None:
    found = only(margins(0, "West", west), margins(1, "East", east))
    shared = [sum(map(min, one, other)) for one, other in product(all_tables(west), all_tables(east))]
    assert found.same_kind_high == found.both_high == max(shared)


@given(tables, tables)
@settings(max_examples=300, deadline=None)
def test_detail_never_widens_a_bound(west: Table, east: Table) -> None:
    def bounds(found: Tally) -> tuple[int, ...]:
        return found.same_area_high or 0, found.same_kind_high or 0, found.both_high or 0

    totals = only(bulletin(0, "West", ("All areas", sum(west))), bulletin(1, "East", ("All areas", sum(east))))
    by_area, full = (
        only(margins(0, "West", west), margins(1, "East", east)),
        only(crossed(0, "West", west), crossed(1, "East", east)),
    )
    one_side = only(margins(0, "West", west), crossed(1, "East", east))
    for less, more in ((totals, by_area), (by_area, one_side), (one_side, full)):
        assert all(narrow <= wide for narrow, wide in zip(bounds(more), bounds(less), strict=True))
    assert full.same_kind_high == sum(map(min, west, east))


edges = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=10)
amounts = st.lists(st.integers(0, 2), min_size=4, max_size=4)


@given(amounts, amounts, edges)
@settings(max_examples=200, deadline=None)
def test_the_flow_is_the_greatest_by_the_least_cut(
    left: list[int], right: list[int], may: list[tuple[int, int]]
) -> None:
    pairs = set(may)
    cuts = []
    for kept in product((False, True), repeat=4):  # left cells on the source's side
        reached = {r for index, here in enumerate(kept) if here for one, r in pairs if one == index}
        cuts.append(sum(n for n, here in zip(left, kept, strict=True) if not here) + sum(right[r] for r in reached))
    found = most_shared(list(enumerate(left)), list(enumerate(right)), lambda one, other: (one, other) in pairs)
    assert found == min(cuts)


def test_eight_and_eight_of_which_three_at_most_are_the_same() -> None:
    found = only(
        bulletin(0, "West", ("Hill", 6), ("Mill", 2)), bulletin(1, "East", ("Hill", 1), ("Mill", 2), ("Ford", 5))
    )
    assert found.headline == "8 = 8, but at most 3 can be the same"
    assert [(one.area, one.left, one.right, one.left_high, one.right_said) for one in found.areas] == [
        ("Hill", 6, 1, 1, "counted"),
        ("Mill", 2, 2, 2, "counted"),
        ("Ford", None, 5, 0, "counted"),
    ]


def test_whoever_is_accused_a_happening_may_be_the_same() -> None:
    found = only(bulletin(0, "West", ("Hill", 3, None, "East")), bulletin(1, "East", ("Hill", 2, None, "West")))
    assert (found.both_high, found.same_kind_high, found.same_area_high) == (0, 2, 2)


def test_a_wider_kind_may_hold_the_same_but_only_once() -> None:
    west = bulletin(0, "West", ("Hill", 3, "shelling"), ("Hill", 3, "gunfire"))
    found = only(west, bulletin(1, "East", ("Hill", 4, "attack")))
    assert found.same_kind_high == 4
    assert [(one.right_may, one.both_high, one.why) for one in found.rows[:2]] == [((0, 4), 3, "not itemised")] * 2


def test_an_area_that_one_side_lumps_together_meets_its_declared_parts_only() -> None:
    lumped = {"contains": (Lumped(area="North", parts=("Hill", "Mill")),)}
    west = bulletin(0, "West", ("North", 5), **lumped)
    assert only(west, bulletin(1, "East", ("Hill", 2), ("Ford", 4))).same_area_high == 2
    assert [one.right_said for one in only(west, bulletin(1, "East", ("Hill", 2))).areas] == ["elsewhere", "counted"]
    assert only(bulletin(0, "West", ("North", 5)), bulletin(1, "East", ("Hill", 2))).same_area_high == 0


def test_what_a_total_leaves_over_may_be_anything() -> None:
    found = only(bulletin(0, "West", ("Hill", 3), stated_total=5), bulletin(1, "East", ("Mill", 4)))
    assert (found.same_area_high, found.rows[1].left_may) == (2, (0, 2))


def test_areas_that_nobody_counts_but_one_could_not_observe_are_shown() -> None:
    found = only(bulletin(0, "West", ("Hill", 0)), bulletin(1, "East", unobserved=("Ford",)))
    assert [(one.area, one.left, one.left_said, one.right, one.right_said) for one in found.areas] == [
        ("Hill", 0, "counted", None, "silent"),
        ("Ford", None, "silent", None, "no observation"),
    ]


# Incidents that both sides reported


def incident(number: int = 1, when: Interval | None = None, **east: Value) -> Incident:
    told: dict[str, Value] = {"area": one("Hill"), "act": one("shelling")}
    sources = ((0, "West Record Office", told), (1, "East", told | east))
    time = when or Interval(start=datetime(2031, 5, 2, 20, tzinfo=UTC), end=datetime(2031, 5, 2, 20, tzinfo=UTC))
    return Incident(
        id=f"I-{number:04d}",
        time=time,
        place=Disc(lat=1, lon=1, radius_m=100),
        entries=(0, 1),
        links=(),
        accounts=tuple(
            Account(source, (entry,), tuple(Claim(attribute=name, value=value) for name, value in said.items()))
            for entry, source, said in sources
        ),
        differences=(),
    )


def beside(*incidents: Incident, left: Any = (("Hill", 3, "shelling"),), **header: Any) -> Tally:
    counting = header.pop("counting", "violations")
    west = bulletin(0, "West", *left, counting=counting)
    east = bulletin(1, "East", ("Hill", 2, "attack"), ("Mill", 1), counting=counting, **header)
    (found,) = tally((west, east), VALLEY, incidents)
    return found


def test_an_incident_that_both_sides_reported_stands_in_both() -> None:
    found = beside(incident(1))
    assert (found.both_low, found.incidents) == (1, ("I-0001",))
    assert found.headline == "3 = 3, but at least 1 and at most 2 can be the same"
    assert "at least 1 do: both reported I-0001" in found.verdict
    assert found.rows[0].both_low == 1 and found.areas[0].both_low == 1


def test_no_side_has_more_incidents_in_its_count_than_it_counts() -> None:
    found = beside(incident(1), incident(2), incident(3))
    assert found.both_low == 2 == found.same_kind_high


@pytest.mark.parametrize(
    ("other", "header"),
    [
        (incident(area=one("Mill")), {}),
        (incident(area=one("Ford")), {}),
        (incident(act=one("release")), {}),
        (incident(when=at("2031-05-01T00:00", "2031-05-02T12:00")), {}),
        (incident(), {"counting": "persons killed"}),
        (incident(), {"respondents": ("West",)}),
        (incident(), {"source_changed": True}),
    ],
)
def test_what_is_no_evidence(other: Incident, header: dict[str, Any]) -> None:
    if header.pop("source_changed", False):
        other = Incident(other.id, other.time, other.place, other.entries, (), other.accounts[:1], ())
    assert beside(other, **header).both_low == 0


def test_what_a_side_says_in_two_ways_is_evidence_of_neither() -> None:
    def twice(*areas: str) -> Incident:
        west, act = incident().accounts[0], Claim(attribute="act", value=one("shelling"))
        claims = tuple(said for area in areas for said in (Claim(attribute="area", value=one(area)), act))
        two = Account("East", (1, 2), claims, (Telling(2, "own"), Telling(2, "own")))
        return replace(incident(), accounts=(west, two), entries=(0, 1, 2))

    assert beside(twice("Hill", " hill")).both_low == 1
    assert beside(twice("Hill", "Mill")).both_low == beside(twice("Mill", "Hill")).both_low == 0


def test_the_side_of_a_count_does_not_matter_to_the_evidence() -> None:
    west = bulletin(0, "East", ("Hill", 2, "attack"), ("Mill", 1))
    east = bulletin(1, "West", ("Hill", 3, "shelling"))
    (found,) = tally((west, east), VALLEY, [incident()])
    assert (found.both_low, found.same_kind_high) == (1, 2)
