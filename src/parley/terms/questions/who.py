"""Who: was the actor bound, who answers for whom, and is anybody excluded, all as of the time of the act."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from parley.model import Attribute, Interval, OneOf, Reason, Value
from parley.terms.facts import Facts
from parley.terms.language import Adherence, Designation, Party
from parley.terms.moments import before
from parley.terms.questions.logic import not_these, opposite, silent, some, together
from parley.terms.questions.when import say_interval
from parley.terms.terms import Terms


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
            return silent(asked, "actor", not_these(actor, "who acted"))
        answers = [self._one(party, name, when, terms) for name in actor.any_of for party in _parties(name, terms)]
        return together(asked, answers, self.reads)

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
        adheres = terms.parties[party.of].adheres if party.of else party.adheres
        if not adheres:
            if party.role == "group":
                because = f"whether {party.name} had adhered is not known"
                return Reason(asked, "unknown", because, ("actor",), (f"whether {party.name} had adhered",))
            return Reason(asked, "false", f"{party.name} did not adhere ({party.role})", ("actor",))
        if not isinstance(when, Interval):
            return silent(asked, "time", "when it happened")
        whose = (
            f"{terms.parties[party.of].name}, of which {party.name} is an associated force," if party.of else party.name
        )
        return _in_periods(asked, when, adheres, f"{whose} had adhered", terms)


@dataclass(frozen=True)
class NotAgainstExcluded:
    """Was whoever was affected none of the groups that the agreement excludes, as of the time?"""

    reads: ClassVar[tuple[Attribute, ...]] = ("affected", "time")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was whoever was affected no excluded group at the time"
        named, when = facts.known("affected"), facts.known("time")
        if not isinstance(named, OneOf) or not named.any_of:
            return silent(asked, "affected", not_these(named, "who was affected"))
        answers = [
            _not_listed(party, when, terms) if party else self._unnamed(name)
            for name in named.any_of
            for party in _parties(name, terms)
        ]
        return together(asked, answers, self.reads)

    def _unnamed(self, name: str) -> Reason:
        because = f"the agreement's file does not say whether {name} is an excluded group"
        return Reason(
            f"was {name} no excluded group", "unknown", because, ("affected",), (f"whether {name} was excluded",)
        )


@dataclass(frozen=True)
class ActsOf:
    """Was the actor one of *parties*, for whose acts somebody else answers?"""

    parties: tuple[str, ...]
    reads: ClassVar[tuple[Attribute, ...]] = ("actor",)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was the actor one whose acts the clause is about"
        actor = facts.known("actor")
        if not isinstance(actor, OneOf) or not actor.any_of:
            return silent(asked, "actor", not_these(actor, "who acted"))
        wanted = " or ".join(terms.parties[other].name for other in self.parties)
        answers = []
        for name in actor.any_of:
            for party in _parties(name, terms):
                if party is None:
                    because = f"the agreement's file does not say who {name} is"
                    answers.append(Reason(asked, "unknown", because, ("actor",), (f"who {name} is",)))
                else:
                    among = party.id in self.parties
                    because = f"{party.name} is {'one' if among else 'none'} of those that are meant: {wanted}"
                    answers.append(Reason(asked, "true" if among else "false", because, ("actor",)))
        return together(asked, answers, self.reads)


@dataclass(frozen=True)
class Answerable:
    """Was one of *parties*, who answer for what others do, bound at the time?"""

    parties: tuple[str, ...]
    reads: ClassVar[tuple[Attribute, ...]] = ("time",)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was whoever answers for it bound at the time"
        when = facts.known("time")
        if not isinstance(when, Interval):
            return silent(asked, "time", "when it happened")
        answers = [
            _in_periods(asked, when, party.adheres, f"{party.name} had adhered", terms)
            for party in (terms.parties[name] for name in self.parties)
        ]
        truth = some(one.truth for one in answers)
        decisive = [one for one in answers if one.truth == truth]
        missing = tuple(dict.fromkeys(name for one in decisive for name in one.missing))
        return Reason(asked, truth, "; ".join(one.because for one in decisive), self.reads, missing)


def _in_periods(
    asked: str, when: Interval, periods: Sequence[Adherence] | Sequence[Designation], what: str, terms: Terms
) -> Reason:
    """Answer whether all of *when* lies in one of *periods* (true) or none of it in any (false)."""
    said = say_interval(when, terms)
    touched: list[str] = []
    for period in periods:
        start, until = terms.moment(period.start), period.until and terms.moment(period.until)
        if before(when, start) or (until and when.start >= until):
            continue
        span = f"from {terms.say_time(start)}" + (f" until {terms.say_time(until)}" if until else "")
        by = f" ({period.by})" if isinstance(period, Designation) else ""
        sure = not isinstance(period, Adherence) or period.certain
        if sure and start <= when.start and (until is None or before(when, until)):
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
    lists = terms.agreement.excludes.lists
    designated = tuple(one for one in party.designated if not lists or one.by in lists)
    if not designated:
        return Reason(asked, "true", f"{party.name} stands on no list that the agreement excludes")
    if not isinstance(when, Interval):
        return silent(asked, "time", "when it happened")
    listed = _in_periods(asked, when, designated, f"{party.name} stood on the list", terms)
    return Reason(asked, opposite(listed.truth), listed.because, ("time",), listed.missing)


def _parties(name: str, terms: Terms) -> tuple[Party | None, ...]:
    return terms.named(name) or (None,)
