"""Who: was the actor bound, who answers for whom, and is anybody excluded, all as of the time of the act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from parley.model import Reason, fold
from parley.terms.given import OPEN, YES, Frame
from parley.terms.language import Adherence, Designation, Party
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, WORDS, Timeless, View, throughout, within
from parley.terms.questions.when import say_spans, times_of
from parley.terms.questions.where import said_names, together
from parley.terms.terms import Terms

BOUND = "bound:"
"""How the attribute begins that settles whether a party had adhered, where that is open."""

MOST_NAMED = 4
"""Parties that a reason lists by their names."""


@dataclass(frozen=True)
class Times:
    """When something holds of a party, as sets of a timeline: surely, and where it is disputed."""

    sure: int
    disputed: int

    def truth(self, times: int, settled: int = OPEN) -> int:
        """Return whether it holds at all of *times*; *settled* says of the disputed ones, as two bits."""
        found = set()
        if times & self.sure:
            found.add(TRUE)
        if times & self.disputed:
            found.add(UNKNOWN if settled == OPEN else TRUE if settled == YES else FALSE)
        if times & ~(self.sure | self.disputed):
            found.add(FALSE)
        return throughout(found)


def adherence_of(party: Party, terms: Terms) -> tuple[Adherence, ...]:
    """Return when *party* had adhered: an associated force with its party, too."""
    return (*party.adheres, *(terms.parties[party.of].adheres if party.of is not None else ()))


def adhered(party: Party, frame: Frame) -> Times:
    """Return when *party* had adhered; of a group of which nothing is recorded, that is disputed at all times."""
    periods = adherence_of(party, frame.terms)
    if not periods and party.role == "group":
        return Times(0, frame.timeline.always)
    sure = _within([one for one in periods if one.certain], frame)
    return Times(sure, _within([one for one in periods if not one.certain], frame) & ~sure)


def listed(party: Party, frame: Frame) -> Times:
    """Return when *party* stood on a list that the agreement excludes."""
    return Times(_within(designations(party, frame.terms), frame), 0)


def designations(party: Party, terms: Terms) -> tuple[Designation, ...]:
    """Return when *party* stood on one of the lists that count."""
    lists = terms.excluded_lists
    return tuple(one for one in party.designated if lists is None or fold(one.by) in lists)


def _within(periods: Iterable[Adherence | Designation], frame: Frame) -> int:
    found = 0
    for one in periods:
        until = None if one.until is None else frame.terms.moment(one.until)
        found |= frame.timeline.within(frame.terms.moment(one.start), until)
    return found


def _moments(terms: Terms) -> Iterable[datetime]:
    for party in terms.agreement.parties:
        periods: tuple[Adherence | Designation, ...] = (*party.adheres, *party.designated)
        for one in periods:
            yield terms.moment(one.start)
            if one.until is not None:
                yield terms.moment(one.until)


@dataclass(frozen=True)
class Bound:
    """Was the actor bound at the time, and no excluded group? `only` limits the clause to some parties; empty: to none.

    Both are asked of each whom the name may mean, so that a name for several is answered where each gives the same.
    Associated forces and members of a collective are bound with it.
    """

    only: tuple[str, ...]
    excluded_groups: bool
    open_parties: tuple[str, ...]
    anew: bool = False
    says: str = "the actor was bound by this clause at the time"
    _times: dict[str, Times] = field(default_factory=dict, compare=False, repr=False)

    @property
    def reads(self) -> tuple[str, ...]:
        return ("actor", "time", *(BOUND + name for name in self.open_parties))

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield when anybody adheres, or stands on a list."""
        return _moments(terms)

    def truth(self, view: View) -> int:
        mask = view.given["actor"]
        people = view.frame.people
        everybody = people.anybody if mask is None else mask
        found = set()
        for party in people.each(everybody & people.named):
            if party is not None:
                found.add(self._one(party, view))
        if everybody & people.CIVIL:
            found.add(FALSE)
        if everybody & people.STRANGER:
            found.add(UNKNOWN)
        if everybody & people.OTHER:
            found.add(FALSE if self.only else UNKNOWN)
        return throughout(found)

    def _one(self, party: Party, view: View) -> int:
        frame = view.frame
        if self.only and not frame.people.bound_with(self.only) & frame.people.bit(party):
            return FALSE
        times = times_of(view.given, frame)
        settled = view.given[BOUND + frame.people.principal(party)] or OPEN
        adhered = self._of("adhered", party, frame)
        if not (self.excluded_groups and party.designated):
            return adhered.truth(times, settled)
        listed = self._of("listed", party, frame)

        def at(some: int) -> int:
            return min(adhered.truth(some, settled), TRUE - listed.truth(some))

        # Both hang on the time: what is so at no time of it is not so, though each may be.
        found = at(times)
        return found if found != UNKNOWN else throughout(map(at, frame.timeline.bits(times)))

    def _of(self, what: str, party: Party, frame: Frame) -> Times:
        key = f"{what} {party.id}"
        if key not in self._times:
            self._times[key] = adhered(party, frame) if what == "adhered" else listed(party, frame)
        return self._times[key]

    def reason(self, view: View, truth: int) -> Reason:
        frame, mask = view.frame, view.given["actor"]
        names = said_names(view.given, "actor")
        if mask is None or mask & frame.people.OTHER:
            because = f"who acted{_not(view, 'actor')} is not known"
            missing = ("actor",) if truth == UNKNOWN else ()
            if truth != UNKNOWN and self.only:
                because = f"the clause binds {_named(self.only, frame.terms)}, and {because}"
            return Reason(self.says, WORDS[truth], (because,), ("actor",), missing)
        parts = []
        for party in frame.people.each(mask):
            if party is not None:
                parts.append(self._say(party, view))
            else:
                who = frame.people.words(mask & ~frame.people.named, names)
                because = f"the agreement's file does not say whether {who} had adhered"
                parts.append(
                    Reason(f"{who} was bound", "unknown", (because,), ("actor",), (f"whether {who} had adhered",))
                )
        return together(self.says, parts, truth, self.reads[:2])

    def _say(self, party: Party, view: View) -> Reason:
        frame, terms = view.frame, view.frame.terms
        says = f"{party.name} was bound"
        if self.only and not frame.people.bound_with(self.only) & frame.people.bit(party):
            because = f"the clause binds {_named(self.only, terms)}, not {party.name}"
            return Reason(says, "false", (because,), ("actor",))
        truth = self._one(party, view)
        if self.excluded_groups and party.designated:
            permitted = TRUE - self._of("listed", party, frame).truth(times_of(view.given, frame))
            if permitted == truth and permitted != TRUE:
                return say_listed(party, view, says)
        periods = adherence_of(party, terms)
        if not periods and party.role == "group":
            settled = view.given[BOUND + party.id]
            if settled in (None, OPEN):
                because = f"whether {party.name} had adhered is not known"
                return Reason(says, "unknown", (because,), ("actor",), (f"whether {party.name} had adhered",))
            return Reason(says, WORDS[truth], (f"that {party.name} had adhered is settled",), ("actor",))
        if not periods:
            return Reason(says, "false", (f"{party.name} did not adhere ({party.role})",), ("actor",))
        left = f"whether {party.name} had adhered"
        if not party.of:
            return say_periods(says, periods, f"{party.name} had adhered", left, view, truth)
        other = terms.parties[party.of].name
        reason = say_periods(says, periods, f"{other} had adhered", left, view, truth)
        return replace(reason, because=(f"{party.name} is bound as {other} is", *reason.because))


