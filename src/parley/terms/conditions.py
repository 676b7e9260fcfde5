"""The single questions of a clause. Each looks at few attributes and answers true, false or unknown, with its reason.

Logic is strong Kleene: unknown only where what is known leaves both open. A value that is one of several (a collective
name, a span of time, a disc) answers true or false only where all of it does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from parley.model import Attribute, Disc, Interval, OneOf, Reason, Truth, Value, is_a, vocabulary
from parley.terms.facts import NONE_CLAIMED, Facts
from parley.terms.language import Adherence, Designation, Ending, Exemption, Party
from parley.terms.terms import Terms
from parley.terms.zones import shape


class Condition(Protocol):
    """A question that a clause asks; `reads` are the attributes that its answer depends on."""

    @property
    def reads(self) -> tuple[Attribute, ...]: ...

    def ask(self, facts: Facts, terms: Terms) -> Reason: ...


def every(truths: Iterable[Truth]) -> Truth:
    """Kleene's "and"."""
    seen = set(truths)
    return "false" if "false" in seen else "unknown" if "unknown" in seen else "true"


def throughout(truths: Iterable[Truth]) -> Truth:
    """Return the answer that holds for all possibilities, unknown where they differ."""
    seen = set(truths)
    return seen.pop() if len(seen) == 1 else "unknown"


def _silent(asked: str, attribute: Attribute, what: str) -> Reason:
    return Reason(asked, "unknown", f"{what} is not known", (attribute,), (attribute,))


@dataclass(frozen=True)
class Bound:
    """Was the actor bound at the time, and no excluded group? `only` limits the clause to some parties; empty: to none.

    Both are asked of each whom the name may mean, so that a name for several is answered where each gives the same.
    """

    only: tuple[str, ...]
    excluded_groups: bool
    reads: ClassVar[tuple[Attribute, ...]] = ("actor", "time")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was the actor bound by this clause at the time"
        actor, when = facts.known("actor"), facts.known("time")
        if not isinstance(actor, OneOf) or not actor.any_of:
            return _silent(asked, "actor", _not_these(actor, "who acted"))
        answers = [self._one(party, name, when, terms) for name in actor.any_of for party in _parties(name, terms)]
        return _together(asked, answers, self.reads)

    def _one(self, party: Party | None, name: str, when: Value | None, terms: Terms) -> Reason:
        adhered = self._adhered(party, name, when, terms)
        if adhered.truth == "false" or party is None or not (self.excluded_groups and party.designated):
            return adhered
        permitted = _not_listed(party, when, terms)
        if permitted.truth == "true" or (permitted.truth == "unknown" and adhered.truth == "unknown"):
            return adhered
        return permitted

    def _adhered(self, party: Party | None, name: str, when: Value | None, terms: Terms) -> Reason:
        if party is None:
            because = f"the agreement's file does not say whether {name} had adhered"
            return Reason(f"was {name} bound", "unknown", because, ("actor",), (f"whether {name} had adhered",))
        asked = f"was {party.name} bound"
        if self.only and party.id not in self.only:
            bound = " and ".join(terms.parties[other].name for other in self.only)
            return Reason(asked, "false", f"the clause binds {bound}, not {party.name}", ("actor",))
        if not party.adheres:
            if party.role == "group":
                because = f"whether {party.name} had adhered is not known"
                return Reason(asked, "unknown", because, ("actor",), (f"whether {party.name} had adhered",))
            return Reason(asked, "false", f"{party.name} did not adhere ({party.role})", ("actor",))
        if not isinstance(when, Interval):
            return _silent(asked, "time", "when it happened")
        return _in_periods(asked, when, party.adheres, f"{party.name} had adhered", terms)


@dataclass(frozen=True)
class NotAgainstExcluded:
    """Was whoever was affected none of the groups that the agreement excludes, as of the time?"""

    reads: ClassVar[tuple[Attribute, ...]] = ("affected", "time")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was whoever was affected no excluded group at the time"
        named, when = facts.known("affected"), facts.known("time")
        if not isinstance(named, OneOf) or not named.any_of:
            return _silent(asked, "affected", _not_these(named, "who was affected"))
        answers = [
            _not_listed(party, when, terms) if party else self._unnamed(name)
            for name in named.any_of
            for party in _parties(name, terms)
        ]
        return _together(asked, answers, self.reads)

    def _unnamed(self, name: str) -> Reason:
        because = f"the agreement's file does not say whether {name} is an excluded group"
        return Reason(
            f"was {name} no excluded group", "unknown", because, ("affected",), (f"whether {name} was excluded",)
        )


