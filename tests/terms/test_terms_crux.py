"""The crux: the smallest sets of questions that decide, held against the definition itself."""

import random
from collections.abc import Sequence
from itertools import combinations, product
from math import prod

from hypothesis import given, settings
from hypothesis import strategies as st
from invented_truce import AGREEMENT, TRUCE, Story, at, clause_of, incident

from parley.model import Attribute, ClauseAnswer, Disc, Established, Incident, OneOf, Value
from parley.terms import assess, load
from parley.terms.answers import Clause, Rules
from parley.terms.crux import MOST_WAYS, Asked, Dispute, Outcome, Text, Way
from parley.terms.history import NOTHING

RULES = Rules(TRUCE)
ATTACKS: Clause = RULES.clauses[0]


def dispute(happening: Incident, clause: Clause = ATTACKS) -> Dispute:
    worlds = [clause.rules.frame.worlds(account) for account in happening.accounts]
    return Dispute([Text(clause, clause.rules.frame, worlds, NOTHING)], happening.accounts, {})


def test_where_only_the_actor_is_disputed_the_actor_is_the_crux() -> None:
    assessed = clause_of({"actor": "Northland"}, {"actor": "Lanterns"})
    (crux,) = assessed.cruxes
    assert (crux.attributes, crux.asks) == (("actor",), ("who acted",))
    assert [(one.answer, one.by) for one in crux.settlements] == [("breach", ("north",)), ("not covered", ())]
    assert (assessed.comparison, assessed.agreed.answer) == ("differ", "unknown")


def test_a_dispute_that_decides_nothing_is_no_crux() -> None:
    assert clause_of({"act": "shelling"}, {"act": "gunfire"}).cruxes == ()


def test_two_questions_may_only_decide_together() -> None:
    assessed = clause_of({"actor": "Northland", "act": "air-attack"}, {"actor": "Lanterns", "act": "fire-accident"})
    assert [set(crux.attributes) for crux in assessed.cruxes] == [{"actor", "act"}]
    assert len(assessed.cruxes[0].settlements) == 4


def test_what_changes_nothing_is_in_no_crux_however_much_the_accounts_differ_in_it() -> None:
    first = {"act": "air-attack", "affected": "Southland", "place": Disc(lat=35.5, lon=37.0, radius_m=100)}
    second = {"act": "fire-accident", "affected": "Civilians", "place": Disc(lat=35.6, lon=37.1, radius_m=300)}
    assert [crux.attributes for crux in clause_of(first, second).cruxes] == [("act",)]


def test_a_mutual_accusation_is_a_breach_on_each_account_whose_crux_is_who_acted() -> None:
    assessed = clause_of({"actor": "Northland"}, {"actor": "Southland", "affected": "Northland"})
    assert [one.answer for one in assessed.accounts] == ["breach", "breach"]
    assert assessed.comparison == "equal"
    (crux,) = assessed.cruxes
    assert crux.attributes == ("actor",)
    assert [one.by for one in crux.settlements] == [("north",), ("south",)]


def test_one_party_under_two_names_is_no_dispute() -> None:
    assessed = clause_of({"actor": "Northland"}, {"actor": "NORTHLAND army"})
    assert (assessed.comparison, assessed.agreed.by, assessed.cruxes) == ("agreed", ("north",), ())


def test_a_denial_is_a_way_of_its_own_and_never_dropped_as_vaguer() -> None:
    told: list[Story] = [{"actor": "Northland"}, {"actor": OneOf(none_of=("Northland",))}, {"actor": "Lanterns"}]
    (crux,) = clause_of(*told).cruxes
    assert crux.attributes == ("actor",)
    assert [one.answer for one in crux.settlements] == ["breach", "unknown", "not covered"]


def test_who_accuses_and_who_denies_get_two_answers_and_a_crux_on_the_actor() -> None:
    assessed = clause_of({"actor": "Northland"}, {"actor": OneOf(none_of=("Northland army",))})
    assert [one.answer for one in assessed.accounts] == ["breach", "unknown"]
    assert [crux.attributes for crux in assessed.cruxes] == [("actor",)]