def _named(parties: Sequence[str], terms: Terms) -> str:
    """Return the names of *parties*; of many how many they are: nobody reads on after a long list."""
    if len(parties) > MOST_NAMED:
        return f"{len(parties)} parties"
    return " and ".join(terms.parties[one].name for one in parties)


def _not(view: View, attribute: str) -> str:
    """Return what is said not to have been, as an apposition."""
    denied = [name for value in view.given.said.get(attribute, ()) for name in getattr(value, "none_of", ())]
    return f", other than that it was not {' or '.join(dict.fromkeys(denied))}," if denied else ""


@dataclass(frozen=True)
class NotAgainstExcluded:
    """Was whoever was affected none of the groups that the agreement excludes, as of the time?"""

    says: str = "whoever was affected was no excluded group at the time"
    reads: tuple[str, ...] = ("affected", "time")
    anew: bool = False
    _times: dict[str, Times] = field(default_factory=dict, compare=False, repr=False)

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield when anybody stands on a list."""
        return _moments(terms)

    def truth(self, view: View) -> int:
        people, mask = view.frame.people, view.given["affected"]
        everybody = people.anybody if mask is None else mask
        times = times_of(view.given, view.frame)
        named = [party for party in people.each(everybody & people.named) if party is not None]
        found = {TRUE - self._listed(party, view.frame).truth(times) for party in named}
        if everybody & (people.OTHER | people.CIVIL):
            found.add(TRUE)
        if everybody & people.STRANGER:
            found.add(UNKNOWN)
        return throughout(found)

    def _listed(self, party: Party, frame: Frame) -> Times:
        if party.id not in self._times:
            self._times[party.id] = listed(party, frame)
        return self._times[party.id]

    def reason(self, view: View, truth: int) -> Reason:
        frame, mask = view.frame, view.given["affected"]
        people = frame.people
        if mask == people.CIVIL:
            return Reason(self.says, WORDS[truth], ("what was hit is civilian, and no excluded group",), ("object",))
        if mask is None or mask & people.OTHER:
            because = f"who was affected{_not(view, 'affected')} is not known"
            if truth == TRUE:
                because = f"nobody whom it may have affected{_not(view, 'affected')} stands on a list"
            return Reason(self.says, WORDS[truth], (because,), ("affected",), ("affected",) if truth == UNKNOWN else ())
        parts = []
        for party in people.each(mask):
            if party is not None:
                parts.append(say_listed(party, view, f"{party.name} was no excluded group"))
            elif mask & people.STRANGER:
                who = people.words(mask & people.STRANGER, said_names(view.given, "affected"))
                because = f"the agreement's file does not say whether {who} is an excluded group"
                missing = (f"whether {who} was excluded",)
                parts.append(Reason(f"{who} was no excluded group", "unknown", (because,), ("affected",), missing))
        return together(self.says, parts, truth, self.reads)


@dataclass(frozen=True)
class ActsOf(Timeless):
    """Was the actor one of *parties*, or of their forces, for whose acts somebody else answers?"""

    parties: tuple[str, ...]
    says: str = "the actor was one whose acts the clause is about"
    reads: tuple[str, ...] = ("actor",)

    def truth(self, view: View) -> int:
        people, mask = view.frame.people, view.given["actor"]
        meant = people.bound_with(self.parties)
        return within(
            people.anybody if mask is None else mask, meant, people.named & ~meant | people.OTHER | people.CIVIL
        )

    def reason(self, view: View, truth: int) -> Reason:
        frame, mask = view.frame, view.given["actor"]
        if mask is None or mask & frame.people.OTHER:
            because = f"who acted{_not(view, 'actor')} is not known"
            return Reason(self.says, WORDS[truth], (because,), ("actor",), ("actor",) if truth == UNKNOWN else ())
        wanted = " or ".join(frame.terms.parties[other].name for other in self.parties)
        meant = frame.people.bound_with(self.parties)
        parts = []
        for party in frame.people.each(mask):
            if party is None:
                who = frame.people.words(mask & ~frame.people.named, said_names(view.given, "actor"))
                because = f"the agreement's file does not say who {who} is"
                parts.append(Reason(self.says, "unknown", (because,), ("actor",), (f"who {who} is",)))
            else:
                among = bool(meant & frame.people.bit(party))
                because = f"{party.name} is {'one' if among else 'none'} of those that are meant: {wanted}"
                parts.append(Reason(self.says, "true" if among else "false", (because,), ("actor",)))
        return together(self.says, parts, truth, ("actor",))


@dataclass(frozen=True)
class Answerable:
    """Was one of *parties*, who answer for what others do, bound at the time?"""

    parties: tuple[str, ...]
    open_parties: tuple[str, ...]
    says: str = "whoever answers for it was bound at the time"
    anew: bool = False
    _times: list[list[tuple[Party, Times]]] = field(default_factory=list, compare=False, repr=False)

    @property
    def reads(self) -> tuple[str, ...]:
        return ("time", *(BOUND + name for name in self.open_parties))

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield when anybody adheres."""
        return _moments(terms)

    def _each(self, frame: Frame) -> list[tuple[Party, Times]]:
        """Return those who answer: of an associated force its party, which alone adheres."""
        if not self._times:
            ids = frame.people.principals(frame.people.bound_with(self.parties))
            self._times.append([(frame.terms.parties[one], adhered(frame.terms.parties[one], frame)) for one in ids])
        return self._times[0]

    def truth(self, view: View) -> int:
        line, people = view.frame.timeline, view.frame.people
        each = [(times, view.given[BOUND + people.principal(one)] or OPEN) for one, times in self._each(view.frame)]
        return throughout(
            max(times.truth(bit, settled) for times, settled in each)
            for bit in line.bits(times_of(view.given, view.frame))
        )

    def reason(self, view: View, truth: int) -> Reason:
        parts = []
        people = view.frame.people
        for party, times in self._each(view.frame):
            one = times.truth(times_of(view.given, view.frame), view.given[BOUND + people.principal(party)] or OPEN)
            periods = adherence_of(party, view.frame.terms)
            if periods:
                left = f"whether {party.name} had adhered"
                parts.append(say_periods(self.says, periods, f"{party.name} had adhered", left, view, one))
            else:
                parts.append(Reason(self.says, WORDS[one], (f"{party.name} did not adhere ({party.role})",), ("time",)))
        decisive = [one for one in parts if one.truth == WORDS[truth]] or parts
        missing = tuple(dict.fromkeys(name for one in decisive for name in one.missing))
        because = tuple(said for one in decisive for said in one.because)
        return Reason(self.says, WORDS[truth], because, self.reads[:1], missing)