@dataclass(frozen=True)
class InForce:
    """Did it happen while the clause was in force: from its start (included) to its end (excluded)?"""

    start: datetime
    until: datetime | Ending | None
    reads: ClassVar[tuple[Attribute, ...]] = ("time",)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was the clause in force"
        when = facts.known("time")
        if not isinstance(when, Interval):
            return _silent(asked, "time", "when it happened")
        start = terms.moment(self.start)
        sure_until, over_from, why = terms.ending(self.until)
        said = say_interval(when, terms)
        if _before(when, start):
            return Reason(asked, "false", f"{said} lies before the start, {terms.say_time(start)}", ("time",))
        if over_from and when.start >= over_from:
            return Reason(asked, "false", f"{said} lies after the end, {terms.say_time(over_from)}", ("time",))
        if when.start < start:
            because = f"{said} is not exact enough: the start, {terms.say_time(start)}, falls into it"
            return Reason(asked, "unknown", because, ("time",), ("time",))
        if sure_until is None or _before(when, sure_until):
            return Reason(asked, "true", f"{said} lies after the start, {terms.say_time(start)}", ("time",))
        if sure_until == over_from:
            because = f"{said} is not exact enough: the end, {terms.say_time(sure_until)}, falls into it"
            return Reason(asked, "unknown", because, ("time",), ("time",))
        because = f"{said} may lie after the end, which is disputed from {terms.say_time(sure_until)}: {why}"
        return Reason(asked, "unknown", because, ("time",), ("when the clause ended",))


@dataclass(frozen=True)
class Inside:
    """Did it happen inside the zone? An area that the source names may answer; else the disc, measured geodesically."""

    zone: str
    reads: ClassVar[tuple[Attribute, ...]] = ("place", "area")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        zone = terms.zones[self.zone]
        asked = f"was it inside {zone.name}"
        area, place = facts.known("area"), facts.known("place")
        if isinstance(area, OneOf) and area.any_of and all(name in zone.names for name in area.any_of):
            return Reason(
                asked, "true", f"the area given, {' or '.join(area.any_of)}, lies inside {zone.name}", ("area",)
            )
        if zone.undefined is not None:
            because = f"{zone.name} is not defined: {zone.undefined}"
            return Reason(asked, "unknown", because, (), (f"the limits of {zone.name}",))
        if not isinstance(place, Disc):
            return _silent(asked, "place", "where it happened")
        truth = shape(zone).holds(place)
        said = f"{place.name or 'the place'} (within {_metres(place.radius_m)})"
        word = {"true": "lies inside", "false": "lies outside", "unknown": "may lie inside or outside"}[truth]
        edge = f", whose edge is known to {_metres(zone.edge_m)}" if zone.edge_m and truth == "unknown" else ""
        missing = ("place",) if truth == "unknown" else ()
        return Reason(asked, truth, f"{said} {word} {zone.name}{edge}", ("place",), missing)


@dataclass(frozen=True)
class IsKind:
    """Was the act (or the means, or the object) of one of the kinds that the clause names?"""

    attribute: Literal["act", "means", "object"]
    kinds: tuple[str, ...]

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return (self.attribute,)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        words = vocabulary(self.attribute)
        wanted = " or ".join(words[kind].text for kind in self.kinds)
        asked = f"was the {self.attribute} {wanted}"
        value = facts.known(self.attribute)
        if not isinstance(value, OneOf):
            return _silent(asked, self.attribute, f"the {self.attribute}")
        if not value.any_of:
            ruled_out = all(
                any(is_a(self.attribute, kind, no) == "true" for no in value.none_of) for kind in self.kinds
            )
            said = " or ".join(words[no].text for no in value.none_of)
            if ruled_out:
                return Reason(asked, "false", f"it is said not to have been {said}", (self.attribute,))
            return _silent(asked, self.attribute, f"the {self.attribute}, other than that it was not {said},")
        truth = throughout(self._one(said) for said in value.any_of)
        said = " or ".join(words[name].text for name in value.any_of)
        if truth == "unknown":
            because = f"{said} is too wide to tell"
            return Reason(asked, truth, because, (self.attribute,), (self.attribute,))
        return Reason(asked, truth, f"{said} is {'' if truth == 'true' else 'not '}{wanted}", (self.attribute,))

    def _one(self, said: str) -> Truth:
        answers = {is_a(self.attribute, said, kind) for kind in self.kinds}
        return "true" if "true" in answers else "unknown" if "unknown" in answers else "false"


