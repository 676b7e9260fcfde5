"""Where: inside or outside a zone, which may be another one for each party that acts."""

from dataclasses import dataclass

from parley.model import Attribute, Disc, OneOf, Reason, Truth
from parley.terms.facts import Facts
from parley.terms.language import Zone
from parley.terms.questions.logic import not_these, opposite, silent, together
from parley.terms.terms import Terms
from parley.terms.zones import shape


@dataclass(frozen=True)
class Inside:
    """Did it happen inside the zone? An area that the source names may answer; else the disc, measured geodesically.

    `own` tells that the zone is another one for each party.
    """

    zone: str
    own: bool = False

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return ("actor", "place", "area") if self.own else ("place", "area")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        zone = terms.zones[self.zone]
        if zone.for_party is None:
            return _inside(zone, facts)
        asked = f"was it inside {zone.name}"
        actor = facts.known("actor")
        if not isinstance(actor, OneOf) or not actor.any_of:
            return silent(asked, "actor", not_these(actor, f"who acted, on which {zone.name} depends,"))
        answers = []
        for name in actor.any_of:
            for party in terms.named(name) or (None,):
                other = zone.for_party.get(party.id) if party else None
                if party is None:
                    because = f"which is the zone of {name} is not said in the agreement's file"
                    answers.append(Reason(asked, "unknown", because, ("actor",), (f"who {name} is",)))
                elif other is None:
                    because = f"{zone.name} is none of {party.name}"
                    answers.append(Reason(asked, "false", because, ("actor",)))
                else:
                    answers.append(_inside(terms.zones[other], facts))
        return together(asked, answers, self.reads)


@dataclass(frozen=True)
class Outside:
    """Did it happen outside the zone?"""

    zone: str
    own: bool = False

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return Inside(self.zone, self.own).reads

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        inside = Inside(self.zone, self.own).ask(facts, terms)
        asked = f"was it outside {terms.zones[self.zone].name}"
        return Reason(asked, opposite(inside.truth), inside.because, inside.rests_on, inside.missing, inside.parts)


def _inside(zone: Zone, facts: Facts) -> Reason:
    asked = f"was it inside {zone.name}"
    area, place = facts.known("area"), facts.known("place")
    if isinstance(area, OneOf) and area.any_of and all(name in zone.names for name in area.any_of):
        because = f"the area given, {' or '.join(area.any_of)}, lies inside {zone.name}"
        return Reason(asked, "true", because, ("area",))
    if zone.undefined is not None:
        because = f"{zone.name} is not defined: {zone.undefined}"
        return Reason(asked, "unknown", because, (), (f"the limits of {zone.name}",))
    if not isinstance(place, Disc):
        return silent(asked, "place", "where it happened")
    truth: Truth = shape(zone).holds(place)
    said = f"{place.name or 'the place'} (within {_metres(place.radius_m)})"
    word = {"true": "lies inside", "false": "lies outside", "unknown": "may lie inside or outside"}[truth]
    edge = f", whose edge is known to {_metres(zone.edge_m)}" if zone.edge_m and truth == "unknown" else ""
    missing = ("place",) if truth == "unknown" else ()
    return Reason(asked, truth, f"{said} {word} {zone.name}{edge}", ("place",), missing)


def _metres(distance_m: float) -> str:
    return f"{distance_m / 1000:g} km" if distance_m >= 1000 else f"{distance_m:g} m"
