"""Four answers: what a clause makes of one account."""

import pytest
from invented_truce import AGREEMENT, TRUCE, Story, answers, at, clause_of, incident
from pyproj import Geod

from parley.model import Cause, Disc, OneOf, Reason, Unknown
from parley.terms import assess, load


def test_an_attack_by_a_party_in_force_and_in_the_area_is_a_breach() -> None:
    assert answers({}) == ["breach"]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (at("2016-02-26T23:00"), "not covered"),  # one hour before the start, Damascus time
        (at("2016-02-26T23:59"), "not covered"),
        (at("2016-02-27T00:00"), "breach"),  # the start belongs to the period
        (at("2016-02-27T00:30"), "breach"),
        (at("2016-02-26T23:30", "2016-02-27T00:30"), "unknown"),  # the start falls into what is known of the time
        (at("2016-02-26T00:00", "2016-02-27T00:00"), "not covered"),  # a whole day ends where the next begins
        (at("2016-02-27T00:00", "2016-02-28T00:00"), "breach"),
    ],
)
def test_the_start_is_judged_in_the_agreements_own_time_zone(time: object, expected: str) -> None:
    assert answers({"time": time}) == [expected]  # type: ignore[dict-item]


def test_a_party_and_a_designated_group_get_different_answers() -> None:
    assert answers({"actor": "Northland"}, {"actor": "Lanterns"}) == ["breach", "not covered"]


def test_an_act_against_an_excluded_group_is_not_covered() -> None:
    assert answers({"affected": "Lanterns"}) == ["not covered"]


def test_a_group_designated_only_later_is_judged_as_of_the_date_of_the_act() -> None:
    before, after = at("2016-04-30T23:00"), at("2016-05-01T00:00")
    assert answers({"actor": "Embers", "time": before}, {"actor": "Embers", "time": after}) == ["breach", "not covered"]
    assert answers({"affected": "Embers", "time": before}, {"affected": "Embers", "time": after}) == [
        "breach",
        "not covered",
    ]


def test_adherence_is_judged_as_of_the_date_of_the_act() -> None:
    assert answers({"actor": "Southland", "affected": "Northland", "time": at("2016-06-01T00:00")}) == ["not covered"]


def test_a_name_that_the_agreement_does_not_know_leaves_the_answer_open_and_is_named_as_missing() -> None:
    (answer,) = clause_of({"actor": "Strangers"}).accounts
    assert answer.answer == "unknown"
    assert "whether Strangers had adhered" in answer.reasons.missing


def test_names_are_compared_without_case_and_runs_of_space() -> None:
    assert answers({"actor": "northland  ARMY"}) == ["breach"]


def test_whether_a_group_had_adhered_may_be_unknown_but_a_third_party_never_did() -> None:
    assert answers({"actor": "Ridge fighters"}, {"actor": "Visitors"}) == ["unknown", "not covered"]


def test_a_collective_name_is_answered_where_all_its_members_give_the_same() -> None:
    assert answers({"actor": "Southerners", "affected": "Northland"}) == ["breach"]
    assert answers({"actor": "Insurgents", "affected": "Northland"}) == ["unknown"]


def test_an_excluded_group_that_also_adhered_is_not_covered_whatever_name_it_goes_by() -> None:
    assert answers({"actor": OneOf(any_of=("Lanterns", "Visitors"))}) == ["not covered"]


@pytest.mark.parametrize("attribute", ["actor", "affected", "time", "place", "act"])
def test_silence_on_what_the_clause_asks_is_unknown_and_named(attribute: str) -> None:
    for nothing in (None, Unknown(why=Cause(code="no-reason"))):
        (answer,) = clause_of({attribute: nothing}).accounts  # type: ignore[dict-item]
        assert answer.answer == "unknown"
        assert attribute in answer.reasons.missing


def test_all_that_coverage_and_conduct_leave_open_is_named() -> None:
    (answer,) = clause_of({"actor": None, "act": None}).accounts
    assert answer.reasons.missing == ("actor", "act")