def test_a_claim_within_which_another_s_lies_settles_nothing() -> None:
    assessed = clause_of({"act": "armed-force"}, {"act": "air-attack", "means": "aircraft"}, {"act": "fire-accident"})
    (crux,) = assessed.cruxes
    assert [str(value) for one in crux.settlements for _, value in one.values] == [
        str(OneOf(any_of=(name,))) for name in ("air-attack", "fire-accident")
    ]


def test_whoever_is_silent_counts_as_one_of_those_who_speak_and_what_he_leaves_out_is_named() -> None:
    assessed = clause_of({"actor": None}, {"actor": "Northland"})
    assert (assessed.comparison, assessed.cruxes, assessed.silent) == ("differ", (), ("who acted",))
    together = clause_of({"actor": None, "act": None}, {"actor": "Northland"})
    assert (together.cruxes, together.silent) == ((), ("which act it was", "who acted"))


def test_a_claimed_exemption_that_others_do_not_mention_is_a_crux() -> None:
    (crux,) = clause_of({}, {"exemption": "self-defence"}).cruxes
    assert (crux.attributes, crux.asks) == (("exemption",), ("was the exemption established",))
    assert {settlement.answer for settlement in crux.settlements} == {"breach", "no breach"}


def test_whether_a_group_was_bound_is_a_crux_of_a_single_account_and_what_is_established_settles_it() -> None:
    assessed = clause_of({"actor": "Ridge fighters"})
    (crux,) = assessed.cruxes
    assert (crux.attributes, crux.asks) == (("bound:ridge",), ("was Ridge fighters bound at the time",))
    assert [(one.answer, one.by) for one in crux.settlements] == [("breach", ("ridge",)), ("not covered", ())]
    for value, answer in (("yes", "breach"), ("no", "not covered")):
        settled = [Established(subject="ridge", question="bound", value=value, by="the mediator")]
        (found, *_) = assess(TRUCE, incident({"actor": "Ridge fighters"}), settled).clauses
        assert (found.accounts[0].answer, found.cruxes) == (answer, ())


def test_which_reading_holds_and_when_it_ended_are_questions_of_a_crux() -> None:
    readings = (
        "readings: [{id: air-only, held_by: [north], says: from the air, clauses: [attacks], acts: [air-attack]}]\n"
    )
    text = AGREEMENT.replace("area: land\n", "area: land\nuntil: {not_before: 2016-04-01, why: nobody agreed}\n")
    terms = load(text + readings, "read.yaml")
    (assessed, *_) = assess(terms, incident({"time": at("2016-03-20T12:00")})).clauses
    assert [crux.attributes for crux in assessed.cruxes] == [("reading:air-only",)]
    (assessed, *_) = assess(terms, incident({"act": "air-attack", "time": at("2016-04-20T12:00")})).clauses
    assert [crux.asks for crux in assessed.cruxes] == [("had the agreement ended by then",)]


def test_accounts_that_lead_to_the_same_answer_have_no_crux() -> None:
    assert clause_of({}, {"time": at("2016-03-02T12:00")}).cruxes == ()


def test_forty_accounts_that_agree_on_nothing_are_told_in_bounded_time() -> None:
    told: list[Story] = [
        {
            "actor": f"somebody {number}" if number % 3 else "Northland",
            "affected": f"somebody else {number}",
            "act": "shelling" if number % 2 else "fire-accident",
            "time": at(f"2016-03-01T{number % 24:02}:{number:02}"),
            "place": Disc(lat=35.5 + number / 1000, lon=37.0, radius_m=100),
        }
        for number in range(40)
    ]
    assessed = clause_of(*told)
    assert len(assessed.accounts) == 40
    assert all(len(crux.settlements) <= MOST_WAYS for crux in assessed.cruxes)


def test_what_no_account_says_is_missing_where_all_are_unknown() -> None:
    assert "actor" in clause_of({"actor": None}, {"actor": None, "act": "gunfire"}).missing