def say_listed(party: Party, view: View, says: str) -> Reason:
    """Say whether *party* stood on no list that the agreement excludes, as of the time."""
    frame = view.frame
    truth = TRUE - listed(party, frame).truth(times_of(view.given, frame))
    counted = designations(party, frame.terms)
    if not counted:
        return Reason(says, "true", (f"no list that the agreement excludes names {party.name}",))
    return say_periods(says, counted, f"{party.name} stood on the list", "time", view, truth)


def say_periods(
    says: str,
    periods: Sequence[Adherence] | Sequence[Designation],
    what: str,
    missing: str,
    view: View,
    truth: int,
) -> Reason:
    """Say why *what*, which held in *periods*, was so at the time, was not, or may have been."""
    terms, spans = view.frame.terms, view.given.said.get("span", ())
    if not spans:
        return Reason(says, WORDS[truth], ("when it happened is not known",), ("time",), ("time",))
    said, times = say_spans(spans, terms), times_of(view.given, view.frame)
    touched = []
    disputed = False
    for one in periods:
        if _within([one], view.frame) & times:
            by = f" ({one.by})" if isinstance(one, Designation) else ""
            sure = not isinstance(one, Adherence) or one.certain
            disputed |= not sure
            touched.append(f"{what}{by} {_span(one, terms)}" + ("" if sure else ", which is disputed"))
    if touched and not (truth == FALSE and isinstance(periods[0], Adherence)):
        straddles = truth == UNKNOWN and not disputed
        because = [*((f"only a part of {said} lies in that time",) if straddles else ()), *touched]
        left = ((missing,) if disputed else ("time",)) if truth == UNKNOWN else ()
        return Reason(says, WORDS[truth], tuple(because), ("time",), left)
    only = " and ".join(_span(one, terms) for one in periods)
    return Reason(says, WORDS[truth], (f"{what} only {only}, not at {said}",), ("time",))


def _span(one: Adherence | Designation, terms: Terms) -> str:
    start = terms.say_time(terms.moment(one.start))
    return f"from {start}" + (f" until {terms.say_time(terms.moment(one.until))}" if one.until else "")
