"""What a file says and may not mean: nothing of it is wrong in itself, and an answer would turn on it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
import shapely
from pyproj import Geod

from parley.model import exclude_each_other, fold, narrower
from parley.terms.checking.order import disordered
from parley.terms.checking.source import Source
from parley.terms.checking.times import never_or_twice
from parley.terms.language import (
    Agreement,
    Clause,
    Duty,
    Permission,
    Prevention,
    Prohibition,
    Zone,
)
from parley.terms.language.faults import Fault, Path, perhaps, places_of
from parley.terms.readings import changes, disputes, reads

SHORTEST_SALT = 8
"""Letters; a shorter one is soon guessed."""

FAR_M = 200_000
"""So far from all other zones, a zone is told where exchanging its longitude and latitude brings it among them."""

_WGS84 = Geod(ellps="WGS84")


def cautions(agreement: Agreement, source: Source) -> Iterator[Fault]:
    """Yield what may not be meant in *agreement*, read from *source*."""
    yield from (fault for fault, refused in disordered(agreement) if not refused)
    yield from never_or_twice(agreement)
    yield from _people(agreement)
    yield from _zones(agreement)
    for at, clause in enumerate(agreement.clauses):
        yield from _confidence(("clauses", at), clause)
        yield from _precedence(("clauses", at), clause, agreement)
    yield from _permissions(agreement)
    yield from _readings(agreement)
    yield from cut_off(source)


def _people(agreement: Agreement) -> Iterator[Fault]:
    """Check lists, adherences and notices."""
    listed = {fold(one.by): one.by for party in agreement.parties for one in party.designated}
    for at, name in enumerate(agreement.excludes.lists):
        if fold(name) not in listed:
            expected = "a list on which some party of this file is designated"
            words = perhaps(name, listed.values()) or ("" if listed else "; nobody is designated")
            yield Fault(("excludes", "lists", at), expected, words, name)
    for at, party in enumerate(agreement.parties):
        if party.role in ("party", "guarantor") and not party.adheres:
            expected = "since when it adheres, such as adheres: [{from: 2031-05-01}]; nothing binds it"
            yield Fault(("parties", at), expected, f"; {party.id!r} is a {party.role}")
    names = {fold(name): name for party in agreement.parties for name in (party.id, party.name, *party.also)}
    for at, notice in enumerate(agreement.notices):
        if fold(notice.by) not in names:
            yield Fault(("notices", at, "by"), "a party of this file", perhaps(notice.by, names.values()), notice.by)


def _confidence(path: Path, clause: Clause) -> Iterator[Fault]:
    if clause.confidential_to is None:
        return
    if not clause.confidential_to:
        yield Fault((*path, "confidential_to"), "the ids of those who may see the clause; now nobody may")
    if not clause.salt:
        expected = "a salt of random letters, without which the text can be guessed from its digest"
        yield Fault(path, f"{expected}, such as salt: 5fd1c0a94b7e4f21")
    elif len(clause.salt) < SHORTEST_SALT:
        yield Fault((*path, "salt"), f"a salt of {SHORTEST_SALT} random letters or more, which nobody guesses")


def _acts(clause: Clause) -> tuple[str, ...]:
    """Return the kinds of act that *clause* is about; none: any."""
    return clause.does if isinstance(clause, Duty) else clause.acts


def meets(act: str, others: Iterable[str]) -> bool:
    """Say whether something may be both *act* and one of *others*, because one contains the other."""
    return any(act in narrower("act", other) or other in narrower("act", act) for other in others)


def _precedence(path: Path, clause: Clause, agreement: Agreement) -> Iterator[Fault]:
    """Tell where a clause gives way to one that covers nothing of what it covers."""
    others, places = {other.id: other for other in agreement.clauses}, places_of(agreement)
    for nth, name in enumerate(clause.yields_to):
        other = others[name]
        left = [act for act in _acts(clause) if _acts(other) and not meets(act, _acts(other))]
        where: Path = (*path, "yields_to", nth)
        if left and len(left) == len(_acts(clause)):
            words = f": {name!r} says nothing of {', '.join(left)}, but of {', '.join(_acts(other))}"
            yield Fault(where, "a clause that covers an act of this one", words, about=(places[name],))
        elif _apart(clause, other):
            words = f": {name!r} is about other objects, {', '.join(_objects(other))}"
            yield Fault(where, "a clause that covers an object of this one", words, about=(places[name],))


def _objects(clause: Clause) -> tuple[str, ...]:
    return clause.objects if isinstance(clause, Prohibition | Prevention | Duty | Permission) else ()


def _apart(first: Clause, second: Clause) -> bool:
    """Say whether no object is of a kind that both clauses name."""
    one, other = _objects(first), _objects(second)
    return bool(one and other) and all(exclude_each_other("object", a, b) for a in one for b in other)


def _permissions(agreement: Agreement) -> Iterator[Fault]:
    """Tell of permissions that permit nothing, or what a clause forbids that goes before."""
    clauses, places = {clause.id: clause for clause in agreement.clauses}, places_of(agreement)
    for at, clause in enumerate(agreement.clauses):
        for nth, name in enumerate(clause.over if isinstance(clause, Permission) else ()):
            over = clauses[name]
            path: Path = ("clauses", at, "over", nth)
            if isinstance(over, Permission):
                words = f"; {name!r} is a permission"
                yield Fault(path, "a clause that forbids something", words, name, about=(places[name],))
                continue
            permitted = [act for act in _acts(clause) if not _acts(over) or meets(act, _acts(over))]
            if not permitted:
                words = f": {name!r} says nothing of {', '.join(_acts(clause))}, but of {', '.join(_acts(over))}"
                expected = "a clause that forbids an act which is permitted here"
                yield Fault(path, expected, words, about=(places[name],))
            for other in (clauses[one] for one in over.yields_to):
                yield from _conflict(path, clause, over, other, permitted, (places[name], places[other.id]))


def _conflict(
    path: Path, permission: Clause, over: Clause, other: Clause, permitted: Sequence[str], about: tuple[Path, ...]
) -> Iterator[Fault]:
    """Tell where *over*, over which a permission stands, gives way to *other*, which forbids what that permits."""
    both = [act for act in permitted if meets(act, _acts(other))]
    stands = isinstance(permission, Permission) and other.id in permission.over
    if both and isinstance(other, Prohibition | Prevention) and not stands:
        words = (
            f": {over.id!r} gives way to {other.id!r}, which forbids {', '.join(both)}, and over which this permission "
            f"does not stand; perhaps over: [{over.id}, {other.id}]"
        )
        yield Fault(path, "exceptions that do not conflict", words, about=about)


def _readings(agreement: Agreement) -> Iterator[Fault]:
    """Tell of readings that leave everything as it is written and are not needed for that, and of twins."""
    places = {reading.id: at for at, reading in enumerate(agreement.readings)}
    for dispute in disputes(agreement):
        for nth, reading in enumerate(dispute.readings):
            path: Path = ("readings", places[reading.id])
            read = [clause for clause in agreement.clauses if reads(reading, clause)]
            same = all(getattr(one, name) == value for one in read for name, value in changes(reading, one).items())
            # Beside a single reading the text as it is written is asked too; beside several it is not.
            about = tuple(places_of(agreement)[clause.id] for clause in read)
            if same and len(dispute.readings) < (2 if reading.held_by else 3):
                fields = type(reading).model_fields
                words = f"; {', '.join(fields[name].alias or name for name in reading.changes())} stands there already"
                yield Fault(path, "a change of what the clauses say", words if read else "", about=about)
            for rival in dispute.readings[:nth]:
                if rival.changes() == reading.changes():
                    also = (*about, ("readings", places[rival.id]))
                    yield Fault(path, "another change than that of a rival reading", f", {rival.id!r}", about=also)


def _zones(agreement: Agreement) -> Iterator[Fault]:
    """Tell of zones in which no place lies for certain, and of those that seem to lie elsewhere."""
    lines = {line.id: line.points for line in agreement.lines}
    corners: dict[str, Sequence[tuple[float, float]]] = {
        zone.id: zone.polygon or (lines[zone.line] if isinstance(zone.line, str) else zone.line) or ()
        for zone in agreement.zones
    }
    for at, zone in enumerate(agreement.zones):
        if zone.within_m is not None and zone.within_m <= zone.edge_m:
            words = f" ({zone.edge_m:g} m); no place lies in it for certain"
            yield Fault(
                ("zones", at, "within_m"), "a strip that is wider than its edge_m", words, f"{zone.within_m:g} m"
            )
        elif zone.polygon is not None and zone.edge_m and (radius := _reaches_m(zone)) <= zone.edge_m:
            words = f" ({zone.edge_m:g} m); no place lies in it for certain: it reaches {radius:.0f} m from its edge"
            yield Fault(("zones", at, "polygon"), "an area that is wider than its edge_m", words)
    for at, zone in reversed(list(enumerate(agreement.zones))):
        drawn = corners.pop(zone.id)
        if drawn and exchanged(drawn, list(chain.from_iterable(corners.values()))):
            key = "polygon" if zone.polygon else "line"
            expected = "[longitude, latitude]; they seem exchanged, since that brings the zone among the others"
            yield Fault(("zones", at, key), expected)
        else:
            corners[zone.id] = drawn


def _reaches_m(zone: Zone) -> float:
    """Return how far the innermost place of an area is from its edge, in metres, to a part in a hundred."""
    corners = np.array(zone.polygon)
    lon, lat = corners.mean(axis=0)
    azimuth, _, far = _WGS84.inv(np.full(len(corners), lon), np.full(len(corners), lat), corners[:, 0], corners[:, 1])
    turn = np.radians(azimuth)
    drawn = shapely.Polygon(np.column_stack([far * np.sin(turn), far * np.cos(turn)]))
    if drawn.area > zone.edge_m * drawn.length:
        return float(drawn.area / drawn.length)  # the innermost place is at least so far from it
    return float(shapely.length(shapely.maximum_inscribed_circle(drawn, tolerance=zone.edge_m / 100)))


def exchanged(points: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> bool:
    """Say whether *points* (longitude, latitude) lie far from *others*, and among them with the two exchanged."""
    if not others or any(abs(lon) > 90 for lon, _ in points):
        return False
    lon, lat = np.mean(points, axis=0)
    west, south = np.min(others, axis=0)
    east, north = np.max(others, axis=0)
    return _off_m(lon, lat, west, south, east, north) > FAR_M and _off_m(lat, lon, west, south, east, north) < FAR_M / 4


def _off_m(lon: float, lat: float, west: float, south: float, east: float, north: float) -> float:
    """Return how far a point lies from a box, in metres."""
    near = min(max(lon, west), east), min(max(lat, south), north)
    return float(_WGS84.inv(lon, lat, *near)[2])


def cut_off(source: Source) -> Iterator[Fault]:
    """Tell of texts behind which a comment begins that seems to belong to them: `says: No fire at post #3`."""
    lines = source.text.splitlines()
    for path, value in _leaves(source.data, ()):
        line, column = source.place(path)
        said = lines[line - 1][column - 1 :] if line <= len(lines) else ""
        end = len(value.rstrip())
        if said.startswith(value) and end and re.match(r"\s+#\w", said[end:]):
            yield Fault(path, "quotes around a text with # in it: it begins a comment, and what follows is left out")


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield every text of a file that stands in one line, with its path."""
    if len(path) > 12:
        return
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _leaves(below, (*path, at))
    elif isinstance(value, str) and "\n" not in value:
        yield path, value
