"""An agreement ready to be applied: its names resolved, its times in its zone."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from zoneinfo import ZoneInfo

from parley.model import Established, fold
from parley.terms import confidential
from parley.terms.history import NOTHING, History
from parley.terms.language import (
    Adherence,
    Agreement,
    Clause,
    Duty,
    Ending,
    Event,
    Extension,
    Party,
    PutOff,
    Relative,
    Renewal,
    Site,
    Until,
    When,
    Zone,
)
from parley.terms.moments import (
    FUTURE,
    PAST,
    Bounds,
    earlier_of,
    end_of,
    ending,
    notice_end,
    put_off_by,
    renewed,
    shifted,
)
from parley.terms.parties import Parties


class Terms:
    """One version of an agreement with what is looked up often; build it with `parley.terms.load`."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.hidden: dict[str, Clause] = {}
        self.parties = {party.id: party for party in agreement.parties}
        self.people = Parties(agreement)
        lines = {line.id: line.points for line in agreement.lines}
        self.zones: dict[str, Zone] = {
            zone.id: zone.model_copy(update={"line": lines[zone.line]}) if isinstance(zone.line, str) else zone
            for zone in agreement.zones
        }
        self.facts = {fact.id: fact for fact in agreement.facts}
        self.clauses: dict[str, Clause] = {clause.id: clause for clause in agreement.clauses}
        self._sites = {fold(name): site for site in agreement.sites for name in (site.id, site.name, *site.also)}
        self._events = {event.id: event for event in agreement.events}
        self._moments: dict[When, Bounds] = {}
        self._before: dict[Hashable, Bounds] = {}

    def named(self, words: str) -> tuple[Party, ...] | None:
        """Return whom *words* may mean: one party, a collective's members, or None where the file has no such name."""
        party = self.people.find(words)
        if party is None:
            return None
        return tuple(self.parties[member] for member in party.members) if party.members else (party,)

    def site(self, words: str) -> Site | None:
        """Return the registered object that *words* name."""
        return self._sites.get(fold(words))

    def moment(self, when: datetime) -> datetime:
        """Return *when* in UTC: without an offset it stands in the agreement's own zone."""
        return (when if when.tzinfo else when.replace(tzinfo=self.agreement.zone_info)).astimezone(UTC)

    def when(self, when: When, history: History = NOTHING) -> Bounds:
        """Return the moment that *when* means, as far as it is known after *history*."""
        if not isinstance(when, Relative):
            moment = self.moment(when)
            return Bounds(moment, moment)
        found = self._moments.get(when)
        if found is not None:
            return found
        moments, name = self._after(history, when)
        found = moments.get(name)
        if found is None:
            found = shifted(self._event(self._events[when.event], history), when, self.agreement.zone_info)
            if self.rests_on_findings(when):
                moments[name] = found
            else:
                self._moments[when] = found
        return found

    def _after(self, history: History, what: Hashable) -> tuple[dict[Hashable, Bounds], Hashable]:
        """Return where a moment after *history* is remembered, and under which name; a history lives shorter, but for
        those in which nothing was found."""
        return (history.moments, (self, what)) if history.log is not None else (self._before, (history, what))

    def end(self, history: History = NOTHING) -> Bounds:
        """Return when the agreement as a whole ends."""
        moments, name = self._after(history, "end")
        found = moments.get(name)
        if found is None:
            found = moments[name] = end_of(self.agreement, partial(self.when, history=history))
        return found

    def ends(self, until: Until | None, renewal: Renewal | None, history: History = NOTHING) -> Bounds:
        """Return when a clause ends: at *until*, renewed, else with the agreement; a notice ends both."""
        if until is None and renewal is None:
            return self.end(history)
        when = partial(self.when, history=history)
        own = ending(until if until is not None else self.agreement.until, when)
        own = renewed(own, renewal, when, self.agreement.zone_info)
        return earlier_of(own, notice_end(self.agreement.notices, when, self.agreement.zone_info))

    def deadline(self, duty: Duty, history: History = NOTHING) -> Bounds:
        """Return when *duty* is due, as it was put off by consent."""
        when = partial(self.when, history=history)
        return put_off_by(when(duty.by), duty.put_off, when)

    def _event(self, event: Event, history: History) -> Bounds:
        if event.unset is not None:
            return Bounds(PAST, FUTURE, event.unset, f"when {event.id} was")
        if event.calm_days is not None and event.since is not None:
            if any(name in self.hidden for name in event.of):
                return Bounds(PAST, FUTURE, "it rests on a confidential clause", "a confidential clause")
            return history.calm(event, self.when(event.since), self.agreement.zone_info)
        if event.fulfilled is not None:
            if event.fulfilled in self.hidden:
                return Bounds(PAST, FUTURE, "it rests on a confidential clause", "a confidential clause")
            return history.fulfilled(event)
        assert event.at is not None
        earliest = self.moment(event.at)
        latest = self.moment(event.until) if event.until else earliest
        return Bounds(earliest, latest, event.why, f"when {event.id} was" if event.until else "")

    def event(self, name: str) -> Event:
        """Return the event *name*."""
        return self._events[name]

    def rests_on_findings(self, when: Until | None) -> bool:
        """Say whether a moment depends on earlier findings."""
        if isinstance(when, Ending):
            return self.rests_on_findings(when.not_before) or self.rests_on_findings(when.not_after)
        if not isinstance(when, Relative):
            return False
        event = self._events[when.event]
        return event.calm_days is not None or event.fulfilled is not None or self.rests_on_findings(event.since)

    def times_rest_on_findings(self, clause: Clause) -> bool:
        """Say whether the time in which *clause* holds, or is due, depends on earlier findings."""
        agreement = self.agreement
        whens: list[Until | None] = [clause.start or agreement.start, clause.until]
        if clause.until is None:
            whens += [agreement.until, *(one.until for one in agreement.extensions)]
        whens += [one.given for one in agreement.notices]
        if isinstance(clause, Duty):
            whens += [clause.by, clause.begin_by, *(one.until for one in clause.put_off)]
        whens += [moment for one in clause.suspended for moment in (one.start, one.until)]
        return any(map(self.rests_on_findings, whens))

    @cached_property
    def stateful(self) -> bool:
        """Whether an answer may depend on earlier findings."""
        return any(event.calm_days or event.fulfilled for event in self.agreement.events) or any(
            clause.released_by_breach_of or (isinstance(clause, Duty) and clause.together_with)
            for clause in self.agreement.clauses
        )

    @cached_property
    def excluded_lists(self) -> frozenset[str] | None:
        """The lists, by folded name, whose groups the agreement excludes; None: any."""
        lists = self.agreement.excludes.lists
        return frozenset(map(fold, lists)) if lists else None

    def with_established(self, established: Sequence[Established]) -> "Terms":
        """Return the same terms where people settled who adhered, and which deadlines were put off."""
        settled = [one for one in established if one.question in ("bound", "consent") and one.value]
        if not settled:
            return self
        other = Terms(_settled(self.agreement, settled))
        other.hidden = self.hidden
        return other

    def say_time(self, when: datetime) -> str:
        """Return *when* as readers see it: local time of the agreement's zone, named."""
        return f"{self.say_local(when)} {self.agreement.timezone}"

    def say_local(self, when: datetime) -> str:
        """Return *when* as the clock on the wall shows it in the agreement's zone, without its name."""
        return _on_the_wall(when, self.agreement.zone_info)

    def for_reader(self, reader: str | None) -> "Terms":
        """Return the terms with what *reader*, a party's id, may see of them; None: what everybody may."""
        agreement = confidential.seen_by(reader, self.agreement)
        if agreement is self.agreement:
            return self
        seen = Terms(agreement)
        seen.hidden = {clause.id: clause for clause in self.agreement.clauses if clause not in agreement.clauses}
        return seen

    @cached_property
    def sealed(self) -> dict[str, str]:
        """The digests of the confidential clauses, by id: see `confidential.sealed`."""
        return confidential.sealed(self.agreement)

    def hidden_from(self, reader: str | None) -> dict[str, str]:
        """Return the digests of those clauses that *reader* may not see, by id."""
        return {name: self.sealed[name] for name in self.for_reader(reader).hidden}


