"""What is taken as given when a clause is asked: for each attribute all that an account leaves possible.

A possibility that no account speaks of is anything. Parties, degrees of a duty, exemptions and facts are sets of bits;
a place is how it lies to each zone, inside and outside as two bits; time is a set of a `Timeline`; acts, means and
objects are alternatives, each with what is so, what is not, and what is denied in so many words. What several accounts
leave possible is united attribute by attribute, so that every combination of what they say is asked.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from parley.model import (
    ATTRIBUTES,
    FACT,
    QUANTITY,
    Account,
    Amount,
    Attribute,
    Count,
    Disc,
    Established,
    Interval,
    OneOf,
    Value,
    aspects,
    aspects_of,
    fold,
    follows,
    narrower,
    raised_by,
    vocabulary,
)
from parley.terms.language import Zone
from parley.terms.parties import Parties
from parley.terms.terms import Terms
from parley.terms.timeline import Span, Timeline, span_of
from parley.terms.zones import shape

INSIDE, OUTSIDE = 1, 2
YES, NO = 1, 2
OPEN = YES | NO
"""Of two bits both."""


@dataclass(frozen=True, slots=True)
class Known:
    """One alternative of acts, means or objects, as bits of the vocabulary's terms.

    Args:
        so, not_so: what follows from what is said, by the vocabulary.
        denied: what is said not to have been; part of `not_so`.
        registered: of an object, whether it is registered; None where that is not said.
    """

    so: int = 0
    not_so: int = 0
    denied: int = 0
    registered: bool | None = None


ANYTHING: tuple[Known, ...] = (Known(),)


@cache
def bits(family: str) -> Mapping[str, int]:
    """Return the terms of *family*, each as one bit."""
    return {name: 1 << at for at, name in enumerate(vocabulary(family))}


@cache
def bits_of(family: str, names: frozenset[str]) -> int:
    """Return *names* of *family* as bits."""
    return sum(bits(family)[name] for name in names)


@cache
def terms_in(family: str, mask: int) -> tuple[str, ...]:
    """Return the terms of *family* that are bits of *mask*, in the vocabulary's order."""
    return tuple(name for name, bit in bits(family).items() if mask & bit)


@cache
def exactly(family: str, mask: int) -> tuple[str, ...]:
    """Return the most exact of the terms in *mask*: those that contain no other of them."""
    found = terms_in(family, mask)
    wider = {name for one in found for name in vocabulary(family)[one].wider}
    return tuple(name for name in found if name not in wider)


@lru_cache(maxsize=1 << 14)
def alternatives(family: str, value: OneOf) -> tuple[Known, ...]:
    """Return what *value* leaves possible of *family*."""
    denied = 0
    for name in value.none_of:
        denied |= bits_of(family, narrower(family, name))
    found = []
    for name in value.any_of:
        so, not_so = (bits_of(family, names) for names in follows(family, name))
        if not so & denied:
            found.append(Known(so, not_so | denied, denied))
    if value.any_of and not found:  # everything that it may have been is denied as well: the claim holds
        return alternatives(family, OneOf(any_of=value.any_of))
    return distinct(found) if found else (Known(0, denied, denied),)


@cache
def narrowed(family: str, one: Known) -> tuple[Known, ...]:
    """Return the cases of *one*: each narrower term of what is said, and what is said without any of them."""
    for name in exactly(family, one.so):
        below = [low for low in narrower(family, name) - {name} if not bits(family)[low] & one.not_so]
        if below:
            cases = []
            for low in sorted(below, key=list(vocabulary(family)).index):
                so, not_so = (bits_of(family, names) for names in follows(family, low))
                if not so & one.not_so:
                    cases.append(Known(one.so | so, one.not_so | not_so & ~so, one.denied, one.registered))
            every = bits_of(family, frozenset(below))
            cases.append(Known(one.so, one.not_so | every, one.denied, one.registered))
            return distinct(cases)
    return (one,)


def distinct(each: Iterable[Known]) -> tuple[Known, ...]:
    """Return each alternative once, in an order that does not hang on the order of words."""
    return tuple(sorted(set(each), key=lambda one: (one.so, one.not_so, one.denied, str(one.registered))))


def both(first: Known, second: Known) -> Known:
    """Return what holds where two alternatives do, of several aspects."""
    so = first.so | second.so
    return Known(so, (first.not_so | second.not_so) & ~so, first.denied | second.denied, first.registered)


