"""What earlier findings mean for later ones: a calm of n days, who is released by another's breach, steps fulfilled.

A finding counts as earlier where all of its time lies before the act; where the two overlap it may be earlier, and what
depends on it stays open; what is simultaneous is neither before nor after.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from parley.model.past import Earlier
from parley.terms.language import Agreement, Duty, Event
from parley.terms.moments import FUTURE, PAST, Bounds, days_on
from parley.terms.timeline import Span

MOST_NAMED = 12
"""So many earlier findings are named where an answer rests on more of them: the last ones."""

ANYBODY = ""
"""Stands for a side that is not known."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What of an agreement counts for later findings: clauses whose breach does, and duties whose fulfilment does."""

    breach: frozenset[str]
    fulfilled: frozenset[str]


def counted(agreement: Agreement) -> Counted:
    """Return what of *agreement* counts for later findings."""
    breach = {name for clause in agreement.clauses for name in clause.released_by_breach_of}
    breach |= {name for event in agreement.events for name in event.of}
    fulfilled = {event.fulfilled for event in agreement.events if event.fulfilled is not None}
    fulfilled |= {name for clause in agreement.clauses if isinstance(clause, Duty) for name in clause.together_with}
    return Counted(frozenset(breach), frozenset(fulfilled))


def surely_before(earlier: Span, later: Span) -> bool:
    """Say whether all of *earlier* lies before all of *later*."""
    return earlier[1] <= later[0] if earlier[0] < earlier[1] else earlier[0] < later[0]


def maybe_before(earlier: Span, later: Span) -> bool:
    """Say whether some of *earlier* lies before some of *later*."""
    return earlier[0] < later[1] if later[0] < later[1] else earlier[0] < later[0]


@dataclass(frozen=True, slots=True)
class Calm:
    """When the calm that an event asks for was last broken: for certain, at the latest, and what that rests on."""

    earliest: datetime
    latest: datetime
    rests_on: tuple[Earlier, ...] = ()

    def broken_by(self, one: Earlier, days: int, zone: ZoneInfo, surely: bool) -> "Calm":
        """Return the calm after *one*; *surely* tells that it lies before what is asked."""
        if one.time[0] >= days_on(self.latest, days, zone):
            return self  # the calm was full before
        certain = surely and one.sure and one.time[0] >= self.earliest
        breaks = certain and before_full(one, days_on(self.earliest, days, zone))
        earliest = max(self.earliest, one.time[0]) if breaks else self.earliest
        latest = max(self.latest, one.time[1])
        if earliest == latest == self.earliest == self.latest and not certain:
            return self
        # Where a certain breach begins the count anew for certain, only certain ones of the same moment count as well.
        same = tuple(other for other in self.rests_on if other.sure and other.time[1] == latest)
        kept = same if earliest == latest else self.rests_on
        return Calm(earliest, latest, (*kept, one)[-MOST_NAMED:])

    def settled(self, breaches: bool) -> "Calm":
        """Return the calm where every open finding was a breach, or where none was."""
        moment = self.latest if breaches else self.earliest
        return Calm(moment, moment, tuple(one for one in self.rests_on if one.sure or breaches))


def before_full(one: Earlier, full: datetime) -> bool:
    """Say that all of *one* lies before the moment at which a calm was *full*."""
    return one.time[1] <= full if one.time[0] < one.time[1] else one.time[0] < full


class Log:
    """All findings that are final, in the order of their ends; grows only. `History` looks at its beginning."""

    def __init__(self, calms: Sequence[tuple[Event, Bounds]], zone: ZoneInfo) -> None:
        self.events, self.zone = calms, zone
        self.findings: list[Earlier] = []
        self._calms: dict[str, tuple[list[int], list[Calm]]] = {
            event.id: ([0], [Calm(since.earliest, since.latest)]) for event, since in calms
        }
        self._of: dict[str, list[int]] = {}
        self._kinds: dict[str, dict[tuple[frozenset[str], frozenset[str], bool, str], int]] = {}

    def add(self, one: Earlier) -> None:
        """Add a finding, of which none that is there ends later."""
        self._of.setdefault(one.clause, []).append(len(self.findings))
        kind = one.by, one.against, one.sure, one.kind
        self._kinds.setdefault(one.clause, {}).setdefault(kind, len(self.findings))
        self.findings.append(one)
        for event, _ in self.events:
            if one.kind == "breach" and one.clause in event.of:
                at, calms = self._calms[event.id]
                calm = calms[-1].broken_by(one, event.calm_days or 0, self.zone, surely=True)
                if calm is not calms[-1]:
                    at.append(len(self.findings))
                    calms.append(calm)

    def calm(self, event: str, known: int) -> Calm:
        """Return the calm of *event* after the first *known* findings."""
        at, calms = self._calms[event]
        return calms[bisect_left(at, known + 1) - 1]

    def of(self, clause: str, known: int) -> Iterator[Earlier]:
        """Yield what was found of *clause* among the first *known* findings, the last first."""
        places = self._of.get(clause, [])
        for place in range(bisect_left(places, known) - 1, -1, -1):
            yield self.findings[places[place]]

    def kinds(self, clause: str, known: int) -> Iterator[Earlier]:
        """Yield the first finding of each kind: of *clause*, by and against the same sides, as sure."""
        for place in self._kinds.get(clause, {}).values():
            if place < known:
                yield self.findings[place]


