"""What no single field shows: names that nothing bears, names that stand twice, circles, parts that contradict."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from parley.model import fold
from parley.terms.language.agreement import Agreement
from parley.terms.language.basics import Part
from parley.terms.language.calendar import Relative
from parley.terms.language.clauses import Duty, Permission, Prohibition

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """One fault: where in the file, and what is expected there.

    `expected` has no word of the file; `words` go on with some, such as what could stand there, and `found` is what
    does: neither is shown to those who may not see the part. `at_key` places it at the key instead of its value.
    Whoever may not see one of the other parts that it is `about` is not told what it is either. *found* is no term of
    `family`, a family of the vocabulary.
    """

    path: Path
    expected: str
    words: str = ""
    found: str = ""
    at_key: bool = False
    about: tuple[Path, ...] = ()
    family: str = ""


REFERENCES: Mapping[str, str] = {
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
    "fulfilled": "clauses",
    "together_with": "clauses",
}
"""The fields that hold ids, and the section whose ids they are; `of` those of an event."""

_ONE = {"parties": "party", "facts": "fact", "zones": "zone", "clauses": "clause", "lines": "line", "events": "event"}


def faults(agreement: Agreement) -> Iterator[Fault]:
    """Yield every fault between the parts of *agreement*."""
    for section in ("parties", "events", "facts", "lines", "zones", "sites", "clauses", "readings"):
        ids = [one.id for one in getattr(agreement, section)]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                about = ((section, ids.index(name)),)
                yield Fault((section, at, "id"), "an id that is used once", f"; {name!r} is used twice", about=about)
    yield from _references(agreement)
    yield from _parties(agreement)
    yield from _names("parties", "party", [(party.id, (party.name, *party.also)) for party in agreement.parties])
    yield from _names("sites", "site", [(site.id, (site.name, *site.also)) for site in agreement.sites])
    yield from _zones(agreement)
    yield from _events(agreement)
    yield from _clauses(agreement)
    yield from _readings(agreement)


def perhaps(written: str, known: Iterable[str]) -> str:
    """Return which of *known* may be meant by *written*, else what could stand there, as the end of a sentence."""
    names = {_bare(name): name for name in known}
    if close := closest(written, names.values()):
        return f"; perhaps {close!r}"
    listed = sorted(names.values())
    return f" (here: {', '.join(listed)})" if 0 < len(listed) <= MOST_LISTED else ""


MOST_LISTED = 12


def closest(written: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that is most like *written*, by letters exchanged, left out or added; None: none is."""
    names = {_bare(name): name for name in known}
    found = process.extractOne(_bare(written), names.keys(), scorer=OSA.normalized_similarity, score_cutoff=ALIKE)
    return names[found[0]] if found else None


ALIKE = 0.7
"""How alike a misspelt word is, of 1: three letters of four (so *raod* is *road*, and *east* is not *west*)."""


def _bare(name: str) -> str:
    return fold(name).replace("_", "-").replace(" ", "-")


def _references(agreement: Agreement) -> Iterator[Fault]:
    """Check every field that holds ids of another section."""
    known = {section: [one.id for one in getattr(agreement, section)] for section in _ONE}
    for path, part in parts(agreement):
        for field, info in type(part).model_fields.items():
            value, where = getattr(part, field), (*path, info.alias or field)
            if isinstance(value, Relative) and value.event not in known["events"]:
                expected = "a time such as 2031-05-02T06:00, or the id of an event of this file"
                yield Fault(where, expected, perhaps(value.event, known["events"]), value.event)
            section = REFERENCES.get(field)
            if section is None or value is None or (part is agreement and field == "clauses"):
                continue
            if field == "of" and not hasattr(part, "calm_days"):
                continue
            for nth, name in enumerate(value) if isinstance(value, tuple) else ((None, value),):
                if name not in known[section]:
                    expected = f"the id of one of the {section} of this file"
                    named = [one.id for one in getattr(agreement, section) if fold(name) in _names_of(one)]
                    words = perhaps(named[0] if named else name, known[section])
                    yield Fault(where if nth is None else (*where, nth), expected, words, name)


def _names_of(part: Any) -> list[str]:
    """Return the names of *part*, folded; one is often taken for its id."""
    return [fold(name) for name in (getattr(part, "name", ""), *getattr(part, "also", ()))]