class Spot(tuple[int, ...]):
    """How one place lies to each zone, as two bits each, in the order of the frame's zones."""

    __slots__ = ()


class Given:
    """What may be: `possible` by attribute (what is not there may be anything), and `said`, the words behind it.

    `truths` remembers what the questions of one agreement answered, by their numbers.
    """

    __slots__ = ("possible", "said", "truths")

    def __init__(self, possible: Mapping[str, Hashable], said: Mapping[str, tuple[Any, ...]]) -> None:
        self.possible = possible
        self.said = said
        self.truths: dict[int, int] = {}

    def where(self, changes: Mapping[str, Hashable]) -> "Given":
        """Return the same with *changes*; None makes an attribute anything."""
        changed = {**self.possible, **changes}
        return Given({name: one for name, one in changed.items() if one is not None}, self.said)

    def read_as(self, dispute: str, ways: int) -> "Given":
        """Return the same where only *ways* of a dispute are left; no single question looks at that."""
        read = Given({**self.possible, dispute: ways}, self.said)
        read.truths = self.truths
        return read

    def spanning(self, spans: tuple[Span, ...] | None) -> "Given":
        """Return the same where it happened within *spans*; None changes nothing."""
        return self if spans is None else Given(self.possible, {**self.said, "span": spans})

    def at(self, bit: int, line: Timeline) -> "Given":
        """Return the same where it happened in one stretch or moment of *line*."""
        cut = line.cut(self.said.get("span", ()), bit)
        return Given({**self.possible, "time": bit}, {**self.said, "span": cut})

    def __getitem__(self, attribute: str) -> Any:
        return self.possible.get(attribute)


_NOT_YET = object()
_MEASURED = frozenset(
    ("time", "calibre", "altitude", "quantity", "actor", "affected", "act", "means", "object", "exemption", "done")
)

Worlds = tuple[Given, ...]
"""What one account leaves possible: in most cases one, two where "one of two acted, the other was affected"."""


