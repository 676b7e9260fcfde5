"""Where: inside a zone, which may be another one for each party that acts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parley.model import Disc, OneOf, Reason, fold
from parley.terms.given import INSIDE, OPEN, OUTSIDE, Frame, Given, Spot
from parley.terms.language import Party, Zone
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, WORDS, Timeless, View, throughout

_TRUTHS = {INSIDE: TRUE, OUTSIDE: FALSE, OPEN: UNKNOWN}


@dataclass(frozen=True)
class Inside(Timeless):
    """Did it happen inside the zone? An area that the source names may answer; else the disc, measured geodesically."""

    zone: str
    name: str

    @property
    def says(self) -> str:
        """What it asks for, as a statement that is so or not."""
        return f"it was inside {self.name}"

    @property
    def reads(self) -> tuple[str, ...]:
        return ("place",)

    def truth(self, view: View) -> int:
        return throughout(lies(self.zone, spot, view.frame) for spot in spots(view.given))

    def reason(self, view: View, truth: int) -> Reason:
        return _inside(self.says, view.frame.zones[self.zone], view.given, truth)


@dataclass(frozen=True)
class InOwn(Timeless):
    """Did it happen inside the zone that holds for whoever acted? `zones` has it by the ids of the parties."""

    name: str
    zones: tuple[tuple[str, str], ...]

    @property
    def says(self) -> str:
        """What it asks for, as a statement that is so or not."""
        return f"it was inside {self.name}"

    @property
    def reads(self) -> tuple[str, ...]:
        return ("actor", "place")

    def _zone(self, party: Party, frame: Frame) -> str | None:
        """Return the zone of *party*: its own, that of its party, or that of a collective to which it belongs."""
        own: Mapping[str, str] = dict(self.zones)
        if party.id in own:
            return own[party.id]
        if party.of is not None and (found := self._zone(frame.terms.parties[party.of], frame)) is not None:
            return found
        of = [one.id for one in frame.terms.agreement.parties if party.id in one.members and one.id in own]
        return own[of[0]] if of else None

    def _each(self, view: View, spot: Spot | None) -> Iterator[tuple[Party | None, str | None, int]]:
        """Yield everybody who may have acted with the zone that holds for them, and whether *spot* lies inside."""
        people = view.frame.people
        mask = people.anybody if view.given["actor"] is None else view.given["actor"]
        for party in people.each(mask & people.named):
            zone = self._zone(party, view.frame) if party else None
            yield party, zone, FALSE if zone is None else lies(zone, spot, view.frame)
        if mask & people.STRANGER:  # may be anybody, or nobody of the file
            yield None, None, throughout((FALSE, *(lies(zone, spot, view.frame) for _, zone in self.zones)))
        elif mask & people.OTHER:
            yield None, None, FALSE  # no zone holds for whoever is none of the file's parties

    def truth(self, view: View) -> int:
        return throughout(truth for spot in spots(view.given) for _, _, truth in self._each(view, spot))

    def reason(self, view: View, truth: int) -> Reason:
        frame, given = view.frame, view.given
        if given["actor"] is None:
            because = f"who acted, on which {self.name} depends, is not known"
            return Reason(self.says, WORDS[truth], (because,), ("actor",), ("actor",))
        parts = []
        several = spots(given)
        for party, zone, one in self._each(view, several[0] if len(several) == 1 else None):
            if party is None:
                who = frame.people.words(given["actor"] & ~frame.people.named, said_names(given, "actor"))
                because = f"which is the zone of {who} is not said in the agreement's file"
                missing = (f"who {who} is",) if one == UNKNOWN else ()
                if one == FALSE:
                    because = f"{self.name} is none of {who}"
                parts.append(Reason(self.says, WORDS[one], (because,), ("actor",), missing))
            elif zone is None:
                parts.append(Reason(self.says, "false", (f"{self.name} is none of {party.name}",), ("actor",)))
            else:
                parts.append(_inside(f"it was inside {frame.zones[zone].name}", frame.zones[zone], given, one))
        return together(self.says, parts, truth, ("actor", "place", "area"))


def spots(given: Given) -> tuple[Spot | None, ...]:
    """Return every place that is possible; None for one of which nothing is known."""
    found: tuple[Spot, ...] | None = given["place"]
    return (None,) if found is None else found


def lies(zone: str, spot: Spot | None, frame: Frame) -> int:
    """Return whether *spot* lies inside *zone*."""
    return UNKNOWN if spot is None else _TRUTHS[spot[frame.place_of[zone]]]


def together(says: str, parts: list[Reason], truth: int, rests_on: tuple[str, ...]) -> Reason:
    """Join the reasons for all whom a name may mean; one reason stands for itself."""
    if len(parts) == 1:
        return Reason(says, WORDS[truth], parts[0].because, rests_on, parts[0].missing if truth == UNKNOWN else ())
    because = tuple(dict.fromkeys(said for part in parts for said in part.because))
    if truth != UNKNOWN:
        return Reason(says, WORDS[truth], because, rests_on, (), tuple(parts))
    differ = len({part.truth for part in parts}) > 1
    missing = dict.fromkeys((*((rests_on[0],) if differ else ()), *(name for part in parts for name in part.missing)))
    said = ("it depends on who it was", *because) if differ else because
    return Reason(says, WORDS[truth], said, rests_on, tuple(missing), tuple(parts))


def said_names(given: Given, attribute: str) -> list[str]:
    """Return the names that were given for *attribute*, as they were written."""
    return [name for value in given.said.get(attribute, ()) if isinstance(value, OneOf) for name in value.any_of]


def _inside(says: str, zone: Zone, given: Given, truth: int) -> Reason:
    areas = [name for value in given.said.get("area", ()) if isinstance(value, OneOf) for name in value.any_of]
    discs = [one for one in given.said.get("place", ()) if isinstance(one, Disc)]
    if truth == TRUE and areas and set(map(fold, areas)) <= set(map(fold, zone.names)):
        because = f"the area given, {' or '.join(dict.fromkeys(areas))}, lies inside {zone.name}"
        return Reason(says, "true", (because,), ("area",))
    if zone.undefined is not None and truth == UNKNOWN:
        because = f"{zone.name} is not defined: {zone.undefined}"
        return Reason(says, "unknown", (because,), (), (f"the limits of {zone.name}",))
    if not discs:
        missing = ("place",) if truth == UNKNOWN else ()
        because = "where it happened is not known" if truth == UNKNOWN else f"that is taken as given for {zone.name}"
        return Reason(says, WORDS[truth], (because,), ("place",), missing)
    radii: dict[str, list[str]] = {}
    for one in discs:
        radii.setdefault(one.name or "the place", []).append(_metres(one.radius_m))
    said = " or ".join(f"{name} (within {' or '.join(dict.fromkeys(within))})" for name, within in radii.items())
    word = {TRUE: "lies inside", FALSE: "lies outside", UNKNOWN: "may lie inside or outside"}[truth]
    edge = f", whose edge is known to {_metres(zone.edge_m)}" if zone.edge_m and truth == UNKNOWN else ""
    missing = ("place",) if truth == UNKNOWN else ()
    return Reason(says, WORDS[truth], (f"{said} {word} {zone.name}{edge}",), ("place",), missing)


def _metres(distance_m: float) -> str:
    return f"{distance_m / 1000:g} km" if distance_m >= 1000 else f"{distance_m:g} m"
