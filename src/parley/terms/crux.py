"""The crux: the smallest sets of disputed facts that decide a clause.

Let D be the attributes on which the accounts differ, known against unknown included. S ⊆ D is a crux where, with all
that is agreed fixed, every way to settle S to claimed values gives a definite answer, at least two ways give different
ones, and no proper subset of S does so. What is in D and not in S stays open between what the accounts claim, and open
altogether where one of them is silent on it. A claim within which another's lies is no way to settle.
"""

from collections.abc import Iterator
from itertools import combinations, product

from parley.model import Attribute, Crux, Incident, Settlement, Value
from parley.terms.clauses import Clause
from parley.terms.facts import Facts, agreed_facts, agreed_value, claimed_values, spans

MOST_ATTRIBUTES = 12
"""Up to so many disputed attributes every set is tried; no clause of the language reads more."""


def cruxes(clause: Clause, incident: Incident) -> tuple[Crux, ...]:
    """Return all minimal cruxes, smallest first, then in the order of the incident's attributes.

    Attributes that the clause does not read cannot be in a minimal set and are left out from the start.
    """
    disputed = [
        difference
        for difference in incident.differences
        if difference.attribute in clause.reads and agreed_value(difference) is None and claimed_values(difference)
    ]
    claimed = {difference.attribute: claimed_values(difference) for difference in disputed[:MOST_ATTRIBUTES]}
    given = {**spans(incident), **agreed_facts(incident).values}
    found: list[Crux] = []
    for size in range(1, len(claimed) + 1):
        for attributes in combinations(claimed, size):
            if any(set(crux.attributes) <= set(attributes) for crux in found):
                continue
            settlements = _settlements(clause, given, {name: claimed[name] for name in attributes})
            if settlements and len({one.answer for one in settlements}) > 1:
                found.append(Crux(attributes, settlements))
    return tuple(found)


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
