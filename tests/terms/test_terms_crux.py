"""The crux: the smallest sets of disputed facts that decide."""

import random
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st
from invented_truce import TRUCE, Story, at, clause_of, incident

from parley.model import Attribute, ClauseAnswer, Disc, Incident, OneOf, Value
from parley.terms.clauses import Clause, Questions
from parley.terms.crux import MOST_WAYS, cruxes
from parley.terms.facts import Facts, agreed_facts, agreed_value, claimed_values, spans

ATTACKS = Clause(TRUCE.agreement.clauses[0], TRUCE, Questions(TRUCE))


def test_where_only_the_actor_is_disputed_the_actor_is_the_crux() -> None:
    assessed = clause_of({"actor": "Northland"}, {"actor": "Lanterns"})
    (crux,) = assessed.cruxes
    assert crux.attributes == ("actor",)
    assert [settlement.answer for settlement in crux.settlements] == ["breach", "not covered"]
    assert assessed.agreed.answer == "unknown"


def test_a_dispute_that_decides_nothing_is_no_crux() -> None:
    assert clause_of({"actor": "Northland"}, {"actor": "Embers"}).cruxes == ()


def test_two_facts_may_only_decide_together() -> None:
    assessed = clause_of({"actor": "Northland", "act": "air-attack"}, {"actor": "Lanterns", "act": "fire-accident"})
    assert [set(crux.attributes) for crux in assessed.cruxes] == [{"actor", "act"}]
    assert len(assessed.cruxes[0].settlements) == 4


def test_a_claimed_exemption_that_others_do_not_mention_is_a_crux() -> None:
    assessed = clause_of({}, {"exemption": "self-defence"})
    (crux,) = assessed.cruxes
    assert crux.attributes == ("exemption",)
    assert {settlement.answer for settlement in crux.settlements} == {"breach", "no breach"}


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
    "actor": [None, *(OneOf(any_of=(n,)) for n in ("Northland", "Lanterns", "Insurgents", "Visitors"))],
    "affected": [None, OneOf(any_of=("Southland",)), OneOf(any_of=("Lanterns",))],
    "act": [None, OneOf(any_of=("shelling",)), OneOf(any_of=("fire-accident",))],
    "time": [at("2016-03-01T12:00"), at("2016-02-26T12:00"), at("2016-02-26T20:00", "2016-02-27T04:00")],
    "place": [Disc(lat=35.5, lon=37.0, radius_m=100), Disc(lat=33.0, lon=37.0, radius_m=100)],
    "exemption": [None, OneOf(any_of=("self-defence",))],
}
stories = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})


@given(st.lists(stories, min_size=2, max_size=3))
@settings(max_examples=150, deadline=None)
def test_cruxes_are_exactly_the_minimal_sufficient_sets(told: list[Story]) -> None:
    happening = incident(*told)
    found = {frozenset(crux.attributes) for crux in cruxes(ATTACKS, happening)}
    assert found == brute_force(happening)


@given(st.lists(stories, min_size=2, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_accounts_never_matters(told: list[Story], dice: random.Random) -> None:
    order = dice.sample(range(len(told)), len(told))
    first, second = clause_of(*told), clause_of(*(told[at] for at in order))
    assert [second.accounts[order.index(at)].answer for at in range(len(told))] == [
        one.answer for one in first.accounts
    ]
    assert second.agreed.answer == first.agreed.answer
    assert {frozenset(one.attributes) for one in second.cruxes} == {frozenset(one.attributes) for one in first.cruxes}


def brute_force(happening: Incident) -> set[frozenset[str]]:
    """Apply the definition to every set of disputed attributes, with nothing left out and nothing ordered."""
    given = {**spans(happening), **agreed_facts(happening).values}
    disputed = [one for one in happening.differences if agreed_value(one) is None and claimed_values(one)]

    def decides(chosen: tuple[int, ...]) -> bool:
        ways = product(*(claimed_values(disputed[number]) for number in chosen))
        answers = set()
        for way in ways:
            settled = {disputed[number].attribute: value for number, value in zip(chosen, way, strict=True)}
            answers.add(ATTACKS.ask(Facts({**given, **settled}, established="exemption" in settled)).answer)
        return "unknown" not in answers and len(answers) > 1

    numbers = range(len(disputed))
    sets = [chosen for size in numbers for chosen in combinations(numbers, size + 1) if decides(chosen)]
    minimal = [one for one in sets if not any(set(other) < set(one) for other in sets)]
    return {frozenset(disputed[number].attribute for number in one) for one in minimal}


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
