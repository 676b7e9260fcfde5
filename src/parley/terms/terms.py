"""An agreement ready to be applied: its names resolved, its times in its zone, its answers to single questions kept."""

from datetime import datetime
from functools import cached_property

from parley.model import AgreementCard, ClauseCard
from parley.terms.language import Agreement, Ending, Party, Zone, fold


class Terms:
    """One version of an agreement with what is looked up often; build it with `parley.terms.load`."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.parties = {party.id: party for party in agreement.parties}
        self.zones: dict[str, Zone] = {zone.id: zone for zone in agreement.zones}
        self._ids = {
            fold(name): party.id for party in agreement.parties for name in (party.id, party.name, *party.also)
        }

    def named(self, words: str) -> tuple[Party, ...] | None:
        """Return whom *words* may mean: one party, a collective's members, or None where the file has no such name."""
        found = self._ids.get(fold(words))
        if found is None:
            return None
        party = self.parties[found]
        return tuple(self.parties[member] for member in party.members) if party.members else (party,)

    def moment(self, when: datetime) -> datetime:
        """Return *when* as an aware time: without an offset it stands in the agreement's own zone."""
        return when if when.tzinfo else when.replace(tzinfo=self.agreement.zone_info)

    def ending(self, until: datetime | Ending | None) -> tuple[datetime | None, datetime | None, str]:
        """Return (certainly in force before, certainly over from, why the two differ); None: no such bound."""
        if until is None:
            return None, None, ""
        if isinstance(until, Ending):
            return self.moment(until.not_before), until.not_after and self.moment(until.not_after), until.why
        return self.moment(until), self.moment(until), ""

    def say_time(self, when: datetime) -> str:
        """Return *when* as readers see it: local time of the agreement's zone, named."""
        return f"{when.astimezone(self.agreement.zone_info):%Y-%m-%d %H:%M} {self.agreement.timezone}"

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
