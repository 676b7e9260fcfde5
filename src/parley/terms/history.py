"""What earlier findings mean for later ones: a calm of n days, and who is released by another's breach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from parley.model import Interval
from parley.terms.language import Event
from parley.terms.moments import Bounds


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
class History:
    """All earlier findings that count, in order of time."""

    findings: tuple[Earlier, ...] = ()

    def of(self, clauses: Sequence[str]) -> tuple[Earlier, ...]:
        """Return those of one of *clauses*."""
        return tuple(one for one in self.findings if one.clause in clauses)

    def calm(self, event: Event, since: Bounds) -> Bounds:
        """Return when *event*'s days without a breach were full, counted from *since* and anew from every breach."""
        assert event.calm_days is not None
        length = timedelta(days=event.calm_days)
        relevant = self.of(event.of)
        earliest, latest = since.earliest, since.latest
        for one in relevant:
            if one.sure and one.time.start < earliest + length:
                earliest = max(earliest, one.time.start)
            if one.time.end < latest + length:
                latest = max(latest, one.time.end)
        if earliest == latest:
            return Bounds(earliest + length, latest + length, since.why, since.missing)
        disputed = ", ".join(dict.fromkeys(one.incident for one in relevant if not one.sure))
        why = f"it rests on whether {disputed} was a breach" if disputed else since.why or "a breach has no exact time"
        return Bounds(earliest + length, latest + length, why, f"when {event.calm_days} days of calm were full")

    def settled(self, breaches: bool) -> "History":
        """Return the history in which every open finding was a breach, or in which none was."""
        kept = [one for one in self.findings if one.sure or breaches]
        return History(tuple(replace(one, sure=True) for one in kept))


NOTHING = History()
"""The history before any finding."""