VALUES: dict[Attribute, list[Value | None]] = {
    "actor": [
        None,
        *(
            OneOf(any_of=(n,))
            for n in ("Northland", "northland ARMY", "Lanterns", "Insurgents", "Visitors", "Ridge fighters")
        ),
        OneOf(none_of=("Northland",)),
    ],
    "affected": [None, OneOf(any_of=("Southland",)), OneOf(any_of=("Lanterns",))],
    "act": [None, *(OneOf(any_of=(name,)) for name in ("shelling", "attack", "fire-accident", "displacement"))],
    "time": [at("2016-03-01T12:00"), at("2016-02-26T12:00"), at("2016-02-26T20:00", "2016-02-27T04:00")],
    "place": [Disc(lat=35.5, lon=37.0, radius_m=100), Disc(lat=33.0, lon=37.0, radius_m=100)],
    "exemption": [None, OneOf(any_of=("self-defence",)), OneOf(none_of=("self-defence",))],
}
stories = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})


@given(st.lists(stories, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_cruxes_are_exactly_the_minimal_sufficient_sets(told: list[Story]) -> None:
    found = dispute(incident(*told))
    if prod(len(one.ways) for one in found.questions) <= 100:  # so that every subset can be tried by itself
        assert {frozenset(crux.attributes) for crux in found.cruxes()} == brute_force(found)


@given(st.lists(stories, min_size=1, max_size=3))
@settings(max_examples=250, deadline=None)
def test_a_crux_is_minimal_sufficient_and_each_member_changes_something(told: list[Story]) -> None:
    found = dispute(incident(*told))
    for crux in found.cruxes():
        outcomes = {tuple(map(str, one.values)): (one.answer, one.by) for one in crux.settlements}
        assert len(outcomes) == len(crux.settlements) and len(set(outcomes.values())) > 1
        for place in range(len(crux.attributes)):
            by_rest: dict[tuple[str, ...], set[object]] = {}
            for values, outcome in outcomes.items():
                by_rest.setdefault(values[:place] + values[place + 1 :], set()).add(outcome)
            assert any(len(different) > 1 for different in by_rest.values()), crux.attributes[place]


@given(st.lists(stories, min_size=2, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_accounts_never_matters(told: list[Story], dice: random.Random) -> None:
    order = dice.sample(range(len(told)), len(told))
    first, second = clause_of(*told), clause_of(*(told[at] for at in order))
    assert [second.accounts[order.index(at)].possible for at in range(len(told))] == [
        one.possible for one in first.accounts
    ]
    assert (second.agreed.possible, set(second.agreed.by)) == (first.agreed.possible, set(first.agreed.by))
    assert (second.comparison, second.support) == (first.comparison, first.support)
    assert set(second.silent) == set(first.silent)
    as_sets = [
        {(frozenset(crux.attributes), frozenset(crux.settlements)) for crux in one.cruxes} for one in (first, second)
    ]
    assert as_sets[0] == as_sets[1]


def brute_force(found: Dispute) -> set[frozenset[str]]:
    """Apply the definition to every set of questions, with nothing left out and nothing shared."""
    questions = found.questions

    def outcomes(chosen: tuple[int, ...], ways: Sequence[Way]) -> set[Outcome]:
        rest = [one for number, one in enumerate(questions) if number not in chosen]
        return {found.outcome((*ways, *others)) for others in product(*(one.ways for one in rest))}

    def decides(chosen: tuple[int, ...]) -> bool:
        asked: list[Asked] = [questions[number] for number in chosen]
        each = [outcomes(chosen, ways) for ways in product(*(one.ways for one in asked))]
        return all(len(one) == 1 for one in each) and len({next(iter(one)) for one in each}) > 1

    numbers = range(len(questions))
    sets = [chosen for size in numbers for chosen in combinations(numbers, size + 1) if decides(chosen)]
    minimal = [one for one in sets if not any(set(other) < set(one) for other in sets)]
    return {frozenset(questions[number].name for number in one) for one in minimal}


@given(stories, st.sampled_from(sorted(VALUES)))
@settings(max_examples=300, deadline=None)
def test_knowing_more_never_turns_a_definite_answer_into_another(told: Story, attribute: Attribute) -> None:
    known = _answer({**told, "exemption": None})
    if attribute == "exemption":
        return  # claiming an exemption takes back the claim of none, so it is not knowing more
    less = _answer({**told, "exemption": None, attribute: None})
    if less.answer != "unknown":
        assert known.answer == less.answer
    assert set(known.possible) <= set(less.possible)


def _answer(story: Story) -> ClauseAnswer:
    return clause_of(story).accounts[0]
