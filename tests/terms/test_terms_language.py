"""The parts of the language that a single account does not show: state, readings, confidence, contradictions, laws."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.model import ClauseAssessment, Incident, TermsError
from parley.terms import (
    assess_all,
    changed_answers,
    changes,
    library_cases,
    library_names,
    library_text,
    load,
    load_cases,
)
from parley.terms.assess import assess
from parley.terms.cases import incident as told
from parley.terms.terms import Terms

HEAD = """\
format: parley-terms/1
id: calm
title: Calm
date: 2031-05-01
timezone: Etc/UTC
source: {name: nobody's text}
from: d-day
parties:
  - {id: north, name: North, role: party, adheres: [{from: 2031-05-01}]}
  - {id: south, name: South, role: party, adheres: [{from: 2031-05-01}]}
facts:
  - {id: seen, asks: was it seen, settled_by: the logbook}
events:
  - {id: d-day, at: 2031-05-02T06:00}
  - {id: open, calm_days: 7, of: [attacks], since: d-day}
clauses:
  - {id: attacks, article: "1", says: No attacks., acts: [attack]}
  - {id: bridge, article: "2", says: After seven calm days nobody closes the bridge., from: open, acts: [deny-access]}
"""
CALM = load(HEAD, "calm.yaml")
ATTACK = {"time": "2031-05-04T12:00", "act": "shelling", "actor": "North", "affected": "South"}


def after(*stories: Mapping[str, Any], terms: Terms = CALM) -> list[Incident]:
    return [told(terms, number, story) for number, story in enumerate(stories, start=1)]


def clause(terms: Terms, incidents: list[Incident], name: str) -> ClauseAssessment:
    (found,) = (one for one in assess_all(terms, incidents)[-1].clauses if one.clause == name)
    return found


# State over time

CLOSED = {"time": "2031-05-09T12:00", "act": "deny-access", "actor": "South"}


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ([], "breach"),
        ([ATTACK], "not covered"),
        ([{**ATTACK, "time": "2031-05-01T12:00"}], "breach"),  # before D-day: no breach, so no break of the calm
        ([{**ATTACK, "act": "fire-accident"}], "breach"),
        ([{**ATTACK, "actor": None}], "unknown"),
    ],
)
def test_a_clause_after_seven_calm_days_looks_at_what_was_found_before(
    before: list[dict[str, Any]], answer: str
) -> None:
    found = clause(CALM, after(*before, CLOSED), "bridge")
    assert found.accounts[0].answer == answer


def test_an_answer_that_rests_on_a_disputed_finding_shows_both_branches() -> None:
    found = clause(CALM, after({**ATTACK, "actor": None}, CLOSED), "bridge")
    assert found.rests_on == ("I-00001",)
    assert [(one.assumes, one.accounts) for one in found.branches] == [
        ("if each disputed earlier finding was a breach", ("not covered",)),
        ("if none was", ("breach",)),
    ]
    assert "I-00001" in found.accounts[0].reasons.in_a_line


def test_an_answer_that_rests_on_an_established_finding_names_it() -> None:
    found = clause(CALM, after(ATTACK, CLOSED), "bridge")
    assert (found.rests_on, found.branches) == (("I-00001",), ())


def test_after_a_breach_the_seven_days_count_anew() -> None:
    late = {**CLOSED, "time": "2031-05-11T12:00"}
    assert clause(CALM, after(ATTACK, late), "bridge").accounts[0].answer == "breach"
    a_minute_early = {**CLOSED, "time": "2031-05-11T11:59"}
    assert clause(CALM, after(ATTACK, a_minute_early), "bridge").accounts[0].answer == "not covered"


def test_what_one_reading_leaves_out_for_good_another_may_cover_once_it_was_calm() -> None:
    december = "readings: [{id: winter, says: From December., clauses: [bridge], from: 2031-12-01T00:00}]\n"
    read = load(HEAD.replace("clauses:\n", f"{december}clauses:\n", 1), "read.yaml")
    late = {**CLOSED, "time": "2031-05-20T12:00"}
    first, second = (
        next(clause for clause in assessed.clauses if clause.clause == "bridge").accounts[0].possible
        for assessed in assess_all(read, after(ATTACK, CLOSED, late, terms=read))[1:]
    )
    assert (first, set(second)) == (("not covered",), {"breach", "not covered"})


def test_the_order_in_which_incidents_are_given_never_matters() -> None:
    stories = [ATTACK, CLOSED, {**ATTACK, "time": "2031-05-06T10:00", "actor": None}, {**CLOSED, "time": "2031-05-20"}]
    incidents = after(*stories)
    whole = {one.incident: one for one in assess_all(CALM, incidents)}
    for seed in range(10):
        shuffled = random.Random(seed).sample(incidents, len(incidents))
        assert {one.incident: one for one in assess_all(CALM, shuffled)} == whole


def test_without_state_every_incident_stands_alone() -> None:
    terms = load(library_text("libya-2020-10-23-ceasefire"), "libya")
    cases = load_cases(library_cases("libya-2020-10-23-ceasefire") or "", "libya")
    incidents = after(*({**cases.base, **case.facts} for case in cases.cases), terms=terms)
    assert assess_all(terms, incidents) == tuple(assess(terms, one) for one in incidents)


# Readings


def test_a_clause_that_is_read_in_two_ways_shows_both_and_is_definite_only_where_they_agree() -> None:
    terms = load(library_text("ukraine-2025-03-energy-moratorium"), "moratorium")
    strike = {"act": "air-attack", "actor": "Russia", "object": "power-line"}
    between = clause(terms, after({**strike, "time": "2025-03-20T12:00"}, terms=terms), "energy")
    assert [(one.reading, one.accounts[0].answer) for one in between.readings] == [
        ("from-18-march", "breach"),
        ("from-25-march", "not covered"),
    ]
    assert between.accounts[0].answer == "unknown"
    both = clause(terms, after({**strike, "time": "2025-04-01T12:00"}, terms=terms), "energy")
    assert both.accounts[0].answer == "breach"


def test_a_dispute_that_changes_nothing_here_makes_no_case_of_its_own() -> None:
    disputed = """readings:
  - {id: ends-in-june, says: It ends in June., clauses: [attacks], until: 2031-06-01}
  - {id: ends-in-july, says: It ends in July., clauses: [attacks], until: 2031-07-01}
  - {id: from-the-air, says: From the air alone., clauses: [attacks], acts: [air-attack]}
  - {id: all-attacks, says: All attacks., clauses: [attacks], acts: [attack]}
"""
    terms = load(HEAD + disputed, "disputed.yaml")
    may = clause(terms, after(ATTACK, terms=terms), "attacks").accounts[0]
    assert (may.answer, [part.truth for part in may.reasons.parts]) == ("unknown", ["false", "true"])
    june = clause(terms, after({**ATTACK, "time": "2031-06-04T12:00"}, terms=terms), "attacks").accounts[0]
    assert [part.truth for part in june.reasons.parts] == ["false", "false", "true"], "outside, no breach, breach"
    assert len({part.because for part in june.reasons.parts}) == 3


# Confidential clauses

SECRECY = "says: No attacks., confidential_to: [north], salt: {}, acts"
SECRET = load(HEAD.replace("says: No attacks., acts", SECRECY.format("s3")), "secret.yaml")


def test_a_confidential_clause_is_assessed_for_those_who_may_see_it_and_others_see_its_digest() -> None:
    incidents = after(ATTACK, terms=SECRET)
    assert [one.clause for one in assess_all(SECRET.for_reader("north"), incidents)[0].clauses] == ["attacks", "bridge"]
    public = SECRET.for_reader(None)
    assert [one.id for one in public.agreement.clauses] == ["bridge"]
    assert SECRET.hidden_from("north") == {}
    (digest,) = SECRET.hidden_from("south").values()
    assert len(digest) == 64
    resalted = load(HEAD.replace("says: No attacks., acts", SECRECY.format("s4")), "resalted.yaml")
    assert resalted.hidden_from("south") != SECRET.hidden_from("south")


def test_what_rests_on_a_clause_that_a_reader_may_not_see_stays_open_for_them() -> None:
    public = SECRET.for_reader(None)
    found = clause(public, after(CLOSED, terms=SECRET), "bridge")
    assert found.accounts[0].answer == "unknown"
    assert "confidential" in found.accounts[0].reasons.in_a_line


# Contradictory files: refused with the reason, or unknown with the reason

FAULTS = {
    "no such zone": ("acts: [attack]}", "acts: [attack], zone: nowhere}", "the id of one of the zones"),
    "no such event": ("from: open", "from: never", "the id of an event"),
    "precedence in a circle": (
        "says: No attacks., acts: [attack]}",
        "says: No attacks., acts: [attack], yields_to: [bridge]}",
        None,
    ),
    "an event that counts from itself": ("since: d-day", "since: open + 1 days", "does not count from itself"),
    "an event with two times": ("at: 2031-05-02T06:00", "at: 2031-05-02T06:00, unset: nobody knows", "exactly one of"),
    "an unknown fact": ("acts: [attack]}", "acts: [attack], kind: standard, ruling: told, judged_by: x}", "facts"),
    "a misspelt key": ("acts: [attack]", "act: [attack]", "Did you mean 'acts'?"),
    "a misspelt term": ("acts: [attack]", "acts: [atack]", "Did you mean *attack*?"),
    "a day that does not exist": ("2031-05-02T06:00", "2031-05-32T06:00", "events.0.at"),
    "a day out of all bounds": ("2031-05-02T06:00", "9999-12-31T06:00", "the years 1900 to 2199"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_contradictory_file_is_refused_with_line_and_reason(name: str) -> None:
    old, new, told_of = FAULTS[name]
    text = HEAD.replace(old, new, 1)
    if told_of is None:
        text = text.replace("from: open, acts", "from: open, yields_to: [attacks], acts")
        told_of = "without a circle"
    assert text != HEAD
    with pytest.raises(TermsError) as caught:
        load(text, "file.yaml")
    assert told_of in str(caught.value)
    assert "file.yaml:" in str(caught.value)


def test_a_d_day_that_was_never_set_leaves_every_answer_open_with_the_reason() -> None:
    terms = load(HEAD.replace("at: 2031-05-02T06:00", "unset: the mediator has not named it"), "unset.yaml")
    found = clause(terms, after(ATTACK, terms=terms), "attacks")
    assert found.accounts[0].answer == "unknown"
    assert "the mediator has not named it" in found.accounts[0].reasons.in_a_line


# Versions


def test_two_versions_show_what_changed_and_which_answers() -> None:
    newer = load(
        HEAD.replace("acts: [attack]", "acts: [gunfire]").replace("title: Calm", "title: Calm again"), "n.yaml"
    )
    assert [(one.part, one.kind) for one in changes(CALM, newer)] == [
        ("agreement", "changed"),
        ("clauses attacks", "changed"),
    ]
    (answer,) = changed_answers(CALM, newer, after(ATTACK))
    assert (answer.clause, answer.was, answer.now) == ("attacks", "breach", "no breach")
    assert list(changes(CALM, CALM)) == []


# Laws, over the whole library

STORIES = [
    (name, case.clause, {**cases.base, **case.facts})
    for name in library_names()
    for cases in [load_cases(library_cases(name) or "", name)]
    for case in cases.cases
    if not case.after and not case.reading
]
LOADED = {name: load(library_text(name), name) for name in library_names()}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STORIES), st.data())
def test_knowing_less_never_turns_a_definite_answer_into_another(
    case: tuple[str, str, dict[str, Any]], data: st.DataObject
) -> None:
    name, clause_id, story = case
    terms = LOADED[name]
    dropped = data.draw(st.sets(st.sampled_from(sorted(set(story) - {"exemption"})), min_size=1))
    less = {key: value for key, value in story.items() if key not in dropped}
    known, fewer = (clause(terms, after(one, terms=terms), clause_id).accounts[0] for one in (story, less))
    assert set(known.possible) <= set(fewer.possible)