@dataclass(frozen=True)
class NotExempt:
    """Is there no exemption? A ground that is claimed and not established leaves it open."""

    exempt: tuple[Exemption, ...]
    reads: ClassVar[tuple[Attribute, ...]] = ("exemption",)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was there no exemption"
        grounds = {exemption.ground: exemption for exemption in self.exempt}
        value = facts.known("exemption")
        if not isinstance(value, OneOf) or not value.any_of:
            return Reason(asked, "unknown", "whether an exemption holds is not known", ("exemption",), ("exemption",))
        if value == NONE_CLAIMED:
            return Reason(asked, "true", "no exemption is claimed", ("exemption",))
        claimed = [ground for ground in value.any_of if ground in grounds]
        texts = " or ".join(vocabulary("exemption")[ground].text for ground in value.any_of)
        if not claimed:
            return Reason(asked, "true", f"{texts} is no exemption of this clause", ("exemption",))
        if facts.established and len(claimed) == len(value.any_of):
            return Reason(asked, "false", f"{texts} is established ({grounds[claimed[0]].says})", ("exemption",))
        because = f"{texts} is claimed and not established ({grounds[claimed[0]].says})"
        return Reason(asked, "unknown", because, ("exemption",), (f"whether {texts} holds",))


def say_interval(when: Interval, terms: Terms) -> str:
    """Return *when* in the agreement's zone, as an instant or as a span."""
    if when.start == when.end:
        return terms.say_time(when.start)
    return f"{when.start.astimezone(terms.agreement.zone_info):%Y-%m-%d %H:%M} to {terms.say_time(when.end)}"


def _before(when: Interval, moment: datetime) -> bool:
    """Say that all of *when* lies before *moment*; a span's end is excluded, an instant is not."""
    return when.end <= moment if when.start < when.end else when.start < moment


def _in_periods(
    asked: str, when: Interval, periods: tuple[Adherence, ...] | tuple[Designation, ...], what: str, terms: Terms
) -> Reason:
    """Answer whether all of *when* lies in one of *periods* (true) or none of it in any (false)."""
    said = say_interval(when, terms)
    touched: list[str] = []
    for period in periods:
        start, until = terms.moment(period.start), period.until and terms.moment(period.until)
        if _before(when, start) or (until and when.start >= until):
            continue
        span = f"from {terms.say_time(start)}" + (f" until {terms.say_time(until)}" if until else "")
        by = f" ({period.by})" if isinstance(period, Designation) else ""
        sure = not isinstance(period, Adherence) or period.certain
        if sure and start <= when.start and (until is None or _before(when, until)):
            return Reason(asked, "true", f"{what}{by} {span}", ("time",))
        touched.append(f"{what}{by} {span}" + ("" if sure else ", which is disputed"))
    if touched:
        return Reason(asked, "unknown", f"at {said}: {'; '.join(touched)}", ("time",), ("time",))
    spans = " and ".join(
        f"from {terms.say_time(terms.moment(period.start))}"
        + (f" until {terms.say_time(terms.moment(period.until))}" if period.until else "")
        for period in periods
    )
    return Reason(asked, "false", f"{what} only {spans}, not at {said}", ("time",))


def _not_listed(party: Party, when: Value | None, terms: Terms) -> Reason:
    """Answer whether *party* stood on no list that the agreement excludes, as of the time."""
    asked = f"was {party.name} no excluded group"
    if not party.designated:
        return Reason(asked, "true", f"{party.name} stands on no list that the agreement excludes")
    if not isinstance(when, Interval):
        return _silent(asked, "time", "when it happened")
    listed = _in_periods(asked, when, party.designated, f"{party.name} stood on the list", terms)
    return Reason(asked, _opposite(listed.truth), listed.because, ("time",), listed.missing)


def _together(asked: str, answers: list[Reason], rests_on: tuple[Attribute, ...]) -> Reason:
    """Join the answers for all whom a name may mean; one answer stands for itself."""
    if len(answers) == 1:
        (only,) = answers
        return Reason(asked, only.truth, only.because, rests_on, only.missing)
    truth = throughout(reason.truth for reason in answers)
    because = "; ".join(dict.fromkeys(reason.because for reason in answers))
    if truth != "unknown":
        return Reason(asked, truth, because, rests_on, (), tuple(answers))
    missing = dict.fromkeys((rests_on[0], *(name for reason in answers for name in reason.missing)))
    return Reason(asked, truth, f"it depends on who it was: {because}", rests_on, tuple(missing), tuple(answers))


def _parties(name: str, terms: Terms) -> tuple[Party | None, ...]:
    return terms.named(name) or (None,)


def _not_these(value: Value | None, what: str) -> str:
    if isinstance(value, OneOf) and value.none_of:
        return f"{what}, other than that it was not {' or '.join(value.none_of)},"
    return what


def _opposite(truth: Truth) -> Truth:
    return {"true": "false", "false": "true", "unknown": "unknown"}[truth]  # type: ignore[return-value]


def _metres(distance_m: float) -> str:
    return f"{distance_m / 1000:g} km" if distance_m >= 1000 else f"{distance_m:g} m"
