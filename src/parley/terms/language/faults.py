"""What no single field shows: names that nothing bears, names that stand twice, circles, parts that contradict."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from parley.terms.language.agreement import Agreement
from parley.terms.language.basics import Part, fold
from parley.terms.language.calendar import Relative
from parley.terms.language.clauses import Permission, Prohibition

Path = tuple[str | int, ...]
Fault = tuple[Path, str]
"""The path into the file, and what was expected there."""


def faults(agreement: Agreement) -> Iterator[Fault]:
    """Yield every fault between the parts of *agreement*."""
    for section in ("parties", "events", "facts", "lines", "zones", "sites", "clauses", "readings"):
        ids = [one.id for one in getattr(agreement, section)]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                yield (section, at, "id"), f"an id that is used once; {name!r} stands twice"
    yield from _references(agreement)
    yield from _parties(agreement)
    yield from _names("sites", [(site.id, (site.name, *site.also)) for site in agreement.sites])
    yield from _zones(agreement)
    yield from _events(agreement)
    yield from _clauses(agreement)


def _references(agreement: Agreement) -> Iterator[Fault]:
    """Check every field that holds ids of another section."""
    known = {
        section: {one.id for one in getattr(agreement, section)}
        for section in ("parties", "events", "facts", "lines", "zones", "clauses")
    }
    fields = {
        "binds": "parties",
        "acts_of": "parties",
        "held_by": "parties",
        "confidential_to": "parties",
        "requires": "facts",
        "unless": "facts",
        "ruling": "facts",
        "zone": "zones",
        "outside": "zones",
        "areas": "zones",
        "area": "zones",
        "released_by_breach_of": "clauses",
        "yields_to": "clauses",
        "over": "clauses",
        "clauses": "clauses",
        "of": "clauses",
    }
    for path, part in _parts(agreement, ()):
        for field in type(part).model_fields:
            section = fields.get(field)
            value = getattr(part, field)
            if isinstance(value, Relative) and value.event not in known["events"]:
                yield (*path, field), f"the id of an event of this file, not {value.event!r}"
            if section is None or value is None or (part is agreement and field == "clauses"):
                continue
            if field == "of" and hasattr(part, "members"):
                section = "parties"
            for nth, name in enumerate(value) if isinstance(value, tuple) else ((None, value),):
                if name not in known[section]:
                    where = (*path, field) if nth is None else (*path, field, nth)
                    close = get_close_matches(name, known[section], n=1)
                    perhaps = f"; perhaps {close[0]!r}" if close else ""
                    yield where, f"the id of one of the {section} of this file, not {name!r}{perhaps}"


def _parts(value: Any, path: Path) -> Iterator[tuple[Path, Part]]:
    """Yield *value* and every part below it with its path."""
    if isinstance(value, Relative):
        return
    if isinstance(value, Part):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from _parts(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        for at, one in enumerate(value):
            yield from _parts(one, (*path, at))


def _parties(agreement: Agreement) -> Iterator[Fault]:
    parties = {party.id: party for party in agreement.parties}
    yield from _names("parties", [(party.id, (party.name, *party.also)) for party in agreement.parties])
    for at, party in enumerate(agreement.parties):
        for nth, member in enumerate(party.members):
            if member not in parties or member == party.id or parties[member].members:
                yield ("parties", at, "members", nth), f"the id of another party that is no collective, not {member!r}"
        if (party.role == "collective") != bool(party.members):
            yield ("parties", at, "role"), "members for a collective, and for nobody else"
        if (party.role == "associated") != (party.of is not None):
            yield ("parties", at, "role"), "`of` for an associated force, and for nobody else"
        elif party.of is not None and (party.of not in parties or not parties[party.of].adheres):
            yield ("parties", at, "of"), "the id of a party with an adherence of its own"


def _names(section: str, named: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for at, (owner, names) in enumerate(named):
        for name in names:
            other = taken.setdefault(fold(name), owner)
            if other != owner:
                yield (section, at, "name"), f"a name of its own; {name!r} is also a name of {other!r}"


def _zones(agreement: Agreement) -> Iterator[Fault]:
    parties = {party.id for party in agreement.parties}
    zones = {zone.id: zone for zone in agreement.zones}
    lines = {line.id for line in agreement.lines}
    for at, zone in enumerate(agreement.zones):
        shapes = [zone.polygon, zone.line, zone.for_party, zone.undefined]
        if sum(shape is not None for shape in shapes) != 1 or (zone.line is None) != (zone.within_m is None):
            yield ("zones", at), "exactly one of polygon, line with within_m, for_party, or undefined with the reason"
        if isinstance(zone.line, str) and zone.line not in lines:
            yield ("zones", at, "line"), f"the id of one of the lines of this file, or points, not {zone.line!r}"
        for party, other in (zone.for_party or {}).items():
            if party not in parties:
                yield ("zones", at, "for_party", party), f"the id of one of the parties of this file, not {party!r}"
            if other not in zones or zones[other].for_party is not None:
                yield ("zones", at, "for_party", party), f"the id of a zone with a shape of its own, not {other!r}"


def _events(agreement: Agreement) -> Iterator[Fault]:
    for at, event in enumerate(agreement.events):
        kinds = [event.at is not None, event.unset is not None, event.calm_days is not None]
        if sum(kinds) != 1:
            yield ("events", at), "exactly one of at, unset with the reason, or calm_days with of and since"
        if (event.calm_days is not None) != bool(event.of and event.since):
            yield ("events", at), "calm_days together with of and since"
        if event.until is not None and (event.at is None or not event.why or event.until < event.at):
            yield ("events", at, "until"), "a latest time after `at`, with `why` it is disputed"
    counted = {
        event.id: (event.since.event,) if isinstance(event.since, Relative) else () for event in agreement.events
    }
    yield from _circles("events", counted, "an event that does not count from itself")


def _clauses(agreement: Agreement) -> Iterator[Fault]:
    for at, clause in enumerate(agreement.clauses):
        if isinstance(clause, Prohibition) and clause.grades and (clause.zone or clause.means):
            yield ("clauses", at, "grades"), "grades, or else zone and means; a grade has its own of both"
        if isinstance(clause, Prohibition) and clause.registered and not (clause.objects and agreement.sites):
            yield ("clauses", at, "registered"), "objects, and sites of this file that are registered"
        if clause.salt and clause.confidential_to is None:
            yield ("clauses", at, "salt"), "confidential_to, since a clause that everybody may read needs no salt"
        if isinstance(clause, Permission) and clause.id in clause.over:
            yield ("clauses", at, "over"), "the ids of other clauses"
    yield from _circles(
        "clauses",
        {clause.id: clause.yields_to for clause in agreement.clauses},
        "an order of precedence without a circle",
    )
    changed = {"by", "objects", "means", "acts"}
    for at, reading in enumerate(agreement.readings):
        if not reading.changes():
            yield (
                ("readings", at),
                "something that the reading changes: from, until, by, zone, binds, acts, means or objects",
            )
        for clause in agreement.clauses:
            named = clause.id in reading.clauses
            lacking = [name for name in changed & reading.changes().keys() if name not in type(clause).model_fields]
            if named and lacking:
                yield (
                    ("readings", at),
                    f"changes that {clause.id!r} has: a {clause.kind} has no {' and no '.join(lacking)}",
                )


def _circles(section: str, leads_to: Mapping[str, Iterable[str]], expected: str) -> Iterator[Fault]:
    """Yield a fault for each member of a circle."""
    for at, first in enumerate(leads_to):
        seen: set[str] = set()
        ahead = list(leads_to[first])
        while ahead:
            name = ahead.pop()
            if name == first:
                yield (section, at), f"{expected}; {first!r} leads back to itself"
                break
            if name not in seen:
                seen.add(name)
                ahead += leads_to.get(name, ())
