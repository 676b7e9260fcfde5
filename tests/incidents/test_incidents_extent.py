"""When and where an incident took place: the span and the smallest disc that hold what all accounts say."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from valley_reports import MILL, NOON, at, beside

from parley.incidents.extent import disc_of, span_of
from parley.incidents.geodesy import distance_m
from parley.model import Disc, Interval

CENTRES = (
    MILL,
    Disc(lat=12.5, lon=179.999, radius_m=0),
    Disc(lat=89.99, lon=40, radius_m=0),
    Disc(lat=0, lon=0, radius_m=0),
)

discs = st.builds(
    lambda metres, bearing, radius, name: replace(beside(MILL, metres, bearing, radius), name=name),
    st.sampled_from([0, 100, 1000, 30_000]),
    st.integers(0, 359),
    st.sampled_from([0, 100, 100, 2500, 20_000]),
    st.sampled_from(["", "Mill", "mill", "Ford", "Bridge", "Chapel"]),
)


def moved(centre: Disc, place: Disc) -> Disc:
    """Return what lies from *centre* as *place* lies from the mill."""
    bearing, _, metres = Geod(ellps="WGS84").inv(MILL.lon, MILL.lat, place.lon, place.lat)
    return replace(beside(centre, metres, bearing, place.radius_m), name=place.name)


def holds(wide: Disc, place: Disc) -> bool:
    return distance_m(wide, place) + place.radius_m <= wide.radius_m


@given(st.lists(discs, min_size=1, max_size=7), st.sampled_from(CENTRES))
@settings(max_examples=300, deadline=None)
def test_the_disc_of_an_incident_holds_every_disc_and_no_disc_beside_it_is_smaller(
    near_the_mill: list[Disc], centre: Disc
) -> None:
    places = [moved(centre, place) for place in near_the_mill]
    found = disc_of(places)
    assert all(holds(found, place) for place in places)
    for metres in (1, 10, 100, 1000):
        for bearing in range(0, 360, 30):
            around = beside(found, metres, bearing)
            needed = max(distance_m(around, place) + place.radius_m for place in places)
            assert needed > found.radius_m - 1.5, "its radius is whole metres, its centre is told to a decimetre"


@given(st.lists(discs, min_size=1, max_size=7), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_it_is_the_same_in_any_order(places: list[Disc], dice: Random) -> None:
    assert disc_of(dice.sample(places, len(places))) == disc_of(places)


@given(discs)
@settings(max_examples=50, deadline=None)
def test_of_one_disc_it_is_that_disc(place: Disc) -> None:
    assert disc_of([place]) == disc_of([place, place]) == place


def test_of_two_equal_discs_the_middle_lies_between_them_whoever_comes_first() -> None:
    west, east = Disc(lat=0, lon=0.009, radius_m=300), Disc(lat=0, lon=0.0135, radius_m=300)
    assert disc_of([west, east]) == disc_of([east, west]) == Disc(lat=0, lon=0.01125, radius_m=551)


def test_three_discs_are_held_by_the_circle_that_touches_all_three() -> None:
    corners = [beside(MILL, 1000, bearing, radius_m=100) for bearing in (10, 130, 250)]
    assert distance_m(disc_of(corners), MILL) < 0.2
    assert disc_of(corners).radius_m in (1100, 1101)
    assert disc_of([*corners, beside(MILL, 900, 70, radius_m=100)]) == disc_of(corners)


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ({"Mill": 300, " MILL": 200, "": 100}, " MILL"),
        ({"": 300}, ""),
        ({"Mill": 300, "Ford": 200}, "Ford / Mill"),
        ({"Mill": 300, "Ford": 200, "Bridge": 100, "Chapel": 400}, "Bridge / Ford / Mill …"),
    ],
)
def test_it_bears_the_names_that_are_told_the_most_exact_disc_first(named: dict[str, int], name: str) -> None:
    places = [replace(MILL, name=name, radius_m=radius) for name, radius in named.items()]
    assert disc_of(places).name == name


def test_the_span_of_times_is_in_utc_from_the_first_start_to_the_last_end() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, again = (datetime(2016, 10, 30, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))
    found = span_of([Interval(start=again, end=again), Interval(start=first, end=first)])
    assert (found.start, found.end) == (
        datetime(2016, 10, 30, 0, 30, tzinfo=UTC),
        datetime(2016, 10, 30, 1, 30, tzinfo=UTC),
    )
    assert span_of([NOON]) == NOON
    inside = at("2031-05-02T12:00", "2031-05-02T18:00"), at("2031-05-02T13:00")
    assert span_of(inside) == inside[0]