class Frame:
    """What the values of accounts are measured against: an agreement's parties, zones, moments and single facts."""

    def __init__(self, terms: Terms, timeline: Timeline, zones: Iterable[str]) -> None:
        self.terms = terms
        self.people: Parties = terms.people
        self.timeline = timeline
        self.zones: dict[str, Zone] = {name: terms.zones[name] for name in sorted(zones)}
        self._areas = {name: frozenset(map(fold, zone.names)) for name, zone in self.zones.items()}
        self.place_of = {name: at for at, name in enumerate(self.zones)}
        self._in_zone: dict[str, dict[Disc, int]] = {name: {} for name in self.zones}
        self._known: dict[tuple[Attribute, tuple[Value, ...]], Hashable] = {}

    def measure(self, discs: Sequence[Disc]) -> None:
        """Measure many places at once, which is quicker than one by one; those of before are forgotten."""
        self._known.clear()
        for name, zone in self.zones.items():
            if zone.undefined is None:
                self._in_zone[name] = dict(zip(discs, shape(zone).hold_all(discs), strict=True))

    def worlds(self, account: Account, established: Sequence[Established] = ()) -> Worlds:
        """Return what *account* leaves possible, where *established* is settled of its incident."""
        claimed = account.possible()
        for one in established:
            if value := _settled(one, self.terms):
                claimed[one.question] = (value,)
        possible: dict[str, Hashable] = {"exemption": exemption_bits()["none"]}
        said: dict[str, tuple[Any, ...]] = {}
        for attribute, values in claimed.items():
            said[attribute] = values
            if attribute == "time":
                said["span"] = tuple([span_of(value) for value in values if isinstance(value, Interval)])
            elif attribute not in _MEASURED and not attribute.startswith((FACT, QUANTITY)):
                continue
            found = self._known.get((attribute, values), _NOT_YET)
            if found is _NOT_YET:
                found = self._known[attribute, values] = self._possible(attribute, values)
            if found is not None:
                possible[attribute] = found
            elif attribute == "exemption":
                del possible["exemption"]
        if "place" in claimed or "area" in claimed:
            self._place(claimed, possible)
        self._object(claimed, possible, said)
        for one in established:
            if one.question == "exemption" and one.value:
                possible["established"] = YES if one.value != "none" else NO
        return tuple(Given(each, said) for each in _dyads(claimed, possible))

    def united(self, worlds: Iterable[Given]) -> Given:
        """Return every combination of what several leave possible; of what one is silent on, anything."""
        each = list(worlds)
        names = set(each[0].possible).intersection(*(one.possible for one in each[1:]))
        possible: dict[str, Hashable] = {}
        for name in each[0].possible:
            if name in names:
                possible[name] = unite([one.possible[name] for one in each])
        said: dict[str, tuple[Any, ...]] = {}
        for one in each:
            for name, values in one.said.items():
                said[name] = tuple(dict.fromkeys((*said.get(name, ()), *values)))
        return Given(possible, said)

    def _possible(self, attribute: Attribute, values: Sequence[Value]) -> Hashable:
        """Return what *values*, of which one holds, leave possible; None: anything."""
        if attribute == "time":
            spans = [span_of(value) for value in values if isinstance(value, Interval)]
            return _all_bits(map(self.timeline.mask, spans)) if spans and len(spans) == len(values) else None
        if attribute in ("calibre", "altitude", "quantity") or attribute.startswith(QUANTITY):
            ranges = [(float(one.low), _high(one)) for one in values if isinstance(one, Amount | Count)]
            return tuple(sorted(set(ranges))) if len(ranges) == len(values) else None
        names = [value for value in values if isinstance(value, OneOf)]
        if len(names) != len(values):
            return None
        if attribute in ("actor", "affected"):
            return _all_bits(map(self.people.meant, names))
        if attribute == "act":
            return _acts(names)
        if attribute in ("means", "object"):
            return distinct(known for one in names for known in alternatives(attribute, one))
        if attribute == "exemption":
            return _exemptions(names)
        if attribute == "done" or attribute.startswith(FACT):
            return _all_bits(_words(attribute, one) for one in names)
        return None

    def _place(self, claimed: Mapping[Attribute, Sequence[Value]], possible: dict[str, Hashable]) -> None:
        """Say of each place that is possible how it lies to each zone."""
        discs: list[Disc | None] = [one for one in claimed.get("place", ()) if isinstance(one, Disc)]
        areas = [one for one in claimed.get("area", ()) if isinstance(one, OneOf) and one.any_of]
        folded = [fold(name) for one in areas for name in one.any_of]
        inside = {name for name, within in self._areas.items() if folded and within.issuperset(folded)}
        if discs or inside:
            spots = {self._spot(disc, inside) for disc in discs or [None]}
            possible["place"] = tuple(sorted(spots))

    def _spot(self, disc: Disc | None, inside: Collection[str]) -> Spot:
        """Return how *disc* lies to each zone, where it surely lies in those of *inside*."""
        return Spot(
            INSIDE if name in inside else OPEN if disc is None else self._lies(name, disc) for name in self.zones
        )

    def _lies(self, name: str, disc: Disc) -> int:
        zone = self.zones[name]
        if zone.undefined is not None:
            return OPEN
        known = self._in_zone[name]
        found = known.get(disc)
        if found is None:
            found = known[disc] = _ZONE_BITS[shape(zone).holds(disc)]
        return found

    def _object(
        self,
        claimed: Mapping[Attribute, Sequence[Value]],
        possible: dict[str, Hashable],
        said: dict[str, tuple[Any, ...]],
    ) -> None:
        """Say what follows from what was hit: whether it is registered, and civilian; and which aspects are raised."""
        objects: Any = possible.get("object", ANYTHING)
        sites = [one for one in claimed.get("site", ()) if isinstance(one, OneOf) and one.any_of]
        if sites:
            objects = tuple(
                dict.fromkeys(known for one in sites for name in one.any_of for known in self._site(name, objects))
            )
            possible["object"] = objects
        civilian = bits("object")["civilian"]
        if "affected" not in possible and "object" in possible and all(one.so & civilian for one in objects):
            possible["affected"] = self.people.CIVIL
        raised = _raised(claimed.get("act", ()))
        if raised is not None:
            named = {name for one in objects for name in terms_in("object", one.so)}
            said["raised"] = tuple(sorted(raised | raised_by(named)))

    def _site(self, name: str, objects: tuple[Known, ...]) -> tuple[Known, ...]:
        site = self.terms.site(name)
        if site is None:
            return tuple(Known(one.so, one.not_so, one.denied, False) for one in objects)
        return tuple(
            Known(one.so, one.not_so, one.denied, True) for one in alternatives("object", OneOf(any_of=(site.is_,)))
        )


_ZONE_BITS = {"true": INSIDE, "false": OUTSIDE, "unknown": OPEN}


