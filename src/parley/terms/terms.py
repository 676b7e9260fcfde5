"""An agreement ready to be applied: its names resolved, its times in its zone, its state after earlier findings."""

import hashlib
import json
from collections.abc import Iterator
from copy import copy
from datetime import datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from parley.model import AgreementCard, ClauseCard
from parley.terms.history import NOTHING, History
from parley.terms.language import Agreement, Clause, Duty, Ending, Event, Party, Relative, Site, Until, When, Zone, fold
from parley.terms.moments import FUTURE, PAST, Bounds, end_of, ending, shifted


class Terms:
    """One version of an agreement with what is looked up often; build it with `parley.terms.load`."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.history = NOTHING
        self.hidden: dict[str, Clause] = {}
        self.parties = {party.id: party for party in agreement.parties}
        lines = {line.id: line.points for line in agreement.lines}
        self.zones: dict[str, Zone] = {
            zone.id: zone.model_copy(update={"line": lines[zone.line]}) if isinstance(zone.line, str) else zone
            for zone in agreement.zones
        }
        self.facts = {fact.id: fact for fact in agreement.facts}
        self._ids = {
            fold(name): party.id for party in agreement.parties for name in (party.id, party.name, *party.also)
        }
        self._sites = {fold(name): site for site in agreement.sites for name in (site.id, site.name, *site.also)}
        self._events = {event.id: event for event in agreement.events}
        self._moments: dict[When, Bounds] = {}

    def named(self, words: str) -> tuple[Party, ...] | None:
        """Return whom *words* may mean: one party, a collective's members, or None where the file has no such name."""
        found = self._ids.get(fold(words))
        if found is None:
            return None
        party = self.parties[found]
        return tuple(self.parties[member] for member in party.members) if party.members else (party,)

    def site(self, words: str) -> Site | None:
        """Return the registered object that *words* name."""
        return self._sites.get(fold(words))

    def moment(self, when: datetime) -> datetime:
        """Return *when* as an aware time: without an offset it stands in the agreement's own zone."""
        return when if when.tzinfo else when.replace(tzinfo=self.agreement.zone_info)

    def when(self, when: When) -> Bounds:
        """Return the moment that *when* means, as far as it is known."""
        if not isinstance(when, Relative):
            moment = self.moment(when)
            return Bounds(moment, moment)
        found = self._moments.get(when)
        if found is None:
            found = shifted(self._event(self._events[when.event]), when, self.agreement.zone_info)
            self._moments[when] = found
        return found

    def until(self, until: Until | None) -> Bounds:
        """Return when something ends of which the file says *until*."""
        return ending(until, self.when)

    @cached_property
    def end(self) -> Bounds:
        """When the agreement as a whole ends."""
        return end_of(self.agreement, self.when)

    def _event(self, event: Event) -> Bounds:
        if event.unset is not None:
            return Bounds(PAST, FUTURE, event.unset, f"when {event.id} was")
        if event.calm_days is not None and event.since is not None:
            if any(name in self.hidden for name in event.of):
                return Bounds(PAST, FUTURE, "it rests on a confidential clause", "a confidential clause")
            return self.history.calm(event, self.when(event.since))
        assert event.at is not None
        earliest = self.moment(event.at)
        latest = self.moment(event.until) if event.until else earliest
        return Bounds(earliest, latest, event.why, f"when {event.id} was" if event.until else "")

    def moments(self) -> Iterator[datetime]:
        """Yield every moment with which a time may be compared, where it does not depend on earlier findings."""
        agreement = self.agreement
        whens: list[Until | None] = [agreement.start, agreement.until]
        for clause in agreement.clauses:
            whens += [clause.start, clause.until]
            whens += [clause.by, clause.begin_by] if isinstance(clause, Duty) else []
        bounds = [self.until(when) for when in whens if when is not None]
        yield from (moment for one in (*bounds, self.end) for moment in (one.earliest, one.latest))
        for party in agreement.parties:
            periods = [(one.start, one.until) for one in party.adheres]
            periods += [(one.start, one.until) for one in party.designated]
            yield from (self.moment(moment) for period in periods for moment in period if moment is not None)

    def event(self, name: str) -> Event:
        """Return the event *name*."""
        return self._events[name]

    def rests_on_calm(self, when: Until | None) -> bool:
        """Say whether a moment depends on earlier findings."""
        if isinstance(when, Ending):
            return self.rests_on_calm(when.not_before) or self.rests_on_calm(when.not_after)
        if not isinstance(when, Relative):
            return False
        event = self._events[when.event]
        return event.calm_days is not None or self.rests_on_calm(event.since)

    def say_time(self, when: datetime) -> str:
        """Return *when* as readers see it: local time of the agreement's zone, named."""
        return f"{self.say_local(when)} {self.agreement.timezone}"

    def say_local(self, when: datetime) -> str:
        """Return *when* as the clock on the wall shows it in the agreement's zone, without its name."""
        return _on_the_wall(when, self.agreement.zone_info)

    @property
    def stateful(self) -> bool:
        """Whether an answer may depend on earlier findings."""
        return any(event.calm_days for event in self.agreement.events) or any(
            clause.released_by_breach_of for clause in self.agreement.clauses
        )

    def after(self, history: History) -> "Terms":
        """Return the same terms after the findings of *history*."""
        later = copy(self)
        later.history = history
        later.__dict__.pop("end", None)
        later._moments = {}
        return later

    def for_reader(self, reader: str | None) -> "Terms":
        """Return the terms with those clauses only that *reader*, a party's id, may see; None: what everybody may."""
        visible = [clause for clause in self.agreement.clauses if _may_see(clause, reader)]
        if len(visible) == len(self.agreement.clauses):
            return self
        seen = Terms(self.agreement.model_copy(update={"clauses": tuple(visible)})).after(self.history)
        seen.hidden = {clause.id: clause for clause in self.agreement.clauses if not _may_see(clause, reader)}
        return seen

    @cached_property
    def sealed(self) -> dict[str, str]:
        """The digests of the confidential clauses, by id: SHA-256 of the clause and its salt as sorted JSON."""
        return {
            clause.id: hashlib.sha256(
                json.dumps(clause.model_dump(mode="json", by_alias=True), sort_keys=True).encode()
            ).hexdigest()
            for clause in self.agreement.clauses
            if clause.confidential_to is not None
        }

    def hidden_from(self, reader: str | None) -> dict[str, str]:
        """Return the digests of those clauses that *reader* may not see, by id."""
        return {clause.id: self.sealed[clause.id] for clause in self.agreement.clauses if not _may_see(clause, reader)}

    @cached_property
    def card(self) -> AgreementCard:
        """What a report shows of this agreement."""
        return AgreementCard(
            entry=None,
            id=self.agreement.id,
            title=self.agreement.title,
            source=", ".join(part for part in (self.agreement.source.name, self.agreement.source.published) if part),
            clauses=tuple(ClauseCard(id=c.id, article=c.article, says=c.says) for c in self.agreement.clauses),
            uncertain=self.agreement.uncertain,
        )


@lru_cache(maxsize=1 << 14)  # the same days come again and again
def _on_the_wall(when: datetime, zone: ZoneInfo) -> str:
    return f"{when.astimezone(zone):%Y-%m-%d %H:%M}"


def _may_see(clause: Clause, reader: str | None) -> bool:
    return clause.confidential_to is None or reader in clause.confidential_to