@lru_cache(maxsize=1 << 14)  # the same days come again and again
def _on_the_wall(when: datetime, zone: ZoneInfo) -> str:
    return f"{when.astimezone(zone):%Y-%m-%d %H:%M}"


def _settled(agreement: Agreement, settled: Sequence[Established]) -> Agreement:
    """Return *agreement* with the adherences and the deadlines that *settled* say."""
    parties = {party.id: party for party in agreement.parties}
    clauses = {clause.id: clause for clause in agreement.clauses}
    changes: dict[str, object] = {}
    for one in settled:
        if one.question == "bound" and one.subject in parties:
            for name in parties[one.subject].members or (one.subject,):
                parties[name] = _bound(parties[name], one, parties, agreement.zone_info)
        elif one.question == "consent":
            until = datetime.fromisoformat(one.value)
            if isinstance(duty := clauses.get(one.subject), Duty):
                later = PutOff(until=until, by=one.by)
                clauses[duty.id] = duty.model_copy(update={"put_off": (*duty.put_off, later)})
            elif one.subject == agreement.id:
                changes["extensions"] = (*agreement.extensions, Extension(until=until, by=one.by))
    changes |= {"parties": tuple(parties.values()), "clauses": tuple(clauses.values())}
    return agreement.model_copy(update=changes)


def _bound(party: Party, one: Established, parties: Mapping[str, Party], zone: ZoneInfo) -> Party:
    """Return *party* with its adherence as *one* settles it, from its start on; before that, all stays as it was."""

    def local(moment: datetime) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    own = (*party.adheres, *(parties[party.of].adheres if party.of is not None else ()))
    start = one.start or PAST
    if not own and party.role == "group":  # whether it adhered is not known
        own = (_adherence(PAST, None, certain=False),)
    kept = tuple(
        period.model_copy(update={"until": start}) if period.until is None or local(period.until) > start else period
        for period in own
        if local(period.start) < start
    )
    if one.value == "yes":
        return party.model_copy(update={"adheres": (*kept, _adherence(start, None, certain=True))})
    # No force of somebody else's any more, and nobody of whom it is not known: what is settled stands alone.
    return party.model_copy(update={"adheres": kept, "of": None, "role": "third-party"})


def _adherence(start: datetime, until: datetime | None, certain: bool) -> Adherence:
    """Return a stretch beyond the years that a file may name."""
    return Adherence.model_construct(start=start, until=until, certain=certain, declared_to="", source="")