@dataclass(frozen=True, slots=True)
class History:
    """What counts as earlier for one incident: the first *known* findings of *log*, and those that may be earlier.

    `settled` is True where every open finding is taken for a breach, False where none is, None where they stay open.
    `unknown` tells that nothing is known of what was found before. `moments` and `ways` remember what follows: moments
    of agreements, and this history settled in either way.
    """

    log: Log | None = None
    known: int = 0
    perhaps: tuple[Earlier, ...] = ()
    settled: bool | None = None
    unknown: bool = False
    moments: dict[Hashable, Bounds] = field(default_factory=dict, compare=False, repr=False)
    ways: dict[bool, "History"] = field(default_factory=dict, compare=False, repr=False)

    def of(
        self, clauses: Sequence[str], when: Sequence[Span], kind: str = "breach", each: bool = True
    ) -> Iterator[tuple[Earlier, bool]]:
        """Yield what was found of *clauses* before *when*, the last first, and whether that is certain.

        Without *each*, one finding stands for all that are final and alike but for their incidents.
        """
        for one in self._all(clauses, each):
            if one.kind != kind or not any(maybe_before(one.time, span) for span in when):
                continue
            if not one.sure and self.settled is False:
                continue
            certain = one.sure or self.settled is True
            yield one, certain and all(surely_before(one.time, span) for span in when)

    def _all(self, clauses: Sequence[str], each: bool = True) -> Iterator[Earlier]:
        for one in self.perhaps:
            if one.clause in clauses:
                yield one
        if self.log is not None:
            for clause in clauses:
                yield from self.log.of(clause, self.known) if each else self.log.kinds(clause, self.known)

    def calm_of(self, event: Event, since: Bounds, zone: ZoneInfo) -> Calm:
        """Return when the calm of *event* was last broken, counted from *since*."""
        calm = self.log.calm(event.id, self.known) if self.log else Calm(since.earliest, since.latest)
        for one in sorted(self.perhaps, key=lambda one: (one.time[1], one.time[0])):
            if one.kind == "breach" and one.clause in event.of:
                calm = calm.broken_by(one, event.calm_days or 0, zone, surely=False)
        return calm if self.settled is None else calm.settled(self.settled)

    def calm(self, event: Event, since: Bounds, zone: ZoneInfo) -> Bounds:
        """Return when *event*'s days without a breach were full, counted from *since* and anew from every breach."""
        assert event.calm_days is not None
        if self.unknown:
            return Bounds(PAST, FUTURE, "what was found before is not known", awaited=f"{event.calm_days} days")
        calm = self.calm_of(event, since, zone)
        full = days_on(calm.earliest, event.calm_days, zone), days_on(calm.latest, event.calm_days, zone)
        awaited = f"{event.calm_days} days without a breach"
        if calm.earliest == calm.latest:
            return Bounds(*full, since.why, since.missing, awaited)
        disputed = ", ".join(dict.fromkeys(one.incident for one in calm.rests_on if not one.sure))
        why = f"it rests on whether {disputed} was a breach" if disputed else since.why or "a breach has no exact time"
        return Bounds(*full, why, f"when {event.calm_days} days of calm were full", awaited)

    def fulfilled(self, event: Event) -> Bounds:
        """Return when the duty that *event* names was first fulfilled, as far as that was found."""
        assert event.fulfilled is not None
        if self.unknown:
            return Bounds(PAST, FUTURE, "what was found before is not known", awaited=event.fulfilled)
        awaited = f"that {event.fulfilled} is fulfilled"
        first: Bounds | None = None
        for one in self._all((event.fulfilled,)):
            if one.kind == "fulfilled" and (one.sure or self.settled is not False):
                sure = one.sure or self.settled is True
                latest = one.time[1] if sure else FUTURE
                if first is None:
                    first = Bounds(one.time[0], latest)
                else:
                    first = Bounds(min(first.earliest, one.time[0]), min(first.latest, latest))
        if first is None:
            return Bounds(FUTURE, FUTURE, f"{event.fulfilled} was not found to be fulfilled", awaited=awaited)
        why = "" if first.exact else f"when {event.fulfilled} was fulfilled is not known exactly"
        return Bounds(first.earliest, first.latest, why, f"when {event.fulfilled} was fulfilled", awaited)

    @property
    def nothing(self) -> bool:
        """Whether nothing was found that may be earlier."""
        return self.known == 0 and not self.perhaps and not self.unknown

    def at(self, settled: bool) -> "History":
        """Return the history in which every open finding was a breach, or in which none was."""
        found = self.ways.get(settled)
        if found is None:
            found = self.ways[settled] = History(self.log, self.known, self.perhaps, settled)
        return found


NOTHING = History()
"""The history before any finding."""

UNKNOWN_BEFORE = History(unknown=True)
"""The history of which nothing is known."""
