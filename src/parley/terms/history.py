"""What earlier findings mean for later ones: a calm of n days, and who is released by another's breach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from parley.model import Interval
from parley.terms.language import Event
from parley.terms.moments import Bounds, later


@dataclass(frozen=True, slots=True)
class Earlier:
    """One clause's earlier finding that was a breach, or may have been one.

    `by` are the ids of the parties of whom the acting one is one; empty where that is not known. `sure` where what all
    accounts support is a breach.
    """

    incident: str
    clause: str
    time: Interval
    by: frozenset[str]
    sure: bool


@dataclass(frozen=True, slots=True)
class Calm:
    """When the calm that an event asks for was last broken: for certain, at the latest, and what that rests on."""

    earliest: datetime
    latest: datetime
    rests_on: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Earlier findings as far as they count: the calm of each event, by its id, and the findings that may release."""

    calms: Mapping[str, Calm] = field(default_factory=dict)
    releasing: tuple[Earlier, ...] = ()

    def of(self, clauses: Sequence[str]) -> tuple[Earlier, ...]:
        """Return the findings that may release, of one of *clauses*."""
        return tuple(one for one in self.releasing if one.clause in clauses)

    def calm(self, event: Event, since: Bounds) -> Bounds:
        """Return when *event*'s days without a breach were full, counted from *since* and anew from every breach."""
        assert event.calm_days is not None
        length = timedelta(days=event.calm_days)
        calm = self.calms.get(event.id) or Calm(since.earliest, since.latest)
        if calm.earliest == calm.latest:
            return Bounds(later(calm.earliest, length), later(calm.latest, length), since.why, since.missing)
        disputed = ", ".join(dict.fromkeys(one.incident for one in calm.rests_on if not one.sure))
        why = f"it rests on whether {disputed} was a breach" if disputed else since.why or "a breach has no exact time"
        missing = f"when {event.calm_days} days of calm were full"
        return Bounds(later(calm.earliest, length), later(calm.latest, length), why, missing)

    def with_finding(self, one: Earlier, events: Sequence[tuple[Event, Bounds]], releasing: bool) -> "History":
        """Return the history after *one*, which ended last; *events* ask for a calm, each from its moment."""
        calms = dict(self.calms)
        for event, since in events:
            assert event.calm_days is not None
            calm = calms.get(event.id) or Calm(since.earliest, since.latest)
            length = timedelta(days=event.calm_days)
            if one.clause not in event.of or one.time.end >= later(calm.latest, length):
                continue  # the calm was full before
            breaks = one.sure and one.time.start < later(calm.earliest, length)
            earliest = max(calm.earliest, one.time.start) if breaks else calm.earliest
            latest = max(calm.latest, one.time.end)
            # Where a certain breach begins the count anew for certain, nothing before it counts any more.
            kept = () if earliest == latest else calm.rests_on
            calms[event.id] = Calm(earliest, latest, (*kept, one)[-MOST_NAMED:])
        return History(calms, (*self.releasing, one) if releasing else self.releasing)

    @property
    def disputed(self) -> bool:
        """Whether something rests on a finding that is open."""
        return any(not one.sure for one in self.releasing) or any(
            calm.earliest != calm.latest for calm in self.calms.values()
        )

    def settled(self, breaches: bool) -> "History":
        """Return the history in which every open finding was a breach, or in which none was."""
        return History(
            {name: _settled(calm, breaches) for name, calm in self.calms.items()},
            tuple(replace(one, sure=True) for one in self.releasing if one.sure or breaches),
        )


NOTHING = History()
"""The history before any finding."""

MOST_NAMED = 12
"""So many open findings are named where an answer rests on more of them: the last ones."""


def _settled(calm: Calm, breaches: bool) -> Calm:
    moment = calm.latest if breaches else calm.earliest
    return Calm(moment, moment, tuple(one for one in calm.rests_on if one.sure or breaches))
