"""The simple matcher: who joins whom."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valley_reports import MILL, NOON, at, beside, day, told

from parley.incidents import Group, SpaceTimeRule, space_time
from parley.model import Disc, Interval, Link, RecordedReport


def groups(*reports: RecordedReport) -> list[tuple[int, ...]]:
    return [group.entries for group in space_time(reports)]


def together(first: RecordedReport, second: RecordedReport) -> bool:
    return len(groups(first, second)) == 1


def test_exact_places_join_up_to_a_kilometre_and_no_metre_more() -> None:
    assert together(told(0), told(1, place=beside(MILL, 1000)))
    assert not together(told(0), told(1, place=beside(MILL, 1001)))


def test_vaguer_places_join_as_far_as_their_radii_reach_together_and_no_metre_more() -> None:
    vague = MILL.model_copy(update={"radius_m": 3000})
    assert together(told(0, place=vague), told(1, place=beside(MILL, 5000, radius_m=2000)))
    assert not together(told(0, place=vague), told(1, place=beside(MILL, 5001, radius_m=2000)))


def test_even_the_vaguest_places_join_no_farther_than_fifteen_kilometres() -> None:
    vague = MILL.model_copy(update={"radius_m": 30_000})
    assert together(told(0, place=vague), told(1, place=beside(vague, 15_000)))
    assert not together(told(0, place=vague), told(1, place=beside(vague, 15_001)))


def test_two_instants_join_within_two_hours() -> None:
    assert together(told(0), told(1, at("2031-05-02T14:00")))
    assert not together(told(0), told(1, at("2031-05-02T14:01")))


def test_two_days_that_meet_at_midnight_do_not_join() -> None:
    assert not together(told(0, day("2031-05-02")), told(1, day("2031-05-03")))
    assert together(told(0, day("2031-05-02")), told(1, at("2031-05-01T00:00", "2031-05-03T00:00")))


def test_the_days_of_two_time_zones_join_where_they_overlap() -> None:
    here = day("2031-05-02")
    there = Interval(start=here.start + timedelta(hours=11), end=here.end + timedelta(hours=11))
    assert together(told(0, here), told(1, there))


def test_an_instant_joins_its_own_day_and_a_day_that_it_misses_by_little() -> None:
    assert together(told(0, day("2031-05-02")), told(1, NOON))
    assert together(told(0, day("2031-05-02")), told(1, at("2031-05-03T01:59")))
    assert not together(told(0, day("2031-05-02")), told(1, at("2031-05-03T02:01")))


def test_two_instants_around_midnight_join() -> None:
    assert together(told(0, at("2031-05-02T23:50")), told(1, at("2031-05-03T00:10")))


def test_two_instants_around_midnight_utc_join() -> None:
    assert together(told(0, at("2031-05-02T15:50")), told(1, at("2031-05-02T16:10")))
    assert together(told(0, at("2031-05-02T16:10")), told(1, at("2031-05-02T15:50")))


def test_a_day_of_23_hours_is_a_whole_day() -> None:
    short = at("2031-05-02T00:00", "2031-05-02T23:00")
    assert not together(told(0, short), told(1, at("2031-05-02T23:00", "2031-05-03T23:00")))


def test_two_rows_of_one_source_in_one_list_never_join() -> None:
    rows = (told(0, source="A", file="list"), told(1, source="A", file="list"))
    assert groups(*rows) == [(0,), (1,)]


def test_two_rows_without_a_reference_are_told_apart_by_their_number() -> None:
    first = told(0, source="A", file="list", reference="", row=1)
    assert not together(first, told(1, source="A", file="list", reference="", row=2))


def test_a_row_that_arrives_again_joins_the_first() -> None:
    first = told(0, source="A", file="list", reference="R-1")
    assert together(first, told(1, source="A", file="list", reference="R-1"))


def test_two_holders_in_one_list_and_one_source_in_two_lists_may_speak_of_one_happening() -> None:
    assert together(told(0, source="A", file="list"), told(1, source="B", file="list"))
    assert together(told(0, source="A", file="list"), told(1, source="A", file="later list"))


def test_the_next_row_of_a_list_goes_to_the_next_nearest_incident() -> None:
    opened = (told(0), told(1, place=beside(MILL, 1200)))
    rows = tuple(told(entry, place=beside(MILL, 300), source="C", file="list") for entry in (2, 3, 4))
    assert groups(*opened, *rows) == [(0, 2), (1, 3), (4,)]


def test_a_report_vaguer_than_sixty_kilometres_or_a_week_stays_alone() -> None:
    vague = MILL.model_copy(update={"radius_m": 60_001})
    assert groups(told(0, place=vague), told(1), told(2, place=vague)) == [(0,), (1,), (2,)]
    long = at("2031-05-01T00:00", "2031-05-08T02:00")
    assert groups(told(0, long), told(1), told(2, long)) == [(0,), (1,), (2,)]


def test_a_report_of_sixty_kilometres_or_a_week_may_still_join() -> None:
    assert together(told(0, place=MILL.model_copy(update={"radius_m": 60_000})), told(1))
    assert together(told(0, at("2031-05-01T00:00", "2031-05-08T01:00")), told(1))


def test_what_is_claimed_of_the_act_and_the_actor_plays_no_part() -> None:
    assert together(
        told(0, also={"actor": "Northland", "act": "air-attack"}),
        told(1, also={"actor": "Southland", "act": "fire-accident"}),
    )


def test_the_nearest_incident_comes_first_then_the_smaller_gap_then_the_lowest_number() -> None:
    near, far = told(0, place=beside(MILL, 600)), told(1, place=beside(MILL, 1650))
    assert groups(near, far, told(2, place=beside(MILL, 1200))) == [(0,), (1, 2)]
    early, late = (told(n, at(f"2031-05-02T{hour}:00"), source="A", file="l") for n, hour in enumerate((10, 13)))
    assert groups(early, late, told(2)) == [(0,), (1, 2)]
    first, second = (told(n, source="A", file="l") for n in (0, 1))
    assert groups(first, second, told(2)) == [(0, 2), (1,)]


def test_a_chain_of_neighbours_is_not_drawn_together() -> None:
    chain = [told(n, place=beside(MILL, 900 * n)) for n in range(4)]
    assert groups(*chain) == [(0, 1), (2, 3)]


def test_a_link_says_how_far_and_how_long_from_the_report_that_opened_the_incident() -> None:
    (group,) = space_time([told(0), told(1, at("2031-05-02T12:30:30"), beside(MILL, 500.4))])
    (link,) = group.links
    assert (link.entry, link.distance_m, link.gap_minutes) == (1, 500, 31)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Disc(lat=0.0, lon=179.9999, radius_m=0), Disc(lat=0.0, lon=-179.9999, radius_m=0)),
        (Disc(lat=-17.1, lon=180.0, radius_m=0), Disc(lat=-17.1, lon=-180.0, radius_m=0)),
        (Disc(lat=90.0, lon=0.0, radius_m=0), Disc(lat=89.9999, lon=137.0, radius_m=0)),
        (Disc(lat=-89.9975, lon=10.0, radius_m=0), Disc(lat=-89.9975, lon=-170.0, radius_m=0)),
    ],
    ids=["across the antimeridian", "on it", "at the north pole", "across the south pole"],
)
def test_neighbours_are_found_where_the_map_is_torn(first: Disc, second: Disc) -> None:
    assert together(told(0, place=first), told(1, place=second))


def test_another_rule_is_a_value() -> None:
    strict = SpaceTimeRule(least_m=100, slack=timedelta(0))
    assert len(space_time([told(0), told(1, place=beside(MILL, 401))], strict)) == 2
    assert len(space_time([told(0), told(1, at("2031-05-02T12:01"))], strict)) == 2


places = st.builds(
    beside,
    st.sampled_from(
        [
            MILL,
            Disc(lat=0.0, lon=179.99, radius_m=900),
            Disc(lat=89.99, lon=1.0, radius_m=0),
            MILL.model_copy(update={"radius_m": 61_000}),
        ]
    ),
    st.sampled_from([0, 400, 999, 1001, 9_000, 14_999]),
    st.sampled_from([0, 90, 200]),
    st.sampled_from([0, 500, 8000, 60_001]),
)
times = st.builds(
    lambda start, hours: Interval(
        start=NOON.start + timedelta(hours=start), end=NOON.start + timedelta(hours=start + hours)
    ),
    st.integers(-30, 30),
    st.sampled_from([0, 0, 1, 24, 48, 200]),
)
SOURCES = ("Northland", "Southland", "Post 3")
FILES = ("list 1", "list 2")
rows = st.tuples(times, places, st.sampled_from(SOURCES), st.sampled_from(FILES), st.sampled_from(["", "a", "b"]))
Rows = list[tuple[Interval, Disc, str, str, str]]


def record(of: Rows, names: dict[str, str] | None = None) -> list[RecordedReport]:
    names = names or {}
    return [
        told(n, time, place, source=names.get(source, source), file=names.get(file, file), reference=reference, row=n)
        for n, (time, place, source, file, reference) in enumerate(of)
    ]


@given(st.lists(rows, max_size=12))
@settings(max_examples=150, deadline=None)
def test_every_report_is_in_exactly_one_group_and_groups_are_in_order(of: Rows) -> None:
    found = space_time(record(of))
    assert sorted(entry for group in found for entry in group.entries) == list(range(len(of)))
    assert [group.entries[0] for group in found] == sorted(group.entries[0] for group in found)
    for group in found:
        assert list(group.entries) == sorted(group.entries)
        assert [link.entry for link in group.links] == list(group.entries[1:])


@given(st.lists(rows, max_size=12))
@settings(max_examples=150, deadline=None)
def test_exchanging_the_names_of_sources_and_of_files_changes_nothing(of: Rows) -> None:
    exchanged = {"Northland": "Southland", "Southland": "Northland", "list 1": "list 2", "list 2": "list 1"}
    assert space_time(record(of)) == space_time(record(of, exchanged))


@given(st.lists(rows, max_size=12))
@settings(max_examples=200, deadline=None)
def test_the_grid_finds_what_comparing_with_everything_finds(of: Rows) -> None:
    reports = record(of)
    assert space_time(reports) == brute_force(reports)


def brute_force(reports: list[RecordedReport]) -> tuple[Group, ...]:
    """Match with no grid: a report is tried against every anchor alone, in a record of those that matter."""
    opened: list[list[RecordedReport]] = []
    links: list[list[Link]] = []
    for report in reports:
        ways = []
        for number, members in enumerate(opened):
            alone = space_time([members[0], report])
            if len(alone) == 1 and not any(twin(report, member) for member in members):
                (link,) = alone[0].links
                gap = max(
                    timedelta(0),
                    max(span(report).start, span(members[0]).start) - min(span(report).end, span(members[0]).end),
                )
                ways.append((link.distance_m, gap, number, link))
        if ways:
            *_, number, link = min(ways, key=lambda way: way[:3])
            opened[number].append(report)
            links[number].append(link)
        else:
            opened.append([report])
            links.append([])
    return tuple(
        Group(entries=tuple(one.entry for one in members), links=tuple(why))
        for members, why in zip(opened, links, strict=True)
    )


def span(recorded: RecordedReport) -> Interval:
    return recorded.report.claims[0].value  # type: ignore[union-attr,return-value]


def twin(first: RecordedReport, second: RecordedReport) -> bool:
    one, other = first.report, second.report
    return (
        (one.source, one.origin.digest) == (other.source, other.origin.digest)
        and (one.reference, one.reference or one.origin.record)  # type: ignore[union-attr]
        != (other.reference, other.reference or other.origin.record)  # type: ignore[union-attr]
    )