def parts(value: Any, path: Path = ()) -> Iterator[tuple[Path, Part]]:
    """Yield *value* and every part below it with its path in the file."""
    if isinstance(value, Relative):
        return
    if isinstance(value, Part):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from parts(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        for at, one in enumerate(value):
            yield from parts(one, (*path, at))


def _parties(agreement: Agreement) -> Iterator[Fault]:
    parties = {party.id: party for party in agreement.parties}
    for at, party in enumerate(agreement.parties):
        others = [one.id for one in agreement.parties if one is not party and not one.members]
        for nth, member in enumerate(party.members):
            if member not in others:
                expected = "the id of another party that is no collective"
                yield Fault(("parties", at, "members", nth), expected, perhaps(member, others), member)
        if party.role == "collective" and not party.members:
            yield Fault(("parties", at), "members of a collective, such as members: [west, east]")
        if party.role != "collective" and party.members:
            yield Fault(("parties", at, "role"), "role: collective, since it has members", "", party.role)
        if party.role == "associated" and party.of is None:
            yield Fault(("parties", at), "of whom an associated force is one, such as of: west")
        if party.role != "associated" and party.of is not None:
            yield Fault(("parties", at, "role"), "role: associated, since it says `of` whom", "", party.role)
        elif party.of is not None and (party.of not in parties or not parties[party.of].adheres):
            adhering = [one.id for one in agreement.parties if one.adheres]
            expected = "the id of a party with an adherence of its own"
            yield Fault(("parties", at, "of"), expected, perhaps(party.of, adhering), party.of)


def _names(section: str, one: str, named: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Fault]:
    taken: dict[str, tuple[str, int]] = {}
    for at, (owner, names) in enumerate(named):
        for nth, name in enumerate(names):
            other, first = taken.setdefault(fold(name), (owner, at))
            if other != owner:
                where: Path = (section, at, "name") if nth == 0 else (section, at, "also", nth - 1)
                words = f"; it is also a name of {other!r}"
                yield Fault(where, f"a name of this {one} alone", words, name, about=((section, first),))


def _zones(agreement: Agreement) -> Iterator[Fault]:
    parties = [party.id for party in agreement.parties]
    drawn = [zone.id for zone in agreement.zones if zone.for_party is None]
    lines = [line.id for line in agreement.lines]
    for at, zone in enumerate(agreement.zones):
        shapes = [zone.polygon, zone.line, zone.for_party, zone.undefined]
        if sum(shape is not None for shape in shapes) != 1 or (zone.line is None) != (zone.within_m is None):
            expected = "exactly one of polygon, line with within_m, for_party, or undefined with the reason"
            yield Fault(("zones", at), expected)
        if isinstance(zone.line, str) and zone.line not in lines:
            expected = "the id of one of the lines of this file, or points"
            yield Fault(("zones", at, "line"), expected, perhaps(zone.line, lines), zone.line)
        for party, other in (zone.for_party or {}).items():
            where: Path = ("zones", at, "for_party", party)
            if party not in parties:
                expected = "the id of one of the parties of this file"
                yield Fault(where, expected, perhaps(party, parties), party, at_key=True)
            if other not in drawn:
                yield Fault(where, "the id of a zone with a shape of its own", perhaps(other, drawn), other)


def _events(agreement: Agreement) -> Iterator[Fault]:
    kinds = {clause.id: clause for clause in agreement.clauses}
    places = places_of(agreement)
    for at, event in enumerate(agreement.events):
        ways = [event.at, event.unset, event.calm_days, event.fulfilled]
        if sum(way is not None for way in ways) != 1:
            expected = "exactly one of at, unset with the reason, calm_days with of and since, or fulfilled with a duty"
            yield Fault(("events", at), expected)
        elif event.calm_days is None and (event.of or event.since is not None):
            yield Fault(("events", at), "calm_days together with of and since")
        elif event.calm_days is not None and not (event.of and event.since is not None):
            yield Fault(("events", at), "calm_days together with of and since, such as of: [attacks], since: d-day")
        if event.until is not None and event.at is None:
            yield Fault(("events", at, "until"), "`at`, the earliest time, beside the latest", at_key=True)
        elif event.until is not None and not event.why:
            yield Fault(("events", at), "why the time is disputed, since there are an earliest and a latest one")
        if event.fulfilled in kinds and not isinstance(kinds[event.fulfilled], Duty):
            duties = [clause.id for clause in agreement.clauses if isinstance(clause, Duty)]
            words = f"{perhaps(event.fulfilled, duties)}; {event.fulfilled!r} is a {kinds[event.fulfilled].kind}"
            about = (places[event.fulfilled],)
            yield Fault(("events", at, "fulfilled"), "the id of a duty", words, about=about)
    counted = {
        event.id: (event.since.event,) if isinstance(event.since, Relative) else () for event in agreement.events
    }
    yield from _circles("events", counted, "an event that does not count from itself")


def _clauses(agreement: Agreement) -> Iterator[Fault]:
    kinds = {clause.id: clause for clause in agreement.clauses}
    places = places_of(agreement)
    for at, clause in enumerate(agreement.clauses):
        if isinstance(clause, Prohibition) and clause.grades and (clause.zone or clause.means):
            expected = "grades, or else zone and means; a grade has its own of both"
            yield Fault(("clauses", at, "grades"), expected, at_key=True)
        if isinstance(clause, Prohibition) and clause.registered and not clause.objects:
            yield Fault(("clauses", at), "the objects that are registered, such as objects: [energy]")
        elif isinstance(clause, Prohibition) and clause.registered and not agreement.sites:
            yield Fault(("clauses", at, "registered"), "sites in this file, of which some are registered", at_key=True)
        if clause.salt and clause.confidential_to is None:
            expected = "confidential_to, since a clause that everybody may read needs no salt"
            yield Fault(("clauses", at, "salt"), expected, at_key=True)
        if isinstance(clause, Permission):
            stands = [one.id for one in agreement.clauses if not isinstance(one, Duty | Permission)]
            for nth, name in enumerate(clause.over):
                if name == clause.id:
                    yield Fault(("clauses", at, "over", nth), "the id of another clause", perhaps("", stands), name)
                elif isinstance(kinds.get(name), Duty):
                    words = (
                        f"{perhaps(name, stands)}; {name!r} is a duty, and what has to be done is not permitted away"
                    )
                    expected, about = "the id of a clause that forbids something", (places[name],)
                    yield Fault(("clauses", at, "over", nth), expected, words, about=about)
        if isinstance(clause, Duty):
            yield from _duty(("clauses", at), clause, agreement)
    yield from _circles(
        "clauses",
        {clause.id: clause.yields_to for clause in agreement.clauses},
        "an order of precedence without a circle",
    )


def _duty(path: Path, duty: Duty, agreement: Agreement) -> Iterator[Fault]:
    places = places_of(agreement)
    others = [one.id for one in agreement.clauses if isinstance(one, Duty) and one.id != duty.id]
    for nth, name in enumerate(duty.together_with):
        if name in places and name not in others:
            where, about = (*path, "together_with", nth), (places[name],)
            yield Fault(where, "the id of another duty", perhaps(name, others), name, about=about)
    named: list[str | None] = [None] if duty.quantity is not None else []
    for nth, one in enumerate(duty.quantities):
        where = (*path, "quantities", nth)
        if one.at_least is None and one.at_most is None:
            yield Fault(where, "at_least, at_most or both, such as {at_least: 12, unit: trucks, per: day}")
        elif one.at_least is not None and one.at_most is not None and one.at_most < one.at_least:
            words = f": at_least is {one.at_least:g}"
            yield Fault((*where, "at_most"), "at_most that is not less than at_least", words, f"{one.at_most:g}")
        if one.of in named:
            yield Fault(where, "a name for each quantity where a duty has several, such as of: trucks")
        named.append(one.of)


def places_of(agreement: Agreement) -> dict[str, Path]:
    """Return the path of each clause by its id."""
    return {clause.id: ("clauses", at) for at, clause in enumerate(agreement.clauses)}


def _readings(agreement: Agreement) -> Iterator[Fault]:
    for at, reading in enumerate(agreement.readings):
        changed = reading.changes()
        if not changed:
            expected = "something that the reading changes: from, until, by, zone, binds, acts, means or objects"
            yield Fault(("readings", at), expected)
        for nth, clause in enumerate(agreement.clauses):
            for name in changed if clause.id in reading.clauses else ():
                if name not in type(clause).model_fields:
                    where: Path = ("readings", at, type(reading).model_fields[name].alias or name)
                    words, about = f": {clause.id!r} is a {clause.kind} and has none", (("clauses", nth),)
                    yield Fault(where, "a change of what the clause has", words, at_key=True, about=about)


def _circles(section: str, leads_to: Mapping[str, Iterable[str]], expected: str) -> Iterator[Fault]:
    """Yield a fault for each circle, at its first member."""
    told: set[str] = set()
    places: dict[str, Path] = {name: (section, at) for at, name in enumerate(leads_to)}
    for first in leads_to:
        came_from: dict[str, str] = {}
        ahead = [(name, first) for name in leads_to[first]]
        while ahead and first not in told:
            name, before = ahead.pop()
            if name in came_from:
                continue
            came_from[name] = before
            if name == first:
                way = [first]
                while len(way) == 1 or way[-1] != first:
                    way.append(came_from[way[-1]])
                told.update(way)
                words = f"; {' → '.join(map(repr, reversed(way)))}"
                yield Fault(places[first], expected, words, about=tuple(places[one] for one in way))
            else:
                ahead += [(other, name) for other in leads_to.get(name, ())]
