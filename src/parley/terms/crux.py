"""The crux: the smallest sets of disputed facts that decide a clause.

Let D be the attributes on which the accounts differ, known against unknown included. S ⊆ D is a crux where, with all
that is agreed fixed, every way to settle S to claimed values gives a definite answer, at least two ways give different
ones, and no proper subset of S does so. What is in D and not in S stays open between what the accounts claim, and open
altogether where one of them is silent on it. A claim within which another's lies is no way to settle.
"""

from collections.abc import Iterator
from itertools import combinations, product
from math import prod

from parley.model import FACT, Attribute, Crux, Incident, Settlement, Value
from parley.terms.clauses import Clause
from parley.terms.facts import Facts, agreed_facts, agreed_value, claimed_values, spans

_EVIDENCE: dict[Attribute, str] = {
    "time": "a log that both sides accept (of fire, flights or calls), with its time zone",
    "place": "the place on one map, measured on the ground or from imagery, with its error",
    "area": "the place on one map of the areas",
    "act": "an inspection of the place, by both sides or by monitors",
    "means": "fragments, craters or recordings, examined by somebody whom both accept",
    "calibre": "fragments or the crater, measured",
    "altitude": "the track of the flight on a radar or transponder record",
    "actor": "records of units, firing positions or flights at that time",
    "affected": "lists of the dead and wounded, or whoever runs the place",
    "object": "an inspection of what was hit or entered",
    "site": "the register of notified places",
    "quantity": "a joint count",
    "done": "an inspection of what was to be done, on the day it was due",
    "exemption": "the order, the notice and the record of what was answered",
}

MOST_ATTRIBUTES = 12
FEW = 3
"""Up to 12 disputed attributes every set is tried; of more, sets of up to three, so that none is left out."""

MOST_WAYS = 4096
"""A set with more ways to settle it is not tried: nobody reads them, and dozens of accounts would take for ever."""


def cruxes(clause: Clause, incident: Incident) -> tuple[Crux, ...]:
    """Return all minimal cruxes, smallest first, then in the order of the incident's attributes.

    Attributes that the clause does not read cannot be in a minimal set and are left out from the start.
    """
    disputed = [
        difference
        for difference in incident.differences
        if difference.attribute in clause.reads and agreed_value(difference) is None and claimed_values(difference)
    ]
    claimed = {difference.attribute: claimed_values(difference) for difference in disputed}
    given = {**spans(incident), **agreed_facts(incident).values}
    found: list[Crux] = []
    for size in range(1, (len(claimed) if len(claimed) <= MOST_ATTRIBUTES else FEW) + 1):
        for attributes in combinations(claimed, size):
            if any(set(crux.attributes) <= set(attributes) for crux in found):
                continue
            if prod(len(claimed[name]) for name in attributes) > MOST_WAYS:
                continue
            settlements = _settlements(clause, given, {name: claimed[name] for name in attributes})
            if settlements and len({one.answer for one in settlements}) > 1:
                found.append(Crux(attributes, settlements, tuple(_settled_by(name, clause) for name in attributes)))
    return tuple(found)


def _settled_by(attribute: Attribute, clause: Clause) -> str:
    """Return what would settle *attribute*: as the agreement's file says for a fact, else the usual evidence."""
    if attribute.startswith(FACT):
        fact = clause.terms.facts.get(attribute.removeprefix(FACT))
        return (fact.settled_by or f"whoever can say: {fact.asks}") if fact else "whoever knows the fact"
    return _EVIDENCE[attribute]


def _settlements(
    clause: Clause, given: dict[Attribute, Value], claimed: dict[Attribute, tuple[Value, ...]]
) -> tuple[Settlement, ...] | None:
    """Return every way to settle *claimed* with its answer; None where a way leaves the answer open."""
    settled = []
    for values in _ways(claimed):
        result = clause.ask(Facts({**given, **dict(values)}, established="exemption" in claimed))
        if result.answer == "unknown":
            return None
        settled.append(Settlement(values, result.answer))
    return tuple(settled)


def _ways(claimed: dict[Attribute, tuple[Value, ...]]) -> Iterator[tuple[tuple[Attribute, Value], ...]]:
    for values in product(*claimed.values()):
        yield tuple(zip(claimed, values, strict=True))