def unite(each: Sequence[Any]) -> Hashable:
    """Return what is possible where one of *each* is: sets of bits, or alternatives."""
    if isinstance(each[0], int):
        return _all_bits(each)
    found = {one for alternatives_ in each for one in alternatives_}
    return distinct(found) if all(isinstance(one, Known) for one in found) else tuple(sorted(found))


def _settled(one: Established, terms: Terms) -> Value | None:
    """Return what *one* settles of an attribute of an incident, as a claim of it; None where it settles none."""
    question, value = one.question, one.value
    if not value or (question not in ATTRIBUTES and not question.startswith((FACT, QUANTITY))):
        return None
    if question == "time":
        moment = terms.moment(datetime.fromisoformat(value))
        return Interval(start=moment, end=moment)
    if question in ("calibre", "altitude", "quantity") or question.startswith(QUANTITY):
        return Amount(low=float(value), high=float(value))
    return None if question == "place" else OneOf(any_of=(value,))


def _acts(values: Sequence[OneOf]) -> tuple[Known, ...]:
    """Return the alternatives of acts: claims about one aspect are alternatives, those about others hold beside."""
    groups: list[tuple[frozenset[str], list[Known]]] = []
    for value in values:
        touched = frozenset(aspect for name in (*value.any_of, *value.none_of) for aspect in aspects_of(name))
        knowns = list(alternatives("act", value))
        apart = []
        for other, held in groups:
            if other & touched:
                touched, knowns = touched | other, [*held, *knowns]
            else:
                apart.append((other, held))
        groups = [*apart, (touched, knowns)]
    found = [Known()]
    for _, knowns in groups:
        found = [both(one, other) for one in found for other in knowns]
    return distinct(found)


@lru_cache(maxsize=1 << 12)
def _raised(claimed: tuple[Value, ...]) -> frozenset[str] | None:
    """Return the aspects of which an account speaks with its acts; None where it names none, so that it may be any."""
    acts = [one for one in claimed if isinstance(one, OneOf)]
    if not acts:
        return None
    named = frozenset(low for one in acts for name in one.any_of for low in narrower("act", name))
    spoken = frozenset(aspect for name in named for aspect in aspects_of(name))
    if any("withdrawal" in one.any_of or "withdrawal" in one.none_of for one in acts):
        spoken |= {"presence"}  # whoever withdraws, or does not, was there
    spoken |= {denied for aspect in spoken for denied in aspects()[aspect].excludes}
    return spoken | frozenset(vocabulary("act")[name].aspect for one in acts for name in one.none_of)


@cache
def exemption_bits() -> Mapping[str, int]:
    """Return the grounds of exemption, "none" the first, each as one bit."""
    return {name: 1 << at for at, name in enumerate(("none", *vocabulary("exemption")))}


def _exemptions(values: Sequence[OneOf]) -> int:
    known = exemption_bits()
    found = 0
    for value in values:
        denied = _all_bits(known.get(name, 0) for name in value.none_of)
        named = (
            _all_bits(known.get(name, known["none"]) for name in value.any_of)
            if value.any_of
            else _all_bits(known.values())
        )
        found |= named & ~denied or named
    return found


def _words(attribute: Attribute, value: OneOf) -> int:
    """Return "no", "begun" and "yes", or "yes" and "no", as bits."""
    known = bits("done") if attribute == "done" else {"yes": YES, "no": NO}
    denied = _all_bits(known.get(name, 0) for name in value.none_of)
    named = _all_bits(known.get(name, 0) for name in value.any_of) if value.any_of else _all_bits(known.values())
    return named & ~denied or named or _all_bits(known.values())


def _dyads(
    claimed: Mapping[Attribute, Sequence[Value]], possible: dict[str, Hashable]
) -> Iterator[dict[str, Hashable]]:
    """Split "one of two acted, the other was affected" into its two cases."""
    actor, affected = possible.get("actor"), possible.get("affected")
    if isinstance(actor, int) and isinstance(affected, int):
        if actor == affected and actor.bit_count() == 2 and len(claimed["actor"]) == len(claimed["affected"]) == 1:
            first = actor & -actor
            yield {**possible, "actor": first, "affected": actor ^ first}
            yield {**possible, "actor": actor ^ first, "affected": first}
            return
        if actor.bit_count() == 1 and affected & ~actor:  # whoever acted was not the one that was affected
            yield {**possible, "affected": affected & ~actor}
            return
    yield possible


def _all_bits(each: Iterable[int]) -> int:
    found = 0
    for one in each:
        found |= one
    return found


def _high(one: Amount | Count) -> float:
    return float("inf") if one.high is None else float(one.high)
