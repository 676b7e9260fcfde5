"""Worked cases of the packaged agreements: before and after, excluded groups, missing facts."""

from typing import cast

import pytest
from invented_truce import Story, at, incident

from parley.model import Answer, Disc
from parley.terms import assess, library_text, load

CESSATION = load(library_text("syria-2016-02-22-cessation"), "cessation")
ARRANGEMENT = load(library_text("syria-2016-09-09-arrangement"), "arrangement")
ALEPPO = Disc(name="Aleppo", lat=36.2, lon=37.16, radius_m=2000)
BASE: Story = {"place": ALEPPO, "act": "shelling", "actor": "Syrian Arab Army", "affected": "Free Syrian Army"}

CASES: list[tuple[str, str, Story, Answer]] = [
    # one hour before the start in Damascus time, and 30 minutes after it
    ("cessation", "attacks", {"time": at("2016-02-26T23:00")}, "not covered"),
    ("cessation", "attacks", {"time": at("2016-02-27T00:30")}, "breach"),
    ("arrangement", "attacks", {"time": at("2016-09-12T18:00")}, "not covered"),
    ("arrangement", "attacks", {"time": at("2016-09-12T19:30")}, "breach"),
    # a designated group and a party
    ("cessation", "attacks", {"actor": "ISIL", "affected": "Syrian Arab Army"}, "not covered"),
    ("cessation", "attacks", {"actor": "Free Syrian Army", "affected": "Syrian Arab Army"}, "breach"),
    ("cessation", "attacks", {"affected": "Jabhat Fatah al-Sham"}, "not covered"),
    # designated only later: as of 2016 the Security Council did not list Jund al-Aqsa, from 20 July 2017 it did
    ("cessation", "attacks", {"affected": "Jund al-Aqsa", "time": at("2016-09-21T12:00")}, "breach"),
    ("cessation", "attacks", {"affected": "Jund al-Aqsa", "time": at("2017-07-20T12:00")}, "not covered"),
    # names for many, and names for nobody
    ("cessation", "attacks", {"actor": "armed opposition groups", "affected": "civilians"}, "unknown"),
    ("cessation", "attacks", {"actor": "Israel"}, "not covered"),
    ("cessation", "attacks", {"actor": "US-led coalition", "affected": "Syrian Arab Army"}, "unknown"),
    ("cessation", "attacks", {"actor": "US-led coalition", "affected": "ISIL"}, "not covered"),
    # what the clause is about
    ("cessation", "aerial-bombardment", {"means": "fixed-wing"}, "breach"),
    ("cessation", "aerial-bombardment", {"means": "mortar"}, "not covered"),
    ("cessation", "aerial-bombardment", {}, "unknown"),
    ("cessation", "territory", {}, "no breach"),
    ("cessation", "territory", {"act": "advance"}, "breach"),
    ("cessation", "access", {"act": "deny-access", "affected": None}, "breach"),
    # the area
    ("cessation", "attacks", {"place": Disc(name="Beirut", lat=33.89, lon=35.5, radius_m=3000)}, "not covered"),
    ("cessation", "attacks", {"place": Disc(name="border town", lat=36.58, lon=37.04, radius_m=3000)}, "unknown"),
    # a disputed end
    ("arrangement", "attacks", {"time": at("2016-09-17T17:00")}, "breach"),
    ("arrangement", "attacks", {"time": at("2016-09-19T19:12")}, "unknown"),
    # Castello Road
    ("arrangement", "castello-heavy", {"act": "presence", "means": "tank", "area": "Castello Road"}, "breach"),
    ("arrangement", "castello-heavy", {"act": "presence", "area": "Castello Road"}, "unknown"),
    ("arrangement", "castello-heavy", {"act": "withdrawal", "means": "tank", "area": "Castello Road"}, "no breach"),
    # limits on flights: no map
    ("arrangement", "flights", {"act": "air-attack", "means": "helicopter"}, "unknown"),
]


@pytest.mark.parametrize(("name", "clause", "story", "expected"), CASES)
def test_a_worked_case_gets_the_answer_that_an_expert_would_give(
    name: str, clause: str, story: Story, expected: Answer
) -> None:
    terms = {"cessation": CESSATION, "arrangement": ARRANGEMENT}[name]
    when = at("2016-09-16T12:00") if name == "arrangement" else at("2016-09-01T12:00")
    happening = incident(cast(Story, {**BASE, "time": when, **story}))
    answers = {one.clause: one.accounts[0].answer for one in assess(terms, happening).clauses}
    assert answers[clause] == expected
