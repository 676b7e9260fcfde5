"""Two sides' counts of one day, and what they do not show."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valley_reports import ZONE, at, day, told

from parley.incidents import tally
from parley.model import Bulletin, CountItem, Interval, Origin, RecordedReport, Tally, TallyArea, TallyRow

VALLEY = ZoneInfo("Etc/GMT+8")
SECOND = day("2031-05-02")


def bulletin(
    entry: int, side: str, *items: tuple[Any, ...], period: Interval = SECOND, **header: Any
) -> RecordedReport:
    """Return a bulletin with items (area, count, act, respondent); the last two may be left out."""
    lines = (
        CountItem(
            area=area, count=count, act=dict(enumerate(more)).get(0), respondent=dict(enumerate(more)).get(1), line=n
        )
        for n, (area, count, *more) in enumerate(items)
    )
    return RecordedReport(
        entry=entry,
        received_at=datetime(2031, 5, 9, tzinfo=UTC),
        side="independent",
        handle=f"{side} Record Office",
        report=Bulletin(
            source=f"{side} Record Office",
            channel="bulletin",
            origin=Origin(digest=f"{entry}", name="b", first=1, last=9),
            side=side,
            period=period,
            counting=header.pop("counting", "violations"),
            items=tuple(lines),
            **header,
        ),
    )


def only(*reports: RecordedReport) -> Tally:
    (found,) = tally(reports, VALLEY)
    return found


def row(items: tuple[Any, ...] = ("Hill", 3, "shelling", "East"), *others: tuple[Any, ...], **header: Any) -> TallyRow:
    """Return the row of *items* of West beside what East lists."""
    return only(bulletin(0, "West", items), bulletin(1, "East", *others, **header)).rows[0]


def test_two_sides_of_one_day_are_paired_and_the_first_recorded_is_on_the_left() -> None:
    found = only(bulletin(3, "East"), told(4), bulletin(5, "West"))
    assert (found.left, found.right, found.left_entry, found.right_entry) == ("East", "West", 3, 5)
    assert found.day == date(2031, 5, 2)


def test_one_side_is_never_paired_with_itself() -> None:
    assert tally([bulletin(0, "West"), bulletin(1, "west ")], VALLEY) == ()


def test_every_pair_of_sides_is_shown_in_order_of_the_record() -> None:
    three = [bulletin(n, side) for n, side in enumerate(("West", "East", "Mission"))]
    assert [(one.left_entry, one.right_entry) for one in tally(three, VALLEY)] == [(0, 1), (0, 2), (1, 2)]


def test_another_day_is_not_paired() -> None:
    assert tally([bulletin(0, "West"), bulletin(1, "East", period=day("2031-05-03"))], VALLEY) == ()


def test_a_bulletin_belongs_to_the_day_on_which_most_of_it_falls() -> None:
    evening = at("2031-05-01T18:00", "2031-05-02T18:00")
    assert only(bulletin(0, "West", period=evening), bulletin(1, "East")).day == date(2031, 5, 2)
    assert (
        tally([bulletin(0, "West", period=at("2031-05-01T11:00", "2031-05-02T11:00")), bulletin(1, "East")], VALLEY)
        == ()
    )


def test_the_day_is_one_of_the_centre_whatever_zone_the_period_is_written_in() -> None:
    written = Interval(start=SECOND.start.astimezone(UTC), end=SECOND.end.astimezone(UTC))
    assert only(bulletin(0, "West", period=written), bulletin(1, "East")).day == date(2031, 5, 2)


def test_up_to_36_hours_count_as_one_day() -> None:
    long, longer = at("2031-05-02T00:00", "2031-05-03T12:00"), at("2031-05-02T00:00", "2031-05-03T12:01")
    assert len(tally([bulletin(0, "West", period=long), bulletin(1, "East")], VALLEY)) == 1
    assert tally([bulletin(0, "West", period=longer), bulletin(1, "East")], VALLEY) == ()


def test_bulletins_of_several_days_are_paired_where_their_periods_are_the_same_within_twelve_hours() -> None:
    week = at("2031-05-01T00:00", "2031-05-08T00:00")
    near = at("2031-05-01T12:00", "2031-05-07T12:00")
    far = at("2031-05-01T12:01", "2031-05-08T00:00")
    assert only(bulletin(0, "West", period=week), bulletin(1, "East", period=near)).day == date(2031, 5, 7)
    assert tally([bulletin(0, "West", period=week), bulletin(1, "East", period=far)], VALLEY) == ()
    assert tally([bulletin(0, "West", period=week), bulletin(1, "East", period=day("2031-05-04"))], VALLEY) == ()


def test_a_longer_pair_stands_under_the_last_day_of_the_one_that_goes_on_longer_whoever_is_first() -> None:
    week, ends_before = at("2031-05-01T00:00", "2031-05-08T06:00"), at("2031-05-01T00:00", "2031-05-07T20:00")
    for first, second in ((week, ends_before), (ends_before, week)):
        found = only(bulletin(0, "West", period=first), bulletin(1, "East", period=second))
        assert found.day == date(2031, 5, 8)


def test_a_longer_pair_that_ends_at_midnight_stands_under_the_day_before_it() -> None:
    week = at("2031-05-02T00:00", "2031-05-09T00:00")
    pair = bulletin(0, "West", period=week), bulletin(1, "East", period=week)
    assert only(*pair).day == date(2031, 5, 8)
    on = at("2031-05-02T00:00", "2031-05-09T00:01")
    for order in ((week, on), (on, week)):
        pair = bulletin(0, "West", period=order[0]), bulletin(1, "East", period=order[1])
        assert only(*pair).day == date(2031, 5, 9), "the last day of the one that goes on longer"


def test_acts_that_do_not_rule_each_other_out_are_not_told_alike_and_only_their_area_bounds_them() -> None:
    found = only(bulletin(0, "West", ("Hill", 3, "shelling")), bulletin(1, "East", ("Hill", 2, "displacement")))
    assert (found.both_high, found.same_kind_high, found.same_area_high) == (0, 0, 2)


def test_a_cell_of_which_one_lists_more_has_a_bound_and_no_reason_that_can_be_given() -> None:
    found = row(("Hill", 3, "shelling", "East"), (" hill", 2, "shelling", "EAST"))
    assert (found.left, found.right, found.both_low, found.both_high, found.why) == (3, 2, 0, 2, "none can be given")


def test_under_two_counting_rules_there_is_no_bound() -> None:
    found = row(("Hill", 3), ("Hill", 5), counting="explosions")
    assert (found.both_low, found.both_high) == (0, None)


def test_an_item_that_names_no_respondent_is_not_taken_for_one_of_an_excluded_party() -> None:
    assert row(("Hill", 3, "shelling"), ("Mill", 1), respondents=("West",)).why == "silent"


def test_items_of_one_cell_are_added() -> None:
    found = only(bulletin(0, "West", ("Hill", 3), ("Mill", 1), ("Hill", 4)), bulletin(1, "East"))
    assert [(one.area, one.left) for one in found.rows] == [("Hill", 7), ("Mill", 1)]


def test_rows_follow_the_left_sides_items_and_then_the_rest_of_the_right() -> None:
    left = bulletin(0, "West", ("Ford", 1), ("Hill", 1))
    right = bulletin(1, "East", ("Mill", 1), ("Hill", 1), ("Bridge", 1))
    assert [one.area for one in only(left, right).rows] == ["Ford", "Hill", "Mill", "Bridge"]


def test_an_item_without_a_respondent_means_the_only_one_of_the_header() -> None:
    assert row(("Hill", 3, "shelling", "East"), ("Hill", 2, "shelling"), respondents=("East",)).right == 2
    assert row(("Hill", 3, "shelling", "East"), ("Hill", 2, "shelling"), respondents=("East", "Lanterns")).right is None


def test_none_reported_is_an_item() -> None:
    found = row(("Hill", 3), ("Hill", 0))
    assert (found.right, found.both_high, found.why) == (0, 0, "counted none")


@pytest.mark.parametrize(
    ("why", "others", "header"),
    [
        ("silent", (("Mill", 1, "shelling", "East"),), {}),
        ("not recorded", (("Mill", 1, "shelling", "East"),), {"covers": ("Mill", "Hill")}),
        ("counted none", (("Hill", 0),), {}),
        ("not recorded", (("Hill", 2, "release", "East"),), {}),
        ("not recorded", (("Hill", 2, "shelling", "Lanterns"),), {}),
        ("counted none", (), {"stated_total": 0}),
        ("excluded party", (("Hill", 1, "shelling", "West"),), {"respondents": ("West",)}),
        ("outside the area", (("Mill", 1),), {"covers": ("Mill", "Ford"), "respondents": ("West",)}),
        ("no observation", (("Mill", 1),), {"unobserved": ("HILL",), "covers": ("Mill",)}),
        ("not itemised", (), {"stated_total": 5}),
        ("not itemised", (("Hill", 2),), {}),
        ("not itemised", (("Hill", 2, "attack", "East"),), {}),
        ("not itemised", (("Hill", 2, "shelling"),), {}),
        ("not itemised", (("All areas", 2, "shelling", "East"),), {"covers": ("Hill", "Mill")}),
    ],
)
def test_why_one_side_stands_alone(why: str, others: tuple[tuple[Any, ...], ...], header: dict[str, Any]) -> None:
    found = row(("Hill", 3, "shelling", "East"), *others, **header)
    assert (found.left, found.right, found.why) == (3, None, why)
    assert (found.both_high > 0) is (why == "not itemised")


def test_why_the_right_side_stands_alone() -> None:
    found = only(bulletin(0, "West", ("Mill", 1), unobserved=("Hill",)), bulletin(1, "East", ("Hill", 2)))
    assert (found.rows[1].left, found.rows[1].right, found.rows[1].why) == (None, 2, "no observation")


def test_equal_totals_with_different_contents_are_called_so() -> None:
    found = only(bulletin(0, "West", ("Hill", 3)), bulletin(1, "East", ("Mill", 3)))
    assert found.totals_equal
    assert found.verdict == (
        "equal totals (3) with different contents: 2 of 2 rows stand in one record only; "
        "at most 0 can stand in both with the same area and kind, 0 with the same accused; the counts show none; "
        "a happening that the two describe differently may be in both all the same"
    )


def test_even_equal_counts_in_every_row_show_no_happening_in_both() -> None:
    found = only(bulletin(0, "West", ("Hill", 3)), bulletin(1, "East", ("Hill", 3)))
    assert found.verdict == (
        "equal totals (3) and equal counts in every row; "
        "at most 3 can stand in both with the same area and kind, 3 with the same accused; the counts show none; "
        "a happening that the two describe differently may be in both all the same"
    )


def test_different_counting_rules_are_not_comparable() -> None:
    found = only(bulletin(0, "West", ("Hill", 3)), bulletin(1, "East", ("Hill", 3), counting="explosions"))
    assert not found.comparable
    assert found.verdict == (
        "not comparable: West counts violations, East counts explosions; that both totals are 3 means nothing"
    )


def test_under_two_rules_no_reason_sets_counts_against_each_other() -> None:
    deaths = {"counting": "deaths"}
    assert row(("Hill", 60), ("Hill", 0), **deaths).why is None, "0 deaths are no count of violations"
    assert row(("Hill", 60), ("Vale", 2), covers=("Hill", "Vale"), **deaths).why is None
    assert row(("Hill", 60), ("Vale", 2), covers=("Vale",), **deaths).why == "outside the area"
    assert row(("Hill", 60), ("Vale", 2), unobserved=("Hill",), **deaths).why == "no observation"


def test_spelling_makes_no_other_counting_rule_but_an_unstated_rule_is_comparable_with_none() -> None:
    assert only(
        bulletin(0, "West", counting="Violations  seen"), bulletin(1, "East", counting="violations seen")
    ).comparable
    assert not only(bulletin(0, "West", counting=" "), bulletin(1, "East", counting="")).comparable


def test_a_total_that_is_not_the_sum_stays_beside_it_and_is_said() -> None:
    found = only(bulletin(0, "West", ("Hill", 3), stated_total=4), bulletin(1, "East", ("Hill", 2), ("Mill", 2)))
    assert (found.left_stated, found.left_summed, found.right_stated, found.right_summed) == (4, 3, None, 4)
    assert found.totals_equal
    assert found.verdict.endswith("West states 4, its items sum to 3")


areas = st.sampled_from(["Hill", "Mill", "Ford"])
items = st.lists(
    st.tuples(
        areas,
        st.integers(0, 4),
        st.sampled_from([None, "attack", "shelling", "gunfire"]),
        st.sampled_from([None, "West", "East"]),
    ),
    max_size=5,
)
headers = st.fixed_dictionaries(
    {
        "covers": st.lists(areas, max_size=2).map(tuple),
        "unobserved": st.lists(areas, max_size=1).map(tuple),
        "respondents": st.lists(st.sampled_from(["West", "East"]), max_size=2, unique=True).map(tuple),
        "stated_total": st.none() | st.integers(0, 9),
        "counting": st.sampled_from(["violations", "violations", "explosions"]),
    }
)
sides = st.tuples(items, headers)
Side = tuple[list[tuple[Any, ...]], dict[str, Any]]


def swapped(one: TallyRow | TallyArea) -> dict[str, Any]:
    given = one.model_dump()
    sides = {name: given[name] for name in given if name.startswith(("left", "right"))}
    return {
        name.replace("left", "LEFT").replace("right", "left").replace("LEFT", "right"): value
        for name, value in sides.items()
    }


@given(sides, sides)
@settings(max_examples=300, deadline=None)
def test_exchanging_left_and_right_mirrors_the_tally(west: Side, east: Side) -> None:
    here = only(bulletin(0, "West", *west[0], **dict(west[1])), bulletin(1, "East", *east[0], **dict(east[1])))
    there = only(bulletin(0, "East", *east[0], **dict(east[1])), bulletin(1, "West", *west[0], **dict(west[1])))
    assert (here.left, here.left_summed, here.comparable, here.totals_equal) == (
        there.right,
        there.right_summed,
        there.comparable,
        there.totals_equal,
    )
    mirrored = [one.model_copy(update=swapped(one)) for one in there.rows]
    assert sorted(map(repr, here.rows)) == sorted(map(repr, mirrored))
    assert sorted(map(repr, here.areas)) == sorted(repr(one.model_copy(update=swapped(one))) for one in there.areas)
    bounds = [(one.both_low, one.both_high, one.same_kind_high, one.same_area_high) for one in (here, there)]
    assert bounds[0] == bounds[1]


@given(sides, sides)
@settings(max_examples=300, deadline=None)
def test_rows_hold_every_item_once_and_bounds_are_in_order(west: Side, east: Side) -> None:
    found = only(bulletin(0, "West", *west[0], **dict(west[1])), bulletin(1, "East", *east[0], **dict(east[1])))
    assert sum(one.left or 0 for one in found.rows) == (found.left_summed or 0)
    assert sum(one.right or 0 for one in found.rows) == (found.right_summed or 0)
    for one in found.rows:
        if found.comparable or one.left == one.right:
            assert (one.why is None) is (one.left == one.right)
        else:
            assert one.why in (None, "silent", "excluded party", "outside the area", "no observation")
        if found.comparable:
            assert one.both_high is not None and one.both_low == 0 <= one.both_high
            most = [
                may[1] if may else count or 0 for may, count in ((one.left_may, one.left), (one.right_may, one.right))
            ]
            assert one.both_high == min(most)
    if found.comparable:
        assert found.both_high is not None and found.same_kind_high is not None and found.same_area_high is not None
        assert 0 == found.both_low <= found.both_high <= found.same_kind_high <= found.same_area_high


@given(sides, sides)
@settings(max_examples=200, deadline=None)
def test_no_verdict_speaks_of_agreement(west: Side, east: Side) -> None:
    found = only(bulletin(0, "West", *west[0], **dict(west[1])), bulletin(1, "East", *east[0], **dict(east[1])))
    assert "agree" not in found.verdict
    assert ("not comparable" in found.verdict) is not found.comparable


def test_a_day_on_which_the_clocks_change_is_one_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    long = Interval(start=datetime(2031, 10, 26, tzinfo=berlin), end=datetime(2031, 10, 27, tzinfo=berlin))
    (found,) = tally([bulletin(0, "West", period=long), bulletin(1, "East", period=long)], berlin)
    assert found.day == date(2031, 10, 26)


def test_an_hour_of_the_day_is_paired_with_the_whole_day() -> None:
    hour = Interval(
        start=datetime(2031, 5, 2, 7, tzinfo=ZONE), end=datetime(2031, 5, 2, 7, tzinfo=ZONE) + timedelta(hours=1)
    )
    assert only(bulletin(0, "West", period=hour), bulletin(1, "East")).day == date(2031, 5, 2)


def test_a_pair_of_several_days_says_which_and_no_count_is_of_one_of_them() -> None:
    week = at("2031-05-01T19:30", "2031-05-04T19:30")
    found = only(bulletin(0, "West", ("Hill", 9), period=week), bulletin(1, "East", ("Hill", 4), period=week))
    assert (found.first_day, found.day, found.left_summed) == (date(2031, 5, 1), date(2031, 5, 4), 9)
    single = only(bulletin(0, "West"), bulletin(1, "East"))
    assert single.first_day == single.day


def test_the_sum_of_items_is_known_only_where_there_are_items() -> None:
    found = only(bulletin(0, "West", stated_total=9), bulletin(1, "East", ("Hill", 0), stated_total=9))
    assert (found.left_summed, found.left_total, found.right_summed, found.right_total) == (None, 9, 0, 9)
    kinds = (CountItem(area="by kind", count=7, act="shelling", line=1),)
    assert only(bulletin(0, "West", kinds=kinds), bulletin(1, "East")).left_total == 7
