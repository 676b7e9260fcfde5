"""Incidents: accounts side by side, and what each attribute looks like across them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from valley_reports import MILL, NOON, Said, at, beside, told, value_of

from parley.incidents import match, unplaced
from parley.incidents.geodesy import distance_m
from parley.model import (
    ATTRIBUTES,
    Amount,
    Attribute,
    Cause,
    Claim,
    Count,
    Difference,
    Disc,
    EventReport,
    Incident,
    Interval,
    OneOf,
    RecordedReport,
    Unknown,
    Words,
    fold,
    in_short,
    one,
)

UNKNOWN = Unknown(why=Cause(code="as-said", params={"said": "the night was dark"}))


def incident(*stories: dict[Attribute, Said]) -> Incident:
    """Return the one incident of which each story is told by a source of its own."""
    (found,) = match([told(n, also=story) for n, story in enumerate(stories)])
    return found


def difference(attribute: Attribute, *claims: Said) -> Difference:
    stories: list[dict[Attribute, Said]] = [{} if claim is None else {attribute: claim} for claim in claims]
    (found,) = (one for one in incident(*stories).differences if one.attribute == attribute)
    return found


def test_the_same_claim_of_all_is_agreed() -> None:
    found = difference("actor", "Northland", "Northland", "northland")
    assert found.state == "agreed"
    assert [saying.accounts for saying in found.sayings] == [(0, 1, 2)]


def test_claims_that_overlap_are_compatible() -> None:
    found = difference("act", "shelling", "attack")
    assert found.state == "compatible"
    assert [(saying.accounts, saying.value) for saying in found.sayings] == [
        ((0,), one("shelling")),
        ((1,), one("attack")),
    ]


def test_claims_that_exclude_each_other_are_disputed() -> None:
    assert difference("actor", "Northland", OneOf(none_of=("Northland",))).state == "disputed"
    assert difference("act", "shelling", "fire-accident").state == "disputed"


def test_acts_of_several_aspects_are_no_dispute() -> None:
    assert difference("act", "shelling", "displacement").state == "compatible"


def test_two_that_exclude_each_other_make_a_dispute_whatever_the_others_say() -> None:
    assert difference("deaths", 2, None, 3).state == "disputed"
    assert difference("deaths", 2, UNKNOWN, 3).state == "disputed"


def test_where_some_are_silent_the_attribute_is_partly_silent() -> None:
    found = difference("deaths", None, 2)
    assert found.state == "partly silent"
    assert [(saying.accounts, saying.value) for saying in found.sayings] == [((0,), None), ((1,), value_of(2))]


def test_not_to_know_counts_as_silence_but_is_told_apart_from_it() -> None:
    found = difference("deaths", 2, UNKNOWN, None)
    assert found.state == "partly silent"
    assert [saying.value for saying in found.sayings] == [value_of(2), UNKNOWN, None]


def test_that_nobody_knows_is_never_agreed() -> None:
    found = difference("deaths", UNKNOWN, UNKNOWN)
    assert found.state == "partly silent"
    assert [saying.accounts for saying in found.sayings] == [(0, 1)]


def test_one_account_alone_is_a_single_source() -> None:
    assert {found.state for found in incident({"actor": "Northland"}).differences} == {"single-source"}
    assert difference("actor", UNKNOWN).state == "single-source"


def test_attributes_stand_in_the_order_of_the_model_and_words_are_not_compared() -> None:
    found = incident({"deaths": 2, "account": Words(text="It burned."), "act": "shelling"}, {"actor": "Northland"})
    names = [one.attribute for one in found.differences]
    assert names == ["time", "place", "act", "actor", "deaths"]
    assert names == sorted(names, key=list(ATTRIBUTES).index)


def test_names_of_one_party_are_one_party_as_actor_and_as_affected_and_nowhere_else() -> None:
    aliases = {fold(name): "north" for name in ("Northland", "Army of the North")}

    def state(attribute: Attribute, *claims: Said) -> str:
        (found,) = match([told(n, also={attribute: claim}) for n, claim in enumerate(claims)], aliases=aliases)
        return found.differences[-1].state

    assert state("actor", "Northland", "army of the  NORTH") == state("affected", "Northland", "North") == "agreed"
    assert state("actor", "Northland", OneOf(none_of=("Army of the North",))) == "disputed"
    assert state("actor", "Northland", OneOf(any_of=("Southland", "Army of the North"))) == "compatible"
    assert state("site", "Northland", "Army of the North") == "disputed"
    (found,) = match([told(0, also={"actor": "Northland"}), told(1, also={"actor": "North"})], aliases=aliases)
    assert [(one.accounts, one.value) for one in found.differences[-1].sayings] == [((0, 1), one("Northland"))]


def test_an_account_holds_all_claims_of_its_source_and_leaves_each_of_its_reports_possible() -> None:
    first, second, third = (
        told(0, source="A", also={"deaths": 1}),
        told(1, source="B", also={"deaths": 4}),
        told(2, source=" a", also={"deaths": 4}),
    )
    (found,) = match([first, second, third])
    assert [(account.entries, account.possible()["deaths"]) for account in found.accounts] == [
        ((0, 2), (value_of(1), value_of(4))),
        ((1,), (value_of(4),)),
    ]
    assert [entry for entry, _ in found.accounts[0].told] == [0, 2]
    assert [claims[-1].value for _, claims in found.accounts[0].told] == [value_of(1), value_of(4)]
    assert found.differences[-1].state == "compatible"
    assert [(one.accounts, one.value) for one in found.differences[-1].sayings] == [
        ((0,), value_of(1)),
        ((0, 1), value_of(4)),
    ]
    (found,) = match([first, told(1, source="B", also={"deaths": 5}), third])
    assert found.differences[-1].state == "disputed"


def test_what_a_source_knows_in_one_report_is_not_undone_by_another_that_does_not_know() -> None:
    (found,) = match([told(0, source="A", also={"deaths": 1}), told(1, source="A", also={"deaths": UNKNOWN})])
    assert found.accounts[0].possible()["deaths"] == (value_of(1),)


def test_what_a_source_says_of_the_happening_alone_goes_before_what_it_counts_with_others() -> None:
    def wide(entry: int, deaths: int, **of: str) -> RecordedReport:
        whole = told(entry, at("2031-05-02T00:00", "2031-05-04T00:00"), also={"deaths": deaths, **of}, source="A")
        return whole.model_copy(update={"report": whole.report.model_copy(update={"cardinality": "aggregate"})})

    (found,) = match(
        [wide(0, 9, site="the mill"), told(1, also={"deaths": 2}), told(2, source="A", also={"deaths": 2})]
    )
    (account,) = (account for account in found.accounts if account.source == "A")
    assert [(telling.how, entry) for telling, (entry, _) in zip(account.tellings, account.told, strict=True)] == [
        ("wider", 0),
        ("own", 2),
    ]
    assert (account.possible()["deaths"], account.says("deaths")) == ((value_of(2),), value_of(2))
    assert account.possible()["site"] == (one("the mill"),)
    assert (found.time, found.place) == (NOON, MILL)


def test_what_a_report_counts_of_several_happenings_is_no_more_than_a_bound_of_one() -> None:
    tons = Amount(low=40, high=40)
    whole = told(0, at("2031-05-02T00:00", "2031-05-04T00:00"), source="A", also={"deaths": 9, "quantity:tons": tons})
    whole = whole.model_copy(update={"report": whole.report.model_copy(update={"cardinality": "aggregate"})})
    (found,) = match([whole, told(1, also={"deaths": 2, "quantity:tons": Amount(low=3, high=3)})])
    (account,) = (account for account in found.accounts if account.source == "A")
    assert account.says("deaths") == Count(low=0, high=9)
    assert account.says("quantity:tons") == Amount(low=0, high=40)
    assert {one.state for one in found.differences if one.attribute == "deaths"} == {"compatible"}
    (alone,) = match([whole])
    assert alone.accounts[0].says("deaths") == value_of(9), "of what it tells itself it counts the whole"


def test_an_incident_spans_the_times_of_all_accounts_in_utc() -> None:
    early, late = at("2031-05-02T11:00", "2031-05-02T12:30"), at("2031-05-02T12:00", "2031-05-02T13:00")
    (found,) = match([told(0, early), told(1, late), told(2, NOON)])
    assert (found.time.start, found.time.end) == (early.start, late.end)
    assert found.time.start.tzinfo is found.time.end.tzinfo is UTC


def test_an_incident_shows_the_smallest_disc_that_holds_the_discs_of_all_accounts() -> None:
    other = beside(MILL, 500)
    (found,) = match([told(0, NOON, MILL), told(1, NOON, other)])
    middle = beside(MILL, 250, radius_m=450)
    assert distance_m(found.place, middle) < 0.2 and found.place.radius_m in (450, 451)
    (found,) = match([told(0, NOON, MILL), told(1, NOON, beside(MILL, 20, radius_m=300))])
    assert found.place == replace(beside(MILL, 20, radius_m=300), name="Mill")


def test_an_id_is_made_of_the_entry_of_the_first_report() -> None:
    reports = [told(4), told(7, at("2031-05-09T12:00")), told(9)]
    assert [(one.id, one.entries) for one in match(reports)] == [("I-00004", (4, 9)), ("I-00007", (7,))]


def test_a_report_without_a_known_time_or_place_makes_no_incident_and_is_listed_with_the_reason() -> None:
    reports = [told(0, None), told(1, place=UNKNOWN), told(2), told(3, None, None)]
    assert [one.entries for one in match(reports)] == [(2,)]
    assert {entry: in_short(why) for entry, why in unplaced(reports).items()} == {
        0: "no time is given",
        1: "the place is not known; the night was dark",
        3: "no time is given; no place is given",
    }


def test_a_report_claims_each_attribute_once() -> None:
    known = told(0).report
    assert isinstance(known, EventReport)
    twice = (*known.claims, replace(known.claims[0], value=UNKNOWN))
    with pytest.raises(ValidationError, match="time is claimed twice"):
        EventReport(**{**dict(known), "claims": twice})


@given(st.permutations(("time", "place", "act", "actor", "deaths", "account", "fact:closed", "quantity:lorries")))
def test_the_order_of_claims_is_one_whatever_order_they_came_in(names: list[str]) -> None:
    said = told(0).report
    assert isinstance(said, EventReport)
    claims = tuple(Claim(attribute=name, value=UNKNOWN) for name in names)
    assert [claim.attribute for claim in EventReport(**{**dict(said), "claims": claims}).claims] == [
        "time", "place", "act", "actor", "deaths", "account", "fact:closed", "quantity:lorries"
    ]  # fmt: skip


NAMES = ("Northland", "Southland", "Post 3")
EXCHANGED = {"Northland": "Southland", "Southland": "Northland"}
claims = st.fixed_dictionaries(
    {
        "actor": st.sampled_from([None, UNKNOWN, "Northland", "Southland", "Post 3"]),
        "act": st.sampled_from([None, "attack", "shelling", "fire-accident"]),
        "deaths": st.sampled_from([None, 0, 3]),
    }
)
stories = st.tuples(
    st.integers(-3, 3).map(lambda hours: at((NOON.start + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M"))),
    st.sampled_from([0, 700, 1500]).map(lambda metres: beside(MILL, metres)),
    st.sampled_from(NAMES),
    claims,
)


Told = tuple[Interval, Disc, str, dict[Attribute, Said]]


def record(of: Sequence[Told], names: dict[str, str]) -> list[RecordedReport]:
    def named(said: Said) -> Said:
        return names.get(said, said) if isinstance(said, str) else said

    return [
        told(n, time, place, source=names.get(source, source), also={key: named(value) for key, value in said.items()})
        for n, (time, place, source, said) in enumerate(of)
    ]


@given(st.lists(stories, max_size=8))
@settings(max_examples=150, deadline=None)
def test_exchanging_two_parties_exchanges_them_in_every_incident_and_changes_nothing_else(of: list[Told]) -> None:
    here, there = match(record(of, {})), match(record(of, EXCHANGED))
    assert [_exchange(repr(one)) for one in here] == [repr(one) for one in there]


def _exchange(text: str) -> str:
    return text.replace("Northland", "@").replace("Southland", "Northland").replace("@", "Southland")


@given(st.lists(stories, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_incidents_are_the_same_in_whatever_order_the_reports_are_handed_over(of: list[Told], dice: Random) -> None:
    reports = record(of, {})
    shuffled = list(reports)
    dice.shuffle(shuffled)
    assert match(shuffled) == match(reports)


@given(st.lists(stories, max_size=8))
@settings(max_examples=150, deadline=None)
def test_every_claim_stands_in_exactly_one_account(of: list[Told]) -> None:
    reports = record(of, {})
    found = match(reports)
    assert sorted(entry for one in found for entry in one.entries) == list(range(len(of)))
    for one_incident in found:
        assert sorted(entry for account in one_incident.accounts for entry in account.entries) == list(
            one_incident.entries
        )
        for account in one_incident.accounts:
            assert account.claims == tuple(
                claim
                for entry in account.entries
                for claim in reports[entry].report.claims  # type: ignore[union-attr]
            )


@given(st.lists(stories, min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_every_account_is_listed_under_each_of_its_values_of_every_attribute(of: list[Told]) -> None:
    for one_incident in match(record(of, {})):
        everyone = list(range(len(one_incident.accounts)))
        said = [account.possible() for account in one_incident.accounts]
        for found in one_incident.differences:
            assert sorted({number for saying in found.sayings for number in saying.accounts}) == everyone
            for saying in found.sayings:
                for number in saying.accounts:
                    assert saying.value in said[number].get(found.attribute, (None,))
