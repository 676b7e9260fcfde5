"""An invented agreement and a builder of incidents: what the tests of the terms language speak about."""

from datetime import datetime
from zoneinfo import ZoneInfo

from parley.incidents.accounts import differences
from parley.model import (
    Account,
    Attribute,
    Claim,
    ClauseAssessment,
    Disc,
    Incident,
    Interval,
    OneOf,
    Value,
)
from parley.terms import Terms, assess, load

DAMASCUS = ZoneInfo("Asia/Damascus")

AGREEMENT = """\
format: parley-terms/1
id: invented-truce
title: An invented truce
date: 2016-02-22
timezone: Asia/Damascus
source: {name: nobody's text}
from: 2016-02-27T00:00
area: land
parties:
  - id: north
    name: Northland
    role: party
    also: [Northland army]
    adheres: [{from: 2016-02-26T12:00, declared_to: the mediator}]
  - id: south
    name: Southland
    role: party
    adheres: [{from: 2016-02-26T12:00, until: 2016-06-01T00:00}]
  - {id: ridge, name: Ridge fighters, role: group}
  - {id: lanterns, name: Lanterns, role: group, designated: [{by: the list, from: 2015-01-01}]}
  - id: embers
    name: Embers
    role: party
    adheres: [{from: 2016-02-26T12:00}]
    designated: [{by: the list, from: 2016-05-01T00:00}]
  - {id: insurgents, name: Insurgents, role: collective, members: [south, lanterns]}
  - {id: southerners, name: Southerners, role: collective, members: [south, embers]}
  - {id: visitors, name: Visitors, role: third-party}
  - {id: civilians, name: Civilians, role: population}
zones:
  - {id: land, name: the land, polygon: [[36, 34], [38, 34], [38, 36], [36, 36]], names: [Upland]}
  - {id: road, name: the road, line: [[36.5, 35], [37.5, 35]], within_m: 3500}
  - {id: promised, name: the promised area, undefined: its map is due on 4 June}
clauses:
  - id: attacks
    article: para. 1
    says: The parties stop all attacks.
    acts: [armed-force]
    exempt: [{ground: self-defence, says: proportionate use of force against an immediate threat}]
  - id: shells
    article: para. 2
    says: No indirect fire near the road.
    zone: road
    acts: [armed-force]
    means: [indirect-fire]
  - id: flights
    article: para. 3
    says: No attacks from the air over the promised area.
    zone: promised
    acts: [air-attack]
"""


TRUCE: Terms = load(AGREEMENT, "truce.yaml")


def at(text: str, until: str | None = None) -> Interval:
    """Return a local time (Damascus) or a span of it."""
    start = datetime.fromisoformat(text).replace(tzinfo=DAMASCUS)
    return Interval(start=start, end=datetime.fromisoformat(until).replace(tzinfo=DAMASCUS) if until else start)


ACT: dict[Attribute, Value] = {
    "time": at("2016-03-01T12:00"),
    "place": Disc(name="Hill", lat=35.5, lon=37.0, radius_m=100),
    "act": OneOf(any_of=("shelling",)),
    "actor": OneOf(any_of=("Northland",)),
    "affected": OneOf(any_of=("Southland",)),
}
"""A plain case: a party shells another, in force and in the area."""

Story = dict[Attribute, Value | str | None]


def incident(*stories: Story) -> Incident:
    """Return one incident whose accounts claim `ACT` with each story's changes; None: silent, a string: one name."""
    accounts = []
    for number, story in enumerate(stories):
        values = {**ACT, **{key: OneOf(any_of=(v,)) if isinstance(v, str) else v for key, v in story.items()}}
        claims = tuple(Claim(attribute=key, value=value) for key, value in values.items() if value is not None)
        accounts.append(Account(source=f"source {number}", entries=(number,), claims=claims))
    return Incident(
        id="I-00001",
        time=at("2016-03-01T12:00"),
        place=Disc(lat=35.5, lon=37.0, radius_m=100),
        entries=tuple(range(len(stories))),
        links=(),
        accounts=tuple(accounts),
        differences=differences(accounts),
    )


def answers(*stories: Story, clause: str = "attacks") -> list[str]:
    """Return the answers of one clause for each story told of one incident."""
    return [one.answer for one in clause_of(*stories, clause=clause).accounts]


def clause_of(*stories: Story, clause: str = "attacks") -> ClauseAssessment:
    """Return what one clause makes of one incident of which each story is told."""
    (found,) = (one for one in assess(TRUCE, incident(*stories)).clauses if one.clause == clause)
    return found