@pytest.mark.parametrize(
    ("story", "because", "missing"),
    [
        ({"means": "mortar"}, ("it is read in several ways",), ("which reading holds",)),
        ({}, ("it is read in several ways",), ("which reading holds", "means")),
        ({"place": Disc(lat=35.0, lon=37.0, radius_m=100)}, ("the means are not known",), ("means",)),
    ],
)
def test_which_reading_holds_is_missing_only_where_it_changes_something_and_never_hides_what_else_is(
    story: Story, because: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    step = before_it(story)
    assert step.because == ("whether para. 2 applies is open", *because) and step.missing == missing


def test_what_applies_in_no_reading_says_why_of_each() -> None:
    step = before_it({"means": "small-arms"})
    assert (step.truth, step.because[0], step.missing) == ("true", "para. 2 does not apply", ())
    assert "Hill (within 100 m) lies outside the road" in step.because, "of the reading in which the place decides too"


def before_it(story: Story) -> Reason:
    """Return why the clause that goes before *attacks*, which is read in two ways, does not cover an act."""
    text = AGREEMENT.replace("says: The parties stop", "yields_to: [shells]\n    says: The parties stop")
    readings = "readings: [{id: wide, held_by: [north], says: anywhere, clauses: [shells], zone: land}]\n"
    found = assess(load(text + readings, "read.yaml"), incident(story)).clauses[0]
    (step,) = (one for one in found.accounts[0].reasons.parts if one.label == "gives way to para. 2")
    return step


def test_saying_who_it_was_not_does_not_say_who_it_was() -> None:
    (answer,) = clause_of({"actor": OneOf(none_of=("Northland",))}).accounts
    assert answer.answer == "unknown"
    assert "other than that it was not Northland" in answer.reasons.in_a_line


def test_one_of_two_parties_acted_on_the_other_is_asked_case_by_case() -> None:
    dyad = {"actor": OneOf(any_of=("Northland", "Lanterns")), "affected": OneOf(any_of=("Lanterns", "Northland"))}
    assert answers(dyad) == ["not covered"]  # type: ignore[arg-type]
    dyad = {"actor": OneOf(any_of=("Northland", "Southland")), "affected": OneOf(any_of=("Southland", "Northland"))}
    assert answers(dyad) == ["breach"]  # type: ignore[arg-type]


def test_whose_a_breach_is_follows_from_all_cases_of_an_account_whatever_was_asked_before() -> None:
    either = {"actor": OneOf(any_of=("Northland", "Southland")), "affected": OneOf(any_of=("Southland", "Northland"))}
    north = {"actor": "Northland", "affected": "Southland"}
    south = {"actor": "Southland", "affected": "Northland"}
    for told, by in ((either, 2), (north, 1), (south, 1), (either, 2), (north, 1)):
        (answer,) = clause_of(told).accounts  # type: ignore[arg-type]
        assert (answer.answer, len(answer.by)) == ("breach", by)


def test_an_act_of_another_aspect_says_nothing_and_raises_nothing() -> None:
    assessed = clause_of({"act": "aid-delivery"})
    assert [(one.answer, one.code) for one in assessed.accounts] == [("unknown", "not raised")]
    assert (assessed.raised, assessed.cruxes, assessed.missing, assessed.silent) == (False, (), (), ())


def test_no_breach_needs_somebody_who_says_so() -> None:
    assert answers({"act": OneOf(none_of=("armed-force",))}) == ["no breach"]
    assert answers({"act": "fire-accident"}) == ["no breach"]


def test_one_account_that_speaks_of_it_raises_it_for_all() -> None:
    assessed = clause_of({"act": "aid-delivery"}, {"act": OneOf(none_of=("shelling",))})
    assert [(one.answer, one.code) for one in assessed.accounts] == [("unknown", ""), ("unknown", "")]
    assert assessed.raised


def test_a_claimed_exemption_is_not_an_established_one() -> None:
    claimed = clause_of({"exemption": "self-defence"}).accounts[0]
    assert claimed.answer == "unknown"
    assert claimed.possible == ("breach", "no breach")
    assert "claimed and not established" in claimed.reasons.in_a_line


def test_a_ground_that_the_clause_does_not_know_changes_nothing() -> None:
    assert answers({"exemption": "mistaken-identity"}) == ["breach"]


def test_a_clause_about_weapons_is_unknown_not_no_where_the_weapon_is_not_known() -> None:
    by_the_road = Disc(lat=35.0, lon=37.0, radius_m=50)
    cases = {"mortar": "breach", "tank": "not covered", None: "unknown"}
    for means, expected in cases.items():
        assert answers({"place": by_the_road, "means": means}, clause="shells") == [expected]


def test_an_area_whose_map_is_still_due_is_unknown_with_its_reason() -> None:
    (answer,) = clause_of({"act": "air-attack"}, clause="flights").accounts
    assert answer.answer == "unknown"
    assert "its map is due on 4 June" in answer.reasons.in_a_line


def test_unknown_still_tells_that_no_breach_is_possible() -> None:
    (answer,) = clause_of({"act": "shelling"}, clause="flights").accounts
    assert answer.possible == ("no breach", "not covered")
    assert answer.shown == "in no case a breach"


@pytest.mark.parametrize(("metres", "expected"), [(3499.0, "breach"), (3500.0, "breach"), (3501.0, "not covered")])
def test_the_edge_of_a_strip_is_exact_to_the_metre_and_belongs_to_it(metres: float, expected: str) -> None:
    # North of the middle of the road; the geodesic between its ends bulges north of the parallel, so start from it.
    line = Geod(ellps="WGS84")
    ((lon, lat),) = line.npts(36.5, 35, 37.5, 35, 1)
    lon, lat, _ = line.fwd(lon, lat, 0, metres - 0.01)
    story = {"place": Disc(lat=lat, lon=lon, radius_m=0), "means": "mortar"}
    assert answers(story, clause="shells") == [expected]  # type: ignore[arg-type]


def test_a_place_that_is_not_exact_enough_for_the_edge_is_unknown() -> None:
    line = Geod(ellps="WGS84")
    for metres, expected in ((3000, "breach"), (3450, "unknown"), (3550, "unknown"), (3700, "not covered")):
        lon, lat, _ = line.fwd(*line.npts(36.5, 35, 37.5, 35, 1)[0], 0, metres)
        story = {"place": Disc(lat=lat, lon=lon, radius_m=100), "means": "mortar"}
        assert answers(story, clause="shells") == [expected]  # type: ignore[arg-type]


def test_a_named_area_that_lies_wholly_inside_answers_even_where_the_place_is_vague() -> None:
    vague = Disc(lat=34.1, lon=36.1, radius_m=60_000)
    assert answers({"place": vague}) == ["unknown"]
    assert answers({"place": vague, "area": "Upland"}) == ["breach"]


def test_every_answer_carries_its_reasons_down_to_single_questions() -> None:
    for clause in assess(TRUCE, incident({})).clauses:
        (answer,) = clause.accounts
        assert answer.reasons.in_a_line
        assert {part.says for part in answer.reasons.parts} >= {"the clause was in force"}
        assert all(part.because for part in answer.reasons.parts)
