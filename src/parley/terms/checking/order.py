"""Dates in the wrong order: refused where a period is empty or reversed, told where one may not be meant.

Times are compared as instants, in the agreement's zone. A time that is counted from an event which is not known is
compared with others that count from the same event only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from parley.terms.checking.times import exact_events, instant
from parley.terms.language import (
    Agreement,
    Clause,
    Duty,
    Ending,
    Extension,
    PutOff,
    Relative,
    Renewal,
    Until,
    When,
)
from parley.terms.language.faults import Fault, Path
from parley.terms.moments import Bounds, shifted

_UNKNOWN = datetime(2000, 6, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Moment:
    """An instant; of a time that counts from an event which is not known, how far it lies from that `event`."""

    event: str
    at: datetime


def disordered(agreement: Agreement) -> Iterator[tuple[Fault, bool]]:
    """Yield what is told of dates in the wrong order, and whether it is refused."""
    yield from Order(agreement).told()


class Order:
    """The order of the dates of one agreement."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.zone = agreement.zone_info
        self.events = exact_events(agreement)
        self.start = self.moment(agreement.start)

    def told(self) -> Iterator[tuple[Fault, bool]]:
        """Yield everything."""
        agreement = self.agreement
        yield from self._period((), agreement.start, agreement.until)
        if self._before(agreement.start, agreement.date, by=timedelta(days=1)):
            yield self._caution(("from",), "a start that is not before the day of the agreement", agreement.date)
        yield from self._ends()
        for at, party in enumerate(agreement.parties):
            yield from self._adherences(("parties", at), at)
            for nth, listed in enumerate(party.designated):
                yield from self._period(("parties", at, "designated", nth), listed.start, listed.until)
        for at, event in enumerate(agreement.events):
            if event.at is not None and event.until is not None:
                path: Path = ("events", at, "until")
                if instant(event.until, self.zone) < instant(event.at, self.zone):
                    yield self._refusal(path, "a latest time that is after `at`, the earliest", event.at)
                elif instant(event.until, self.zone) == instant(event.at, self.zone):
                    yield self._caution(path, "a latest time that is after `at`, the earliest", event.at)
        for at, clause in enumerate(agreement.clauses):
            yield from self._clause(("clauses", at), clause)
        for at, reading in enumerate(agreement.readings):
            if reading.start is not None and reading.until is not None:
                yield from self._period(("readings", at), reading.start, reading.until)

    def moment(self, when: When | date | None) -> Moment | None:
        """Return the moment that *when* means; None where there is none."""
        if when is None:
            return None
        if not isinstance(when, Relative):
            return Moment("", instant(when, self.zone))
        known = self.events.get(when.event)
        base = known or _UNKNOWN
        return Moment("" if known else when.event, shifted(Bounds(base, base), when, self.zone).earliest)

    def _ends(self) -> Iterator[tuple[Fault, bool]]:
        """Check the end: extensions, renewal and notices."""
        agreement = self.agreement
        end = _last(agreement.until)
        for nth, extension in enumerate(agreement.extensions):
            path: Path = ("extensions", nth)
            if end is None:
                yield self._caution(path, "an extension of an end: this file has no `until`, so it does not end")
                break
            yield from self._later(path, extension, end)
            if extension.certain:
                end = extension.until
        yield from self._renewal(("renewal",), agreement.renewal, agreement.until)
        for nth, notice in enumerate(agreement.notices):
            path = ("notices", nth, "given")
            if self._before(notice.given, agreement.start):
                yield self._caution(path, "a notice that is given after the start", agreement.start)
            elif agreement.renewal is None and end is not None and self._not_after(end, notice.given):
                yield self._caution(path, "a notice that is given before the end, which it would bring about", end)

    def _later(self, path: Path, extension: Extension | PutOff, end: When) -> Iterator[tuple[Fault, bool]]:
        if self._not_after(extension.until, self.agreement.start):
            yield self._refusal((*path, "until"), "a new end that is after the start", self.agreement.start)
        elif self._not_after(extension.until, end):
            yield self._caution((*path, "until"), "a new end that is later than the one before", end)

    def _renewal(self, path: Path, renewal: Renewal | None, until: Until | None) -> Iterator[tuple[Fault, bool]]:
        if renewal is None:
            return
        if until is None:
            yield self._caution(path, "a renewal of an end: there is no `until` that moves on")
        elif not isinstance(until, Ending) and self._before(renewal.known_until, until):
            yield self._caution((*path, "known_until"), "a day that is not before the end that is renewed", until)

    def _adherences(self, path: Path, at: int) -> Iterator[tuple[Fault, bool]]:
        adheres = self.agreement.parties[at].adheres
        end = _last(self.agreement.until) if not (self.agreement.extensions or self.agreement.renewal) else None
        for nth, one in enumerate(adheres):
            where: Path = (*path, "adheres", nth)
            yield from self._period(where, one.start, one.until)
            if one.until is not None and self._not_after(one.until, self.agreement.start):
                expected = "an adherence that lasts beyond the start of the agreement"
                yield self._caution((*where, "until"), expected, self.agreement.start)
            if end is not None and self._not_after(end, one.start):
                yield self._caution((*where, "from"), "an adherence from before the end of the agreement", end)
            for other in adheres[:nth]:
                apart = (other.until and self._not_after(other.until, one.start)) or (
                    one.until and self._not_after(one.until, other.start)
                )
                if not apart:
                    yield self._caution((*where, "from"), "adherences of which one ends before the next", other.start)

    def _clause(self, path: Path, clause: Clause) -> Iterator[tuple[Fault, bool]]:
        agreement = self.agreement
        start = clause.start if clause.start is not None else agreement.start
        if clause.until is not None:
            yield from self._period(path, start, clause.until)
        elif clause.start is not None and agreement.until is not None and agreement.renewal is None:
            ends = [_last(agreement.until), *(one.until for one in agreement.extensions)]
            if clause.renewal is None and all(end is not None and self._not_after(end, start) for end in ends):
                expected = "a start before the end of the agreement, or an `until` of the clause's own"
                yield self._refusal((*path, "from"), expected, agreement.until)
        yield from self._renewal((*path, "renewal"), clause.renewal, clause.until or agreement.until)
        for nth, one in enumerate(clause.suspended):
            yield from self._period((*path, "suspended", nth), one.start, one.until)
        if isinstance(clause, Duty):
            if clause.begin_by is not None and self._before(clause.by, clause.begin_by):
                yield self._refusal((*path, "begin_by"), "a time that is not after `by`", clause.by)
            if self._before(clause.by, start):
                yield self._caution((*path, "by"), "a time that is not before the duty comes into force", start)
            for nth, consent in enumerate(clause.put_off):
                if self._not_after(consent.until, clause.by):
                    where: Path = (*path, "put_off", nth, "until")
                    yield self._caution(where, "a new time that is later than `by`", clause.by)

    def _period(self, path: Path, start: When, until: Until | None) -> Iterator[tuple[Fault, bool]]:
        """Refuse a period that ends where it starts, or before."""
        if until is None:
            return
        where = (*path, "until")
        if not isinstance(until, Ending):
            if self._not_after(until, start):
                yield self._refusal(where, "an end that is after the start", start)
            return
        latest = until.not_after
        if latest is not None and self._before(latest, until.not_before):
            yield self._refusal((*where, "not_after"), "a time that is not before not_before", until.not_before)
        elif latest is not None and self._not_after(latest, start):
            yield self._refusal((*where, "not_after"), "an end that is after the start", start)
        elif self._before(until.not_before, start):
            yield self._caution((*where, "not_before"), "an end that is after the start", start)

    def _before(self, first: When | date, second: When | date, by: timedelta = timedelta(0)) -> bool:
        """Say whether *first* is known to lie before *second*, by more than *by*."""
        length = self._length(first, second)
        return length is not None and length > by

    def _not_after(self, first: When | date, second: When | date) -> bool:
        """Say whether *first* is known to lie before *second* or at it."""
        length = self._length(first, second)
        return length is not None and length >= timedelta(0)

    def _length(self, first: When | date, second: When | date) -> timedelta | None:
        """Return the time from *first* to *second*; None where it is not known."""
        one, other = self.moment(first), self.moment(second)
        return other.at - one.at if one and other and one.event == other.event else None

    def _refusal(self, path: Path, expected: str, than: When | Until | date | None = None) -> tuple[Fault, bool]:
        return Fault(path, expected, self._said(than)), True

    def _caution(self, path: Path, expected: str, than: When | Until | date | None = None) -> tuple[Fault, bool]:
        return Fault(path, expected, self._said(than)), False

    def _said(self, when: When | Until | date | None) -> str:
        """Return in words with what a time was compared."""
        if isinstance(when, Ending):
            when = _last(when)
        moment = self.moment(when)
        if moment is None or moment.event:
            return ""
        local = moment.at.astimezone(self.zone)
        return f", {local:%Y-%m-%d %H:%M} {self.zone.key}"


def _last(until: Until | None) -> When | None:
    """Return the latest end that *until* allows; None where there is none."""
    return until.not_after if isinstance(until, Ending) else until
