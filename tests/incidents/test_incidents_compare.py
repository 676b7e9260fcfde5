"""What two sources say: the same, overlapping or exclusive; and the hull that allows both."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from valley_reports import MILL, NOON, at, beside, day

from parley.incidents.compare import exclude, fold, hull, same
from parley.incidents.geodesy import distance_m
from parley.model import Attribute, Count, Disc, Interval, OneOf, Value, Words, is_a, one, vocabulary


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
    assert hull("time", (NOON, utc)) == NOON


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2016, 10, 30, 2, 30, tzinfo=berlin)
    second = first.replace(fold=1)
    assert exclude("time", Interval(start=first, end=first), Interval(start=second, end=second))
    both = hull("time", (Interval(start=first, end=first), Interval(start=second, end=second)))
    assert isinstance(both, Interval)
    assert both.length == timedelta(hours=1)


def test_places_exclude_each_other_beyond_the_sum_of_their_radii() -> None:
    assert not exclude("place", MILL, beside(MILL, 299.9, radius_m=100))
    assert exclude("place", MILL, beside(MILL, 300.1, radius_m=100))


def test_the_hull_of_places_bears_a_name_only_where_all_have_it() -> None:
    wide = replace(MILL, radius_m=900)
    assert hull("place", (MILL, wide)) == wide
    assert hull("place", (MILL, replace(wide, name="Windmill"))) == replace(wide, name="")


def test_names_are_the_same_in_any_order_case_and_spacing() -> None:
    assert same(OneOf(any_of=("North  land", "Southland")), OneOf(any_of=("southland", "north land")))
    assert not same(one("Northland"), OneOf(none_of=("Northland",)))


def test_two_names_exclude_each_other_and_a_choice_overlaps_each_of_its_members() -> None:
    either = OneOf(any_of=("Northland", "Southland"))
    assert exclude("actor", one("Northland"), one("Southland"))
    assert not exclude("actor", either, one("Southland"))
    assert hull("actor", (one("Southland"), either)) == OneOf(any_of=("Southland", "Northland"))


def test_a_denial_excludes_the_name_and_no_other() -> None:
    denial = OneOf(none_of=("Northland",))
    assert exclude("actor", one("northland"), denial)
    assert not exclude("actor", one("Southland"), denial)
    assert not exclude("actor", OneOf(any_of=("Northland", "Southland")), denial)
    assert exclude("actor", OneOf(any_of=("Northland", "Southland"), none_of=("Southland",)), denial)


def test_the_hull_with_a_denial_is_the_denial() -> None:
    denial = OneOf(none_of=("Northland", "Lanterns"))
    assert hull("actor", (one("Southland"), denial)) == denial
    assert hull("actor", (OneOf(any_of=("Southland", "Lanterns")), denial)) == OneOf(none_of=("Northland",))


def test_two_denials_of_different_names_overlap_and_their_hull_says_nothing() -> None:
    first, second = OneOf(none_of=("Northland",)), OneOf(none_of=("Southland",))
    assert not exclude("actor", first, second)
    assert hull("actor", (first, second)) is None


def test_a_narrower_term_overlaps_the_wider_one_which_is_the_hull() -> None:
    assert not exclude("act", one("shelling"), one("attack"))
    assert hull("act", (one("shelling"), one("attack"))) == one("attack")
    assert exclude("act", one("shelling"), one("air-attack"))


def test_to_deny_the_wider_term_denies_the_narrower_but_not_the_other_way() -> None:
    assert exclude("act", one("shelling"), OneOf(none_of=("attack",)))
    assert not exclude("act", one("attack"), OneOf(none_of=("shelling",)))
    assert exclude("act", OneOf(any_of=("attack",), none_of=("shelling",)), one("shelling"))


def test_a_name_that_is_no_term_is_only_itself() -> None:
    assert exclude("act", one("sorcery"), one("attack"))
    assert not exclude("act", one("sorcery"), one("Sorcery"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Count(low=2, best=3, high=4), Count(low=4, best=4, high=6), Count(low=2, high=6)),
        (Count(low=2, best=3, high=4), Count(low=3, best=3, high=3), Count(low=2, best=3, high=4)),
        (Count(low=2), Count(low=5, best=5, high=5), Count(low=2)),
        (Count(low=2, best=2, high=2), Count(low=3, best=3, high=3), None),
        (Count(low=6), Count(low=5, best=5, high=5), None),
    ],
)
def test_counts_exclude_each_other_where_their_ranges_are_apart(
    first: Count, second: Count, expected: Count | None
) -> None:
    assert exclude("deaths", first, second) is (expected is None)
    if expected:
        assert hull("deaths", (first, second)) == expected


def test_words_and_values_of_different_kinds_cannot_be_compared() -> None:
    for other in (Words(text="near the mill"), NOON):
        assert not exclude("place", MILL, other)
        assert hull("place", (MILL, other)) is None


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
        case OneOf(), str():
            return (not value.any_of or any(called(attribute, thing, name) for name in value.any_of)) and not any(
                called(attribute, thing, name) for name in value.none_of
            )
    raise AssertionError


def called(attribute: Attribute, thing: str, name: str) -> bool:
    return is_a("act", thing, name) == "true" if attribute == "act" else fold(thing) == fold(name)


def things(attribute: Attribute) -> list[object]:
    """Return what may have happened; of acts also an attack that is none of the narrower terms, as the term itself."""
    return {
        "time": [NOON.start + timedelta(minutes=30 * half) for half in range(22)],
        "place": [beside(MILL, metres, bearing) for metres in range(0, 4001, 500) for bearing in range(0, 360, 45)],
        "deaths": list(range(14)),
        "actor": [*NAMES, "somebody else"],
        "act": TERMS,
    }[attribute]  # type: ignore[return-value]


@given(claimed)
@settings(max_examples=500, deadline=None)
def test_what_both_allow_is_not_excluded(case: tuple[Attribute, list[Value]]) -> None:
    attribute, (first, second, *_) = case
    if any(allows(attribute, first, thing) and allows(attribute, second, thing) for thing in things(attribute)):
        assert not exclude(attribute, first, second)


@given(claimed)
@settings(max_examples=500, deadline=None)
def test_what_is_not_excluded_leaves_something_that_both_allow(case: tuple[Attribute, list[Value]]) -> None:
    attribute, (first, second, *_) = case
    assume(attribute != "place" and not exclude(attribute, first, second))
    assert any(allows(attribute, first, thing) and allows(attribute, second, thing) for thing in things(attribute))


@given(claimed)
@settings(max_examples=500, deadline=None)
def test_the_hull_allows_all_that_any_of_them_allows(case: tuple[Attribute, list[Value]]) -> None:
    attribute, values = case
    assume(not any(exclude(attribute, one, other) for one, other in combinations(values, 2)))
    around = hull(attribute, values)
    if around is None:
        assert any(isinstance(value, OneOf) and value.none_of for value in values)
        return
    for value in values:
        for thing in things(attribute):
            if allows(attribute, value, thing):
                assert allows(attribute, around, thing)


@given(claimed)
@settings(max_examples=300, deadline=None)
def test_it_does_not_matter_who_of_two_speaks_first(case: tuple[Attribute, list[Value]]) -> None:
    attribute, (first, second, *_) = case
    assert same(first, second) is same(second, first)
    assert exclude(attribute, first, second) is exclude(attribute, second, first)


@given(claimed)
@settings(max_examples=300, deadline=None)
def test_nothing_excludes_itself_and_the_hull_of_one_value_is_that_value(case: tuple[Attribute, list[Value]]) -> None:
    attribute, (first, *_) = case
    assert same(first, first)
    assert hull(attribute, (first,)) == first
