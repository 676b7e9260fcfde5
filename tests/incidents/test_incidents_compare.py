"""What two sources say: the same, overlapping or exclusive."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from valley_reports import MILL, NOON, at, beside, day

from parley.incidents.compare import exclude, meet, same
from parley.incidents.geodesy import distance_m
from parley.model import (
    Attribute,
    Count,
    Disc,
    Interval,
    OneOf,
    Value,
    Words,
    exclude_each_other,
    fold,
    follows,
    one,
    vocabulary,
)


def test_a_day_and_an_instant_in_it_overlap_and_the_next_midnight_is_outside() -> None:
    assert not exclude("time", day("2031-05-02"), at("2031-05-02T00:00"))
    assert not exclude("time", day("2031-05-02"), at("2031-05-02T23:59"))
    assert exclude("time", day("2031-05-02"), at("2031-05-03T00:00"))
    assert exclude("time", day("2031-05-02"), day("2031-05-03"))


def test_an_instant_overlaps_itself_alone() -> None:
    assert not exclude("time", NOON, NOON)
    assert exclude("time", NOON, at("2031-05-02T12:01"))


def test_one_instant_in_two_zones_is_the_same_time() -> None:
    utc = Interval(start=NOON.start.astimezone(UTC), end=NOON.end.astimezone(UTC))
    assert same(NOON, utc)


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2016, 10, 30, 2, 30, tzinfo=berlin)
    second = first.replace(fold=1)
    assert exclude("time", Interval(start=first, end=first), Interval(start=second, end=second))


def test_places_exclude_each_other_beyond_the_sum_of_their_radii() -> None:
    assert not exclude("place", MILL, beside(MILL, 299.9, radius_m=100))
    assert exclude("place", MILL, beside(MILL, 300.1, radius_m=100))


def test_names_are_the_same_in_any_order_case_spacing_and_unicode_form() -> None:
    assert same(OneOf(any_of=("North  land", "Southland")), OneOf(any_of=("southland", "north land")))
    assert same(one("Cafe\u0301"), one("CAF\u00c9"))
    assert not same(one("Northland"), OneOf(none_of=("Northland",)))
    assert not same(OneOf(none_of=("Northland",)), OneOf(none_of=("Southland",)))


def test_a_place_is_the_same_in_any_spelling_of_its_name_and_another_under_another_name() -> None:
    assert same(MILL, replace(MILL, name=" mill"))
    assert not same(MILL, replace(MILL, name="Windmill"))


def test_two_names_exclude_each_other_and_a_choice_overlaps_each_of_its_members() -> None:
    either = OneOf(any_of=("Northland", "Southland"))
    assert exclude("actor", one("Northland"), one("Southland"))
    assert not exclude("actor", either, one("Southland"))


def test_a_denial_excludes_the_name_and_no_other() -> None:
    denial = OneOf(none_of=("Northland",))
    assert exclude("actor", one("northland"), denial)
    assert not exclude("actor", one("Southland"), denial)
    assert not exclude("actor", OneOf(any_of=("Northland", "Southland")), denial)
    assert exclude("actor", OneOf(any_of=("Northland", "Southland"), none_of=("Southland",)), denial)


def test_two_denials_of_different_names_overlap() -> None:
    assert not exclude("actor", OneOf(none_of=("Northland",)), OneOf(none_of=("Southland",)))


def test_a_narrower_term_overlaps_the_wider_one() -> None:
    assert not exclude("act", one("shelling"), one("attack"))
    assert exclude("act", one("shelling"), one("air-attack"))


def test_acts_of_several_aspects_are_one_happening_unless_one_aspect_rules_the_other_out() -> None:
    assert not exclude("act", one("shelling"), one("displacement"))
    assert not exclude("act", one("shelling"), one("deny-access"))
    assert exclude("act", one("shelling"), one("fire-accident"))
    assert exclude("act", one("overflight"), one("air-attack"))
    assert exclude("act", one("aid-delivery"), one("obstruct-aid"))


def test_means_of_several_aspects_are_used_together() -> None:
    assert exclude("means", one("mortar"), one("tank"))
    assert not exclude("means", one("mortar"), one("chemical"))


def test_of_several_acts_one_pair_that_goes_together_is_enough() -> None:
    assert not exclude("act", OneOf(any_of=("fire-accident", "displacement")), one("shelling"))
    assert exclude("act", OneOf(any_of=("fire-accident", "gunfire")), one("shelling"))
    assert exclude("act", OneOf(any_of=("shelling",), none_of=("displacement",)), one("displacement"))


def test_to_deny_the_wider_term_denies_the_narrower_but_not_the_other_way() -> None:
    assert exclude("act", one("shelling"), OneOf(none_of=("attack",)))
    assert not exclude("act", one("attack"), OneOf(none_of=("shelling",)))
    assert exclude("act", OneOf(any_of=("attack",), none_of=("shelling",)), one("shelling"))


def test_a_name_that_is_no_term_is_only_itself() -> None:
    assert exclude("act", one("sorcery"), one("attack"))
    assert not exclude("act", one("sorcery"), one("Sorcery"))


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        (Count(low=2, best=3, high=4), Count(low=4, best=4, high=6), False),
        (Count(low=2, best=3, high=4), Count(low=3, best=3, high=3), False),
        (Count(low=2), Count(low=5, best=5, high=5), False),
        (Count(low=2, best=2, high=2), Count(low=3, best=3, high=3), True),
        (Count(low=6), Count(low=5, best=5, high=5), True),
    ],
)
def test_counts_exclude_each_other_where_their_ranges_are_apart(first: Count, second: Count, apart: bool) -> None:
    assert exclude("deaths", first, second) is apart


def test_words_and_values_of_different_kinds_cannot_be_compared() -> None:
    for other in (Words(text="near the mill"), NOON):
        assert not exclude("place", MILL, other)


TERMS = sorted(vocabulary("act"))
NAMES = ["Northland", "Southland", "Lanterns"]
intervals = st.builds(
    lambda start, length: Interval(
        start=NOON.start + timedelta(hours=start), end=NOON.start + timedelta(hours=start + length)
    ),
    st.integers(0, 6),
    st.integers(0, 4),
)
discs = st.builds(
    lambda metres, bearing, radius: beside(MILL, metres, bearing, radius),
    st.integers(0, 2000),
    st.integers(0, 359),
    st.integers(0, 2000),
)
counts = st.builds(
    lambda low, best, high, top: Count(low=low, best=low + best, high=low + best + high if top else None),
    *(st.integers(0, 3) for _ in range(3)),
    st.booleans(),
)


def names(of: list[str]) -> st.SearchStrategy[OneOf]:
    some = st.lists(st.sampled_from(of), max_size=3, unique=True).map(tuple)
    return st.tuples(some, some).filter(any).map(lambda chosen: OneOf(any_of=chosen[0], none_of=chosen[1]))


def kind(attribute: Attribute, values: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Attribute, list[Value]]]:
    return st.tuples(st.just(attribute), st.lists(values, min_size=2, max_size=3))


claimed = (
    kind("time", intervals)
    | kind("place", discs)
    | kind("deaths", counts)
    | kind("actor", names(NAMES))
    | kind("act", names(TERMS))
)


def allows(attribute: Attribute, value: Value, thing: object) -> bool:
    """Say whether *value* allows that *thing* is what happened."""
    match value, thing:
        case Interval(), datetime():
            return value.start <= thing < value.end or thing == value.start
        case Disc(), Disc():
            return distance_m(value, thing) <= value.radius_m
        case Count(), int():
            return value.low <= thing and (value.high is None or thing <= value.high)
        case OneOf(), frozenset():
            names = frozenset(map(fold, value.any_of)), frozenset(map(fold, value.none_of))
            return (not names[0] or not thing.isdisjoint(names[0])) and thing.isdisjoint(names[1])
    raise AssertionError


def happenings() -> list[frozenset[str]]:
    """Return all that one happening may be with up to two acts, each as every term that is so of it."""
    pairs = [(first, second) for first in TERMS for second in TERMS if not exclude_each_other("act", first, second)]
    return [follows("act", first)[0] | follows("act", second)[0] for first, second in pairs]


THINGS: dict[Attribute, list[object]] = {
    "time": [NOON.start + timedelta(minutes=30 * half) for half in range(22)],
    "place": [beside(MILL, metres, bearing) for metres in range(0, 4001, 500) for bearing in range(0, 360, 45)],
    "deaths": list(range(14)),
    "actor": [frozenset({fold(name)}) for name in (*NAMES, "somebody else")],
    "act": list(happenings()),
}
"""What may have happened."""


@given(claimed)
@settings(max_examples=500, deadline=None)
def test_what_both_allow_is_not_excluded(case: tuple[Attribute, list[Value]]) -> None:
    attribute, (first, second, *_) = case
    if any(allows(attribute, first, thing) and allows(attribute, second, thing) for thing in THINGS[attribute]):
        assert not exclude(attribute, first, second)


@given(claimed)
@settings(max_examples=500, deadline=None)
def test_what_is_not_excluded_leaves_something_that_both_allow(case: tuple[Attribute, list[Value]]) -> None:
    attribute, (first, second, *_) = case
    assume(attribute != "place" and not exclude(attribute, first, second))
    assert any(allows(attribute, first, thing) and allows(attribute, second, thing) for thing in THINGS[attribute])


@given(claimed)
@settings(max_examples=300, deadline=None)
def test_it_does_not_matter_who_of_two_speaks_first(case: tuple[Attribute, list[Value]]) -> None:
    attribute, (first, second, *_) = case
    assert same(first, second) is same(second, first)
    assert exclude(attribute, first, second) is exclude(attribute, second, first)


@given(claimed)
@settings(max_examples=300, deadline=None)
def test_a_value_is_the_same_as_itself(case: tuple[Attribute, list[Value]]) -> None:
    _, (first, *_) = case
    assert same(first, first)


@given(st.sampled_from(TERMS), st.sampled_from(TERMS))
def test_two_acts_meet_where_neither_rules_the_other_out(first: str, second: str) -> None:
    assert meet("act", first, second) is not exclude_each_other("act", first, second)
